"""Which handles may be one: all spellings of a name fold to the same. For bans and counting, never for rights.

A handle is its kind, a colon and the name: ``email:ana@acme.test``, ``github:ana``, ``slack:U0ANA0000``, ``key:ana``.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_UNSEEN = re.compile(
    r"[\s\u0000-\u001f\u007f-\u00a0"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
    "\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
)
"""Unicode's Default_Ignorable_Code_Point, which is drawn as nothing, all other format characters, and space.

https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point
"""

_PRIVATE_HOST = "users.noreply.github.com"
"""GitHub's own addresses are logins: ``ana@…`` and ``1234567+ana@…``.

https://docs.github.com/en/account-and-profile/reference/email-addresses-reference
"""

_QUOTING = re.compile(r'["\\]')
"""A mail server reads past these: ``"ana"@…`` is ``ana@…`` (RFC 5321, section 4.1.2)."""

_MOST_REMEMBERED = 4096


def likenesses(handles: Iterable[str]) -> frozenset[str]:
    """Return what *handles* may be mistaken for."""
    return frozenset(_likeness(handle) for handle in handles)


def kinds(handles: Iterable[str]) -> frozenset[str]:
    """Return in which ways whoever has *handles* can be compared with others; a name nobody can see is no way."""
    folded = (like.partition(":") for like in likenesses(handles))
    return frozenset(kind for kind, _, name in folded if name)


@lru_cache(_MOST_REMEMBERED)
def _likeness(handle: str) -> str:
    kind, _, name = handle.partition(":")
    name = _UNSEEN.sub("", unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()))
    if kind == "github":
        return f"{kind}:{name.lstrip('@')}"
    return _of_address(kind, name) if "@" in name else f"{kind}:{name}"


def _of_address(kind: str, address: str) -> str:
    """Leave out what a mail server does: quotes, the tag behind a plus sign, and the dot of the root."""
    box, _, host = address.rpartition("@")
    box, host = _QUOTING.sub("", box), host.rstrip(".")
    if host == _PRIVATE_HOST:
        return f"github:{box.rpartition('+')[2]}"
    return f"{kind}:{box.partition('+')[0] or box}@{host}"
