"""The life of one request as the log tells it, folded without the lifecycle: two ways to the same state, or a fault.

Nothing here is taken from :mod:`bot.core.life`, neither table nor counting. A fault in either shows as a difference.
"""

from collections.abc import Mapping
from datetime import datetime

from bot.core.audit import glass, looking, revising, windows
from bot.core.audit.calling import deserted, escalated, spent
from bot.core.audit.demands import require_conditions, require_filled, require_triaged, take_condition
from bot.core.audit.groups import admits
from bot.core.audit.hours import is_first, worked
from bot.core.audit.lending import Lending
from bot.core.audit.life import OPEN, Broken, Entry, Life, Voice
from bot.core.audit.people import are_told_apart, is_listed, is_member, share_a_handle
from bot.core.audit.proving import require_proven
from bot.core.audit.thaw import require_thawed, require_whole
from bot.core.moments import read_moment

ENDS: Mapping[str, tuple[str, str]] = {
    "approve": ("approve", "approved"),
    "break_glass": ("approve", "approved"),
    "reject": ("reject", "rejected"),
}
"""What is due, the verdict that must be written for it, and the state it leaves."""


def take(life: Life, entry: Entry, lending: Lending) -> None:
    """Take the next entry of this request, while rights are lent as *lending* says. Raises Broken."""
    event, at = str(entry["event"]), read_moment(entry["at"])
    life.require_road(event, str(entry["state"]))
    life.require_frame(entry, event)
    life.require_in_time(event, at)
    windows.require_allowed(life, event, entry["detail"])
    if "on_behalf_of" in entry["detail"] and event == "request.reviewed":
        _require_lent(life, entry, lending, at)
    if event == "request.deserted":
        deserted(life, entry, lending, at)
    else:
        _STEPS[event](life, entry, at)
    life.state = str(entry["state"])
    if entry["stage"] != life.stage:
        raise Broken(f"it stands at stage {entry['stage']}, the reviews say {life.stage}")
    if life.state not in OPEN:
        life.end()


def _asked(life: Life, entry: Entry, at: datetime) -> None:
    """Take what was asked, and forget every answer to what was asked before."""
    require_proven(entry)
    detail = entry["detail"]
    life.revision, life.digest = entry["revision"], entry["digest"]
    life.begin_stage(0, at)
    life.terms, life.deadline, life.left = detail, read_moment(detail["deadline"]), None
    _require_full_time(life, at, life.deadline, "its deadline is not its rule's")
    require_triaged(detail["tests"])
    life.counted, life.conditions = [[] for _ in detail["ruling"]["stages"]], []
    if detail["ruling"]["handling"] == "auto_approve" and detail["tests"]["incomplete"]:
        raise Broken("it was approved by a rule on incomplete evidence")
    if detail["ruling"]["handling"] == "auto_approve" and detail["ruling"].get("freezes"):
        raise Broken("it was approved by a rule in a freeze")
    if detail["ruling"]["handling"] != "require_approval":
        life.settle(detail["ruling"]["handling"].removeprefix("auto_"), at)


def _revised(life: Life, entry: Entry, at: datetime) -> None:
    revising.require_same(life, entry)
    _asked(life, entry, at)


def _reviewed(life: Life, entry: Entry, at: datetime) -> None:
    detail, voice = entry["detail"], _voice(entry)
    _require_entitled(life, entry["actor"])
    if detail["stage"] != life.stage:
        raise Broken(f"it answers stage {detail['stage']}, which was not asked")
    if len(voice) == 1 and not is_listed(voice[0], _everybody(life)):
        _require_approver(life, voice[0], at)
    require_filled(life, detail)
    looking.answered(life, entry["actor"])
    here = life.counted[life.stage] if detail["verdict"] == "approve" else life.refused
    match detail["verdict"]:
        case "approve":
            require_thawed(detail, by_glass=False)
            require_whole(life)
            take_condition(life, voice, detail)
            _approved(life, voice, at)
        case "reject":
            _rejected(life, voice, at)
        case _:
            raise Broken(f"{detail['verdict']} is no verdict")
    if detail["counted"] != len(here):
        raise Broken(f"it counts {detail['counted']} answers, there are {len(here)}")
    windows.require_release(life, detail)


def _voice(entry: Entry) -> Voice:
    giver = entry["detail"].get("on_behalf_of")
    return (entry["actor"],) if giver is None else (entry["actor"], giver)


def _everybody(life: Life) -> Voice:
    """Return all who approved, and all in whose name somebody did."""
    return tuple(one for stage in life.counted for voice in stage for one in voice)


def _require_lent(life: Life, entry: Entry, lending: Lending, at: datetime) -> None:
    """Raise Broken unless the right may be used that was not the actor's own; a yes may be taken back for ever."""
    actor, giver = _voice(entry)
    given = [voice for stage in life.counted for voice in stage if len(voice) > 1]
    if entry["detail"]["verdict"] == "reject" and any(
        is_listed(actor, voice[:1]) and is_listed(giver, voice[1:]) for voice in given
    ):
        return
    if life.ruling.get("delegation") == "forbid":
        raise Broken("somebody answered in another's name, which the rule forbids")
    lending.require(giver, actor, at)
    _require_not_forbidden(life, giver)
    _require_approver(life, giver, at)
    by_others = [voice for voice in life.refused if not share_a_handle(actor, voice[:1])]
    if any(share_a_handle(giver, voice) for voice in by_others):
        raise Broken("somebody answered in the name of whoever had been heard")


def _approved(life: Life, voice: Voice, at: datetime) -> None:
    if life.state != "pending":
        raise Broken("it was approved while a question was open")
    if _share(voice, _everybody(life)):
        raise Broken("the same person is counted twice")
    life.counted[life.stage].append(voice)
    life.refused[:] = [other for other in life.refused if not _share(voice, other)]
    if len(life.counted[life.stage]) < life.ruling["stages"][life.stage]["quorum"]:
        return
    if life.stage == len(life.counted) - 1:
        windows.settle(life, "approve", voice[0], at)
    else:
        life.begin_stage(life.stage + 1, at)


def _rejected(life: Life, voice: Voice, at: datetime) -> None:
    if any(_share(voice, other) for other in life.refused):
        raise Broken("the same person's rejection is counted twice")
    life.refused.append(voice)
    here = life.counted[life.stage]
    here[:] = [other for other in here if not _share(voice, other)]
    stage = life.ruling["stages"][life.stage]
    if len(life.refused) >= stage["reject_quorum"]:
        windows.settle(life, "reject", voice[0], at)
    elif len(here) < stage["quorum"]:
        windows.reopen(life)


def _share(voice: Voice, others: Voice) -> bool:
    return any(share_a_handle(one, others) for one in voice)


def _require_approver(life: Life, actor: Entry, at: datetime) -> None:
    stage = life.ruling["stages"][life.stage]
    approvers, asked = stage["approvers"], [*stage.get("groups", ()), *life.called_groups]
    if approvers != "anyone" and not is_listed(actor, [*approvers, *life.called]) and not admits(asked, actor, at):
        raise Broken("whoever answered is no approver of this stage")


def _require_entitled(life: Life, actor: Entry) -> None:
    if not is_member(actor):
        raise Broken("whoever answered is no full member")
    _require_not_forbidden(life, actor)


def _require_not_forbidden(life: Life, actor: Entry) -> None:
    forbid, terms = life.ruling["forbid"], life.terms
    requester: list[Entry] = [terms["requester"]] if "requester" in forbid and terms["requester"] else []
    authors: list[Entry] = terms["authors"] if "authors" in forbid else []
    triggerer: list[Entry] = [terms["triggerer"]] if "triggerer" in forbid and terms.get("triggerer") else []
    if share_a_handle(actor, requester):
        raise Broken("the requester answered, which the rule forbids")
    if share_a_handle(actor, authors):
        raise Broken("an author answered, which the rule forbids")
    if share_a_handle(actor, triggerer):
        raise Broken("whoever started the run answered, which the rule forbids")
    if not all(are_told_apart(actor, banned) for banned in (*requester, *authors, *triggerer)):
        raise Broken("somebody answered who may be one of those whom the rule forbids: nothing tells them apart")


def _glass_broken(life: Life, entry: Entry, at: datetime) -> None:
    _require_entitled(life, entry["actor"])
    require_thawed(entry["detail"], by_glass=True)
    glass.broken(life, entry, at)


def _glass_reviewed(life: Life, entry: Entry, at: datetime) -> None:
    glass.reviewed(life, entry, at)
    _require_entitled(life, entry["actor"])


def _claimed(life: Life, entry: Entry, at: datetime) -> None:
    _require_entitled(life, entry["actor"])
    _require_approver(life, entry["actor"], at)
    looking.claimed(life, entry, at)


def _require_full_time(life: Life, at: datetime, until: datetime, sentence: str) -> None:
    """Raise Broken unless exactly the rule's timeout lies between."""
    seconds = int(worked(life.timeout_calendar, at, until).total_seconds())
    if seconds != life.ruling["timeout_seconds"] or not is_first(life.timeout_calendar, until):
        raise Broken(sentence)


def _info_requested(life: Life, entry: Entry, at: datetime) -> None:
    _require_entitled(life, entry["actor"])
    _require_approver(life, entry["actor"], at)
    paused_until = read_moment(entry["detail"]["deadline"])
    _require_full_time(life, at, paused_until, "the pause does not end after one more timeout")
    life.left, life.deadline = worked(life.timeout_calendar, at, life.deadline or at), paused_until
    life.spent = spent(life, at)


def _info_provided(life: Life, entry: Entry, at: datetime) -> None:
    _require_asked(life, entry["actor"])
    if not str(entry["detail"]["answer"]).strip():
        raise Broken("the answer says nothing")
    deadline = life.deadline = read_moment(entry["detail"]["deadline"])
    if worked(life.timeout_calendar, at, deadline) != life.left or not is_first(life.timeout_calendar, deadline):
        raise Broken("the clock does not run on with what was left of it")
    life.since = at


def _require_asked(life: Life, actor: Entry) -> None:
    """Raise Broken unless the source answers, or one of those who could be asked."""
    asked = [person for person in (life.terms["requester"], *life.terms["authors"]) if person]
    if actor["via"] == "api":
        return
    if not is_member(actor) or not is_listed(actor, asked):
        raise Broken("whoever answered was not asked")


def _decided(life: Life, entry: Entry, _at: datetime) -> None:
    """Compare the decision with what the entry before made due, or else with what the rule says of silence."""
    due = life.due or life.held or life.ruling["on_timeout"]
    windows.decided(life, entry)
    if (life.due or life.held) is None and _is_silence_doubtful(life, entry) and due == "approve":
        raise Broken("silence about a doubt was taken for a yes")
    written = (entry["detail"]["verdict"], entry["state"])
    if written != ENDS.get(due) or entry["detail"]["break_glass"] is not (due == "break_glass"):
        raise Broken(f"{due} was due, {written[0]} was written")
    require_conditions(life, entry["detail"])
    life.due = None


def _expired(life: Life, entry: Entry, _at: datetime) -> None:
    if life.held is not None:
        windows.expired(life, entry)
        return
    ending, is_doubtful = life.ruling["on_timeout"], _is_silence_doubtful(life, entry)
    if ending != "expire" and not (ending == "approve" and is_doubtful):
        raise Broken(f"it expired, its rule says {ending}")


def _is_silence_doubtful(life: Life, entry: Entry) -> bool:
    """Tell whether silence may not be taken for a yes; what the entry says was shown is what the cards' entries say."""
    was_shown = life.shown == life.revision
    if entry["detail"]["was_shown"] is not was_shown:
        raise Broken(f"it says that a card was {'' if not was_shown else 'not '}shown, the log before says otherwise")
    in_doubt = bool(life.terms["tests"]["incomplete"]) or bool(entry["detail"].get("freezes")) or bool(life.refused)
    return life.state != "pending" or in_doubt or not was_shown


def _cancelled(life: Life, entry: Entry, _at: datetime) -> None:
    """Whoever asked may take it back while it is open: its source, or the person who was named."""
    actor, requester = entry["actor"], life.terms["requester"]
    if actor["via"] != "api" and not (is_member(actor) and requester and is_listed(actor, [requester])):
        raise Broken("it was taken back by somebody who did not ask for it")


def _among_others(_life: Life, _entry: Entry, _at: datetime) -> None:
    """Leave it to :mod:`bot.core.audit.company` and :mod:`bot.core.audit.succession`, which see the others, too."""


_STEPS = {
    "request.submitted": _asked,
    "request.reviewed": _reviewed,
    "request.review_withdrawn": windows.withdrawn,
    "request.escalated": escalated,
    "request.reminded": looking.reminded,
    "request.claimed": _claimed,
    "request.info_requested": _info_requested,
    "request.info_provided": _info_provided,
    "request.revised": _revised,
    "request.regrouped": _among_others,
    "request.glass_broken": _glass_broken,
    "request.glass_chased": glass.chased,
    "request.glass_reviewed": _glass_reviewed,
    "request.decided": _decided,
    "request.expired": _expired,
    "request.cancelled": _cancelled,
    "request.superseded": _among_others,
}
