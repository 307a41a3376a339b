"""The CODEOWNERS files that a policy names: read with it, whole or not at all."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

from bot.core.judging.ownership import OwnersOf, nobody
from bot.policy.codeowners import MAX_BYTES, CodeOwners
from bot.policy.reading.document import Path as Place
from bot.policy.reading.errors import Position
from bot.policy.reading.sheet import Sheet
from bot.policy.reading.wording import shown

SECTION = "codeowners"

EVERYWHERE = ""
"""Stands for all repositories that have no file of their own."""

_LIKE = "must be the path of a CODEOWNERS file, or a mapping of repositories to such paths"


def read_ownership(raw: object, folder: Path, sheet: Sheet) -> OwnersOf:
    """Return who owns what; paths begin at *folder*. What is wrong, also inside those files, goes onto the sheet."""
    files = dict[str, CodeOwners]()
    for repository, place, path in _wanted(raw, sheet):
        found = _read(folder / path, place, sheet)
        if found is not None:
            files[repository.casefold()] = found
    if not files:
        return nobody

    def owners_of(repository: str | None, file: str) -> tuple[str, ...]:
        known = files.get((repository or EVERYWHERE).casefold()) or files.get(EVERYWHERE)
        return () if known is None else known.of(file)

    return owners_of


def _wanted(raw: object, sheet: Sheet) -> list[tuple[str, Place, str]]:
    match raw:
        case None:
            return []
        case str() if raw.strip():
            return [(EVERYWHERE, (SECTION,), raw)]
        case dict():
            entries = [(key, (SECTION, key), value) for key, value in cast("Mapping[str, object]", raw).items()]
        case _:
            sheet.refuse((SECTION,), f"{_LIKE}, not {shown(raw)}")
            return []
    wanted = list[tuple[str, Place, str]]()
    for repository, place, path in entries:
        if isinstance(path, str) and path.strip():
            wanted.append((repository, place, path))
        else:
            sheet.refuse(place, f"must be the path of a CODEOWNERS file, not {shown(path)}")
    return wanted


def _read(path: Path, place: Place, sheet: Sheet) -> CodeOwners | None:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            sheet.refuse(place, f"{path}: is larger than 3 MB, and GitHub reads no larger one")
            return None
        found = CodeOwners(content.decode("utf-8-sig"))
    except OSError as error:
        sheet.refuse(place, f"{path}: {error.strerror or 'cannot be read'}; paths begin where the policy file is")
    except UnicodeDecodeError as error:
        sheet.refuse(place, f"{path}: is not UTF-8 text: byte {error.start + 1}")
    except ValueError:
        sheet.refuse(place, "is no path")
    else:
        for fault in found.faults:
            sheet.refuse_in(str(path), Position(line=fault.line, column=fault.column), fault.sentence)
        return found
    return None
