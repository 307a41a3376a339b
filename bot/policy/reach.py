"""Which rules are never reached, because another one always comes before them.

Rejections are looked at first, then the rest in order. A rule that approves by itself steps aside in doubt, in a freeze
and beyond its budget, and one that rejects steps aside in doubt. A rule behind it that asks people under the very same
condition is there for that, and is only warned of; one under a narrower condition is taken for a mistake: what it was
written for is let through before.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bot.core.ruling import Handling
from bot.policy.conditions.engine import Engine
from bot.policy.conditions.implication import ALWAYS, Ways, holds_wherever, ways_of
from bot.policy.grammar.mappings import RulePart
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """A rule and how it can match."""

    path: Path
    part: RulePart
    ways: Ways
    reads_tests: bool

    @property
    def called(self) -> str:
        return f'rule {self.path[-1]} ("{self.part.name}")'

    @property
    def always_matches(self) -> bool:
        return any(not way for way in self.ways)


def check_reach(rules: dict[int, RulePart], engine: Engine, sheet: Sheet) -> None:
    """Refuse rules that are never reached, and warn of those that only are in doubt."""
    before = list[_Seen]()
    for rule in _in_order(_seen(rules, engine, sheet)):
        if not rule.ways:
            sheet.warn((*rule.path, "when"), "never matches; take the rule out, or write when it shall match")
            continue
        ahead = [one for one in before if holds_wherever(one.ways, rule.ways)]
        blocking = next((one for one in ahead if _blocks(one, rule)), None)
        asks = rule.part.then is Handling.REQUIRE_APPROVAL
        wider = next((one for one in ahead if asks and one.ways != rule.ways), None)
        if blocking is not None:
            sheet.refuse(rule.path, f"is never reached: {_why(blocking, rule)}")
        elif wider is not None:
            sheet.refuse(rule.path, f"is only reached in doubt: {_why(wider, rule)}")
        elif asks and ahead:
            sheet.warn(rule.path, f"is only reached in doubt: {ahead[0].called} comes first and has the same condition")
        if rule.part.budget is None:
            before.append(rule)


def _seen(rules: dict[int, RulePart], engine: Engine, sheet: Sheet) -> Iterator[_Seen]:
    """Yield what could be read of the rules; nothing is said of one whose condition or handling is refused."""
    for index, part in rules.items():
        path: Path = ("rules", index)
        if any(sheet.is_spoiled((*path, key)) for key in ("when", "then", "budget")):
            continue
        ways = ALWAYS if part.when is None else ways_of(part.when, engine.tree)
        reads = part.when is not None and engine.reads_tests(part.when)
        yield _Seen(path=path, part=part, ways=ways, reads_tests=reads)


def _in_order(rules: Iterator[_Seen]) -> list[_Seen]:
    return sorted(rules, key=lambda rule: rule.part.then is not Handling.AUTO_REJECT)


def _blocks(first: _Seen, rule: _Seen) -> bool:
    """Tell whether *first*, which matches wherever *rule* does, settles whatever comes to it.

    A rule that asks also matches where its condition can't be evaluated; one that decides by itself does not.
    """
    if first.always_matches:
        return True
    match first.part.then:
        case Handling.REQUIRE_APPROVAL:
            return True
        case Handling.AUTO_REJECT:
            return rule.part.then is not Handling.REQUIRE_APPROVAL
        case Handling.AUTO_APPROVE:
            # Where no test results came, one that looks at them steps aside.
            return rule.part.then is Handling.AUTO_APPROVE and (rule.reads_tests or not first.reads_tests)


def _why(first: _Seen, rule: _Seen) -> str:
    if first.part.when is None:
        return f"{first.called} has no when and always matches"
    if first.always_matches:
        return f"{first.called} has a when that is always true"
    is_sooner = first.part.then is Handling.AUTO_REJECT and rule.part.then is not Handling.AUTO_REJECT
    if first.ways == rule.ways and not is_sooner:
        return f"{first.called} comes first and has the same condition; take one of them out, or change its when"
    if first.part.then is Handling.AUTO_REJECT:
        return f"{first.called} rejects whatever this matches, and rejections are looked at first; change one when"
    return f"{first.called} comes first and matches whatever this matches; put this before it, or change one when"
