"""What a condition may cost at worst, reckoned from its tree when the file is read.

The engine stops after 10 000 iterations, but what one iteration does it does not weigh: measured over the largest
facts, joining a text thirty times in two loops took 12 s and 5 GB, and a pattern ``(r?){200}`` there 21 s, all with the
interpreter's lock held. So every step is weighed by the characters it may look at, as often as its loops run.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.policy.conditions.facts import FACTS, Kind
from bot.policy.conditions.syntax import Node

MAX_ENTRIES = 200
"""Entries of one list or mapping that conditions may look at.

``map`` and ``filter`` copy their list at every step: over 10 000 entries that was measured at 20 s and 1.5 GB, over 200
(nested too) at 40 ms and 30 MB.
"""

MAX_TEXT = 4_000
"""Characters of one text that conditions may look at."""

MAX_WEIGHT = 100_000
"""Characters of one fact, all of its texts together."""

MAX_DEPTH = 2
"""Loops within each other."""

MAX_COST = 100_000_000
"""Characters looked at in one evaluation: a fifth of a second where it was measured."""

_ITERATIONS = 10_000
_JOINING = 8
"""What a character costs that is copied, and not only read."""

_FREE = frozenset({"_&&_", "_||_", "!_", "_?_:_", "@not_strictly_false", "_[_]"})
_COUNT = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_SPREADING = frozenset({Kind.TEXTS, Kind.FLAGS, Kind.TREE})
_KINDS = {fact.name: fact.kind for fact in FACTS}


class TooCostly(Exception):
    """What is too costly stands *at* so many characters from the condition's start; *sentence* says what to change."""

    def __init__(self, at: int, sentence: str) -> None:
        super().__init__(sentence)
        self.at = at
        self.sentence = sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Extent:
    """How large a value may be. ``spread`` when it is one of a loop's elements, so that all of them have one weight."""

    weight: int = 1
    entries: int = 1
    spread: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where a step stands: in so many loops, and what their variables may hold."""

    depth: int = 0
    times: int = 1
    scope: Mapping[str, _Extent]


def require_bounded(tree: Node) -> None:
    """Raise TooCostly when evaluating *tree* could take too long over the largest facts there may be."""
    reckoning = _Reckoning()
    reckoning.extent(tree, _Place(scope={}))


class _Reckoning:
    """Adds up what every step may cost."""

    def __init__(self) -> None:
        self._cost = 0

    def extent(self, node: Node, place: _Place) -> _Extent:
        """Weigh *node* and everything in it. Return how large its value may be."""
        match node.kind:
            case "constant":
                return _Extent(weight=1 + len(node.name))
            case "variable":
                return place.scope.get(node.name) or _fact(node)
            case "loop":
                return self._loop(node, place)
            case "call":
                return self._call(node, place)
            case _:
                return _whole(node, [self.extent(part, place) for part in node.parts])

    def _call(self, node: Node, place: _Place) -> _Extent:
        extents = [self.extent(part, place) for part in node.parts]
        if node.name == "matches":
            self._charge(node, place, extents[0], _pattern(node))
        elif node.name not in _FREE:
            each = _JOINING if node.name == "_+_" and not node.is_scalar else 1
            for extent in extents:
                self._charge(node, place, extent, each)
        if node.name == "_?_:_":
            extents = extents[1:]
        return _whole(node, extents)

    def _loop(self, node: Node, place: _Place) -> _Extent:
        if place.depth == MAX_DEPTH:
            raise TooCostly(at=node.at, sentence=f"loops may stand in each other {MAX_DEPTH} deep, not deeper")
        over, start, condition, step, result = node.parts
        ranged = self.extent(over, place)
        begun = self.extent(start, place)
        count = max(1, min(ranged.entries, MAX_ENTRIES))
        # Over all elements together the weights add up to that of the range.
        element = _Extent(weight=max(1, ranged.weight // count), entries=MAX_ENTRIES, spread=True)
        names = {node.loop[0]: element, node.loop[1]: replace(begun, weight=0)}
        inside = _Place(depth=place.depth + 1, times=place.times * count, scope={**place.scope, **names})
        self._charge(node, inside, _Extent(weight=count), 1)
        self.extent(condition, inside)
        grown = self.extent(step, inside)
        gathered = _Extent(weight=begun.weight + count * grown.weight, entries=count)
        return _whole(node, [self.extent(result, replace(place, scope={**place.scope, node.loop[1]: gathered}))])

    def _charge(self, node: Node, place: _Place, extent: _Extent, each: int) -> None:
        times = place.times if extent.spread else min(place.times, _ITERATIONS)
        self._cost += times * extent.weight * each
        if self._cost > MAX_COST:
            raise TooCostly(
                at=node.at,
                sentence="could take too long over the largest lists and texts there may be; "
                "loop less, or look at less in each step",
            )


def _fact(node: Node) -> _Extent:
    kind = _KINDS.get(node.name, Kind.TREE)
    if kind in _SPREADING:
        return _Extent(weight=MAX_WEIGHT, entries=MAX_ENTRIES)
    return _Extent(weight=MAX_TEXT if kind is Kind.TEXT else 1)


def _whole(node: Node, extents: list[_Extent]) -> _Extent:
    """Return how large a value may be that is made of these."""
    if node.is_scalar or not extents:
        return _Extent()
    weight = sum(extent.weight for extent in extents)
    spread = any(extent.spread for extent in extents)
    if node.kind == "field" and node.is_text:
        weight = min(weight, MAX_TEXT)
    entries = len(extents) if node.kind == "members" else max(extent.entries for extent in extents)
    return _Extent(weight=weight, entries=1 if node.is_text else entries, spread=spread)


def _pattern(node: Node) -> int:
    """Return how large the program of a pattern may be: what is repeated is there as often."""
    pattern = node.parts[-1]
    if pattern.kind != "constant":
        sentence = "matches() needs its pattern written here, as text: a caller's could cost any time"
        raise TooCostly(at=node.at, sentence=sentence)
    return pattern_size(pattern.name)


def _times(least: str, most: str | None) -> int:
    """Return how often ``{least,most}`` repeats; without an upper bound there is one loop more."""
    return max(1, int(least) if most is None else int(most or 0) or int(least) + 1)


def pattern_size(pattern: str) -> int:
    """Return an upper bound of the steps a pattern is made of: ``(ab){3}`` is two, three times."""
    sizes, last, at = [0], 1, 0
    while at < len(pattern):
        counted = _COUNT.match(pattern, at)
        if counted is not None:
            sizes[-1] += last * (_times(counted[1], counted[2]) - 1)
            at = counted.end()
            continue
        if pattern[at] == "(":
            sizes.append(0)
        elif pattern[at] == ")" and len(sizes) > 1:
            last = sizes.pop() + 1
            sizes[-1] += last
        else:
            at += pattern[at] == "\\"
            last = 1
            sizes[-1] += 1
        at += 1
    return max(1, sum(sizes))
