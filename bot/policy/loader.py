"""The policy file in, the core's policy out; or everything that is wrong with it at once."""

import hashlib
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path

from bot.core.judging.policy import Policy
from bot.policy.assembly import assemble
from bot.policy.checks import check
from bot.policy.ownership import read_ownership
from bot.policy.parts import read_parts
from bot.policy.reading.composition import Unreadable
from bot.policy.reading.document import Document, read_document
from bot.policy.reading.errors import PolicyError, PolicyInvalid, Position
from bot.policy.reading.sheet import Sheet

MAX_BYTES = 256 * 1024
_HINT = "jit init writes one to start from"


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A policy that can be used, and what should be looked at twice before it is."""

    policy: Policy
    warnings: tuple[PolicyError, ...] = ()


def load_policy(path: Path | str) -> Policy:
    """Return the policy of the file at *path*. Raises PolicyInvalid with every error in it."""
    return check_policy(path).policy


def check_policy(path: Path | str) -> Checked:
    """Return the policy of the file at *path* and its warnings. Raises PolicyInvalid with every error in it."""
    return read_policy(read_bytes(path, _HINT), str(path))


def read_bytes(path: Path | str, hint: str) -> bytes:
    """Return what the file at *path* holds, one byte more than allowed at most. Raises PolicyInvalid."""
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _unusable(str(path), f"there is no such file; {hint}") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unusable(str(path), f"can't be read: {reason}") from error


def read_policy(content: bytes, name: str) -> Checked:
    """Return the policy in *content*; *name* is what errors call the file. Raises PolicyInvalid."""
    document = read_yaml(content, name, _HINT)
    sheet = Sheet(name, document)
    parts = read_parts(document.data, sheet)
    policy = assemble(parts, "sha256:" + hashlib.sha256(content).hexdigest(), sheet)
    policy = replace(policy, owners_of=read_ownership(parts.codeowners, Path(name).parent, sheet))
    check(parts, sheet)
    return Checked(warnings=sheet.warnings(), policy=policy)


def starter_policy() -> str:
    """Return the policy file that ``jit init`` writes."""
    return resources.files("bot.policy").joinpath("starter.yaml").read_text(encoding="utf-8")


def read_yaml(content: bytes, name: str, hint: str) -> Document:
    """Return the document in *content*; *name* is what errors call the file. Raises PolicyInvalid."""
    if len(content) > MAX_BYTES:
        raise _unusable(name, f"is larger than {MAX_BYTES // 1024} KiB")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - (content.rfind(b"\n", 0, error.start) + 1) + 1
        position = Position(line=line, column=column)
        raise _unusable(name, f"is not UTF-8 text: byte 0x{content[error.start]:02x} here", position) from error
    if not text.strip():
        raise _unusable(name, f"is empty; {hint}")
    try:
        return read_document(text)
    except Unreadable as error:
        raise _unusable(name, error.sentence, error.position) from error


def _unusable(name: str, sentence: str, position: Position | None = None) -> PolicyInvalid:
    return PolicyInvalid([PolicyError(file=name, position=position, path="", sentence=sentence)])
