"""What kind of ref a run was of: which of them the others are compared with, a policy says."""

from collections.abc import Sequence

from bot.core.evidence.past import RefKind

BASE_REFS = ("main", "master", "trunk")
"""The base where a policy names none."""

_HEADS, _TAGS = "refs/heads/", "refs/tags/"


def ref_kind(ref: str | None, base_refs: Sequence[str] = BASE_REFS) -> RefKind:
    """Tell what *ref* is, as a caller names it (``refs/heads/main`` or ``main``); of what nobody said, a branch.

    In *base_refs* a ``*`` stands for any characters but a slash. A branch of somebody's fork is named by its pull
    request (``refs/pull/7/merge``), and is never the base.
    """
    if ref is None:
        return RefKind.BRANCH
    if ref.startswith(_TAGS):
        return RefKind.TAG
    branch = ref.removeprefix(_HEADS)
    return RefKind.BASE if any(_fits(branch, pattern) for pattern in base_refs) else RefKind.BRANCH


def _fits(branch: str, pattern: str) -> bool:
    """Tell whether every part between slashes fits its part of *pattern*."""
    parts, wanted = branch.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(_part_fits(*pair) for pair in zip(parts, wanted, strict=True))


def _part_fits(part: str, pattern: str) -> bool:
    """Match what stands between the stars from left to right, each as early as it can: no way back is ever needed."""
    first, *rest = pattern.split("*")
    if not rest:
        return part == pattern
    *middle, last = rest
    if not part.startswith(first) or not part.endswith(last) or len(part) < len(first) + len(last):
        return False
    at, end = len(first), len(part) - len(last)
    for piece in middle:
        found = part.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
