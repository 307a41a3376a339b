"""Where each character of a YAML text stands in the file, so that a condition's error points into the file."""

_BREAKS = "\r\n"


def source_indexes(source: str, value: str, style: str | None) -> tuple[int, ...]:
    """Return, for each character of *value*, its index in *source*, the text between the scalar's marks.

    A greedy walk: indentation, quotes and escapes in the source are stepped over, a folded space stands for a line
    break. An escape that spells a character in hexadecimal ends it; what was aligned until there is returned.
    """
    at = _content_start(source, style)
    indexes: list[int] = []
    for character in value:
        found = _next(source, character, at)
        if found is None:
            break
        indexes.append(found)
        at = found + 1
    return tuple(indexes)


def _content_start(source: str, style: str | None) -> int:
    if style in {"|", ">"}:
        return source.find("\n") + 1
    return 1 if style in {"'", '"'} else 0


def _next(source: str, character: str, at: int) -> int | None:
    """Find *character* from *at* on; a space may be a folded line break, a line break may be written as an escape."""
    if character == "\n" and source[at : at + 2] == "\\n":
        return at + 1
    if character in {" ", "\n"}:
        return next((i for i in range(at, len(source)) if source[i] in {" ", *_BREAKS}), None)
    found = source.find(character, at)
    return None if found < 0 else found
