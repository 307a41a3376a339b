"""The policy file in, the core's policy out; or everything that is wrong with it at once."""

import hashlib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from bot.core.rules import Policy
from bot.policy.assembly import assemble
from bot.policy.checks import check
from bot.policy.composition import Unreadable
from bot.policy.document import Document, read_document
from bot.policy.errors import PolicyError, PolicyInvalid, Position
from bot.policy.parts import read_parts
from bot.policy.sheet import Sheet

MAX_BYTES = 256 * 1024


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
    name = str(path)
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError as error:
        raise _unusable(name, "there is no such file; jit init writes one to start from") from error
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise _unusable(name, f"can't be read: {reason}") from error
    return read_policy(content, name)


def read_policy(content: bytes, name: str) -> Checked:
    """Return the policy in *content*; *name* is what errors call the file. Raises PolicyInvalid."""
    document = _read(content, name)
    sheet = Sheet(name, document)
    parts = read_parts(document.data, sheet)
    policy = assemble(parts, "sha256:" + hashlib.sha256(content).hexdigest(), sheet)
    check(parts, sheet)
    return Checked(warnings=sheet.warnings(), policy=policy)


def starter_policy() -> str:
    """Return the policy file that ``jit init`` writes."""
    return resources.files("bot.policy").joinpath("starter.yaml").read_text(encoding="utf-8")


def _read(content: bytes, name: str) -> Document:
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
        raise _unusable(name, "is empty; jit init writes one to start from")
    try:
        return read_document(text)
    except Unreadable as error:
        raise _unusable(name, error.sentence, error.position) from error


def _unusable(name: str, sentence: str, position: Position | None = None) -> PolicyInvalid:
    return PolicyInvalid([PolicyError(file=name, position=position, path="", sentence=sentence)])
