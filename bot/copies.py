"""The last good copy of what others serve, in a folder: a restart while their server is away loses nobody.

Calendars, and the keys of issuers. A copy is named by the hash of its address, which may hold a token, and can be read
by nobody else on the machine: who can write there says who is on call, or whose ID tokens are good, as whoever serves
it does.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog

_READ_AT = re.compile(rb"read at (\S{1,40}) sha256:([0-9a-f]{64})\n")
_log = structlog.get_logger("copies")

MAX_BYTES = 1024 * 1024
"""More than any of them has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What it was at ``read_at`` (aware UTC), byte for byte."""

    content: bytes
    read_at: datetime


class Copies:
    """Keeps copies in *folder*; without one nothing is kept. Blocking: for threads. *suffix* says what they are."""

    def __init__(self, folder: Path | None, suffix: str = "ics") -> None:
        self._folder = folder
        self._suffix = suffix

    def keep(self, ref: str, kept: Kept) -> None:
        """Put the copy of *ref* in place, whole or not at all; what can't be kept is logged, and still good in memory.

        A crash before the rename leaves the older copy; the new file's name is its own, so no other process writes it.
        """
        if self._folder is None:
            return
        head = f"read at {kept.read_at.isoformat()} sha256:{hashlib.sha256(kept.content).hexdigest()}\n"
        place = self._folder / self._name(ref)
        draft = place.with_suffix(f".{os.getpid()}")
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(head.encode() + kept.content)
            draft.replace(place)
        except OSError as error:
            _log.warning("copy.not_kept", of=place.stem[:12], kind=self._suffix, why=type(error).__name__)

    def recall(self, ref: str) -> Kept | None:
        """Return the copy of *ref*; None when there is none, or it is not whole."""
        if self._folder is None:
            return None
        try:
            with (self._folder / self._name(ref)).open("rb") as file:
                content = file.read(MAX_BYTES + 200)
        except OSError:
            return None
        head = _READ_AT.match(content)
        if head is None or hashlib.sha256(content[head.end() :]).hexdigest().encode() != head[2]:
            return None
        try:
            read_at = datetime.fromisoformat(head[1].decode())
        except ValueError:
            return None
        return None if read_at.tzinfo is None else Kept(content=content[head.end() :], read_at=read_at)

    def _name(self, ref: str) -> str:
        return f"{hashlib.sha256(ref.encode()).hexdigest()}.{self._suffix}"
