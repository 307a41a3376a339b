"""Who is looking, as the log tells it, and whom the clock reminded: never while somebody was."""

from datetime import datetime

from bot.core.audit.calling import spent
from bot.core.audit.hours import is_first, worked
from bot.core.audit.life import Broken, Entry, Life, loud
from bot.core.audit.people import share_a_handle
from bot.core.moments import read_moment

_UNWRITTEN = 15 * 60
"""For how many seconds reminders are quiet where the rule in the log says nothing of it."""


def claimed(life: Life, entry: Entry, at: datetime) -> None:
    """Remember who is looking; that they may answer has been seen. Raises Broken."""
    detail, calendar = entry["detail"], life.ruling.get("calendar")
    heard = [one for voices in (*life.counted, life.refused) for voice in voices for one in voice]
    if share_a_handle(entry["actor"], heard):
        raise Broken("somebody says that they are looking who has answered")
    until = read_moment(detail["until"])
    seconds = int(worked(calendar, at, until).total_seconds())
    if seconds != life.ruling.get("claim_for_seconds", _UNWRITTEN) or not is_first(calendar, until):
        raise Broken("somebody is looking for longer, or less long, than the rule says")
    if detail != {"stage": life.stage, "until": detail["until"]}:
        raise Broken("somebody is looking at a stage that was not asked")
    life.looker, life.looks_until = entry["actor"], until


def answered(life: Life, actor: Entry) -> None:
    """Forget that *actor* was looking, if they were: they have answered."""
    if life.looks_until is not None and share_a_handle(actor, (life.looker,)):
        life.looks_until = None


def reminded(life: Life, entry: Entry, at: datetime) -> None:
    """Count a reminder; whatever was due by then comes as one. Raises Broken where it was not time."""
    span = life.ruling["stages"][life.stage]["remind_after_seconds"]
    counted = spent(life, at).total_seconds()
    following = last = life.reminders + 1
    if span is None or span < 1 or counted < (2**following - 1) * span:
        raise Broken("somebody was reminded before the time")
    if life.looks_until is not None and at < life.looks_until:
        raise Broken("somebody was reminded while somebody else was looking")
    while counted >= (2 ** (last + 1) - 1) * span:
        last += 1
    # Logs were written that have each by itself, but for what a look held back.
    possible = {last} if life.looks_until is not None else {following, last}
    if loud(entry["detail"]) not in [{"stage": life.stage, "reminder": which} for which in possible]:
        raise Broken("a reminder is missing, or was sent twice")
    life.reminders, life.looks_until = entry["detail"]["reminder"], None
