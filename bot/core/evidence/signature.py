"""The signature of a failure: the same for the same error in another run, another for another error.

It is made of what the failure says, without what differs from run to run, and of the top frame of what it printed. It
names the error and not the test: whoever compares signatures compares the ids of the tests, too.
"""

import hashlib

from bot.core.evidence.frames import said, top_frame
from bot.core.evidence.noise import without_noise

VERSION = "s1"
"""Goes up whenever the same failure would get another signature; one of another version is never the same."""

_READ = 500
"""Characters of a message that are looked at."""

_KEPT = 240
"""Characters that count without the noise: where a long message was cut differs from run to run."""

_HEX = 16
_WORDLESS = frozenset({"", "failed without a message"})


def signature_of(message: str, detail: str) -> str | None:
    """Return ``s1:`` and sixteen hexadecimal digits; None for a failure that says nothing, and is like no other."""
    own = "" if message.strip() in _WORDLESS else message
    words = without_noise((own or said(detail))[:_READ])[:_KEPT]
    frame = top_frame(detail)
    if not words and not frame:
        return None
    spoken = f"{words}\n{frame}".encode(errors="replace")
    return f"{VERSION}:{hashlib.sha256(spoken).hexdigest()[:_HEX]}"
