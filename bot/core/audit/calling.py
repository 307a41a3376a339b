"""More people were asked than at first: as the frozen rule says, in its time, or at once where nobody was there."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.audit.hours import worked
from bot.core.audit.lending import Lending
from bot.core.audit.life import Broken, Entry, Life, loud
from bot.core.audit.people import is_listed, share_a_handle


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
    if entry["actor"]["via"] == "timer" and spent(life, at).total_seconds() < step["after_seconds"]:
        raise Broken("it was escalated before its time")
    _ask(life, step)


def deserted(life: Life, entry: Entry, lending: Lending, at: datetime) -> None:
    """Take the stage's next step, or its fallback, at once: only where too few of those asked before were there."""
    gone, left = _mustered(life, lending, at)
    stage, step = life.ruling["stages"][life.stage], _next(life)
    missing = stage["quorum"] - len(life.counted[life.stage])
    if stage["approvers"] == "anyone" or stage.get("groups") or life.called_groups or not gone or len(left) >= missing:
        raise Broken("it was taken for deserted, and enough of those who were asked were there")
    if entry["actor"]["via"] != "timer":
        raise Broken("somebody took it for deserted; only the clock does")
    somebody = step["to"] or step.get("groups") or step.get("channel")
    if loud(entry["detail"]) != {"away": gone, **step} or not somebody:
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
    fallback, asked = life.ruling.get("fallback", {"to": []}), _asked(life)
    return {"step": None, **fallback, "to": [one for one in _free(life, fallback["to"]) if not is_listed(one, asked)]}


def _mustered(life: Life, lending: Lending, at: datetime) -> tuple[list[Entry], list[Entry]]:
    """Return who of those asked is not there, and who would answer."""
    gone, left = list[Entry](), list[Entry]()
    asked = _free(life, _asked(life))
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
    forbid, terms = life.ruling["forbid"], life.terms
    banned = [terms["requester"] if "requester" in forbid else None, *(terms["authors"] if "authors" in forbid else ())]
    banned.append(terms.get("triggerer") if "triggerer" in forbid else None)
    heard = [one for stage in life.counted for voice in stage for one in voice]
    shut_out = [*filter(None, banned), *heard]
    return [person for person in people if not share_a_handle(person, shut_out)]
