"""Whether a text is what people see of it: the same for what programs and what people in Slack ask for."""

import re
import unicodedata

_IGNORABLE = re.compile(  # Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, and the blank of Braille
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SYMBOL = "[\u2190-\u27bf\u2900-\u2bff\U0001f000-\U0001faff]\ufe0f?"
_EMOJI = re.compile(f"{_SYMBOL}(?:\u200d{_SYMBOL})*")
"""In an emoji the joiner and the variation selector are part of what is seen."""

BREAKS = frozenset("\t\n\r")
_NO_GLYPH = frozenset({"Cc", "Cf", "Zl", "Zp"})


def unlike_its_look(text: str) -> str | None:
    """Return what sets a name apart from how a card shows it, to stand behind the field's name; None for nothing."""
    if why := unseen(text, frozenset()):
        return why
    if text != text.strip():
        return "begins or ends with a space, which a card does not show"
    return "has several spaces in a row, of which a card shows one" if "  " in text else None


def unseen(text: str, allowed: frozenset[str]) -> str | None:
    """Return what in a text nobody can see, but for the *allowed*."""
    if text.isascii() and text.isprintable():
        return None
    for character in _EMOJI.sub("", text):
        if character not in allowed and _is_unseen(character):
            return f"holds U+{ord(character):04X}, which nobody can see on a card or tell from a space; leave it out"
    return None


def _is_unseen(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _NO_GLYPH or (category == "Zs" and character != " ") or bool(_IGNORABLE.match(character))
