"""Whom a decision is told in their own words: the native source that asked, beside any signed callback."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime

from bot.core.moments import draw_moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """What a request says of it: the ``kind`` of native source, as the policy calls it.

    ``seal`` is that of the return address stored beside the request: where somebody else wrote into it, no answer
    follows. With ``is_kept_posted`` it is told of the steps, too.
    """

    kind: str
    seal: str
    is_kept_posted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnAddress:
    """Where to answer, and what it is about.

    ``source`` asked. ``sealed`` is encrypted and never changes. ``matter`` is what the source calls the thing that
    waits (a run, a pipeline); several requests may be about one. ``since`` (aware UTC) is when it began to wait, by the
    source's clock: what happened to the matter before that happened to an earlier try. ``memo`` is what the receiver
    keeps in mind.
    """

    source: str
    matter: str
    sealed: str
    since: datetime | None = None
    memo: str | None = None

    @property
    def seal(self) -> str:
        """The hash of everything in it that never changes."""
        since = None if self.since is None else draw_moment(self.since)
        written = json.dumps([self.source, self.matter, since, self.sealed])
        return "sha256:" + hashlib.sha256(written.encode()).hexdigest()
