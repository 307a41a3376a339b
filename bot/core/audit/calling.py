"""More people were asked than at first: as the frozen rule says, in its time, or at once where nobody was there."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.audit.groups import is_current, reference
from bot.core.audit.hours import worked
from bot.core.audit.lending import Lending
from bot.core.audit.life import Broken, Entry, Life, loud
from bot.core.audit.people import is_listed, is_member, share_a_handle


def spent(life: Life, at: datetime) -> timedelta:
    """Return what the stage's clock has counted."""
    return life.spent + worked(life.ruling.get("calendar"), life.since or at, at)


def escalated(life: Life, entry: Entry, at: datetime) -> None:
    """Let whom the frozen step names answer, too; the timer may not be early."""
    steps = life.ruling["stages"][life.stage]["escalate"]
    if life.steps >= len(steps):
        raise Broken("it was escalated further than its rule goes")
    step = steps[life.steps]
    life.steps += 1
    if loud(entry["detail"]) != {"step": life.steps, **step}:
        raise Broken("it was escalated otherwise than its rule says")
    if entry["actor"]["via"] not in {"timer", "api"} and not is_member(entry["actor"]):
        raise Broken("it was escalated by somebody who is no full member")
    if entry["actor"]["via"] == "timer" and spent(life, at).total_seconds() < step["after_seconds"]:
        raise Broken("it was escalated before its time")
    _ask(life, step)


def deserted(life: Life, entry: Entry, lending: Lending, at: datetime) -> None:
    """Take the stage's next step, or its fallback, at once: only where too few of those asked before were there."""
    members = _members(life, entry, at)
    gone, left = _mustered(life, lending, at, members)
    stage, step = life.ruling["stages"][life.stage], _next(life)
    missing = stage["quorum"] - len(life.counted[life.stage])
    can_change = stage["approvers"] != "anyone" and (gone or _asked_groups(life))
    if not can_change or len(left) >= missing:
        raise Broken("it was taken for deserted, and enough of those who were asked were there")
    if entry["actor"]["via"] != "timer":
        raise Broken("somebody took it for deserted; only the clock does")
    somebody = step["to"] or step.get("groups") or step.get("channel")
    told = {name: value for name, value in loud(entry["detail"]).items() if name != "rolls"}
    if told != {"away": gone, **step} or not somebody:
        raise Broken("it was deserted by others, or others were asked, than the log before says")
    life.steps += step["step"] is not None
    _ask(life, step)


def _ask(life: Life, step: Entry) -> None:
    life.called += step["to"]
    life.called_groups += step.get("groups", ())


def _next(life: Life) -> Entry:
    """Return what a desertion has to bring next, as the log writes it."""
    steps = life.ruling["stages"][life.stage]["escalate"]
    if life.steps < len(steps):
        return {"step": life.steps + 1, **steps[life.steps]}
    fallback, asked, groups = life.ruling.get("fallback", {"to": []}), _asked(life), _asked_groups(life)
    others = [group for group in fallback.get("groups", ()) if group not in groups]
    people = [one for one in _free(life, fallback["to"]) if not is_listed(one, asked)]
    return {"step": None, "to": people, **({"groups": others} if others else {})}


def _members(life: Life, entry: Entry, at: datetime) -> list[Entry]:
    """Return who could answer through the live groups that were asked, by what was read of each. Raises Broken."""
    groups, rolls = _asked_groups(life), entry["detail"].get("rolls", [])
    if [reference(roll) for roll in rolls] != [reference(group) for group in groups]:
        raise Broken("it was taken for deserted without a look at the groups that were asked")
    if not all(is_current(roll, at) for roll in rolls):
        raise Broken("it was taken for deserted by what was read of a group too long before")
    banned, found = _banned(life), list[Entry]()
    for group, roll in zip(groups, rolls, strict=True):
        able = [one for one in roll["people"] if not share_a_handle(one, banned)]
        found += able or group["fallback"]
    return found


def _asked_groups(life: Life) -> list[Entry]:
    found = list[Entry]()
    for group in (*life.ruling["stages"][life.stage].get("groups", ()), *life.called_groups):
        if group not in found:
            found.append(group)
    return found


def _mustered(life: Life, lending: Lending, at: datetime, members: list[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return who of those asked is not there, and who would answer."""
    gone, left = list[Entry](), list[Entry]()
    asked = _free(life, [*_asked(life), *members])
    absent = [person for person in asked if lending.is_missing(person, at)]
    for person in asked:
        if person not in absent and not share_a_handle(person, left):
            left.append(person)
    for person in absent:
        loan = lending.loan_of(person, at)
        instead = [] if loan is None or life.ruling.get("delegation") == "forbid" else [loan.terms["receiver"]]
        helping = [
            one for one in _free(life, instead) if not (lending.is_missing(one, at) or share_a_handle(one, left))
        ]
        left += helping
        if not (helping or share_a_handle(person, gone)):
            gone.append(person)
    return gone, left


def _asked(life: Life) -> list[Entry]:
    approvers = life.ruling["stages"][life.stage]["approvers"]
    return [*(approvers if isinstance(approvers, list) else ()), *life.called]  # pyright: ignore[reportUnknownVariableType] - JSON


def _free(life: Life, people: Iterable[Entry]) -> list[Entry]:
    """Return those whom the rule does not ban, and who have not said yes already."""
    heard = [one for stage in life.counted for voice in stage for one in voice]
    shut_out = [*_banned(life), *heard]
    return [person for person in people if not share_a_handle(person, shut_out)]


def _banned(life: Life) -> list[Entry]:
    forbid, terms = life.ruling["forbid"], life.terms
    banned = [terms["requester"] if "requester" in forbid else None, *(terms["authors"] if "authors" in forbid else ())]
    banned.append(terms.get("triggerer") if "triggerer" in forbid else None)
    return [*filter(None, banned)]
