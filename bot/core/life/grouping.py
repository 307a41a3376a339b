"""Identical asks share one card: which requests may, and what becomes of a group when something happens to one of it.

One of them leads: it has the card. The others follow: each is a request like any other, with its own clock, reviews and
end, only that what it would say in the channel is said by its leader's card. They may share it because all that an
approver is shown and bound to is the same, and only while it is: whatever changes one of them alone takes it out. A
leader's id always sorts before those that follow it, so locks taken in the order of ids never wait in a circle.
"""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, cast

from bot.core.effects import Effect, ShowCard, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Claimed, Deserted, Escalated, Event, Regrouped, Reminded, Reviewed
from bot.core.judging.trail import unclear_rules
from bot.core.life import quorum
from bot.core.life.outcome import Outcome, cards, happened
from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import Verdict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MOST = 50
"""How many requests one card may stand for, its leader counted; those that have ended count, too."""

LAYOUT = "2:"
"""What every key begins with, and another release's does not: count up whenever what must be the same changes.

A key that another release made says nothing here: its request is followed by nobody, and nobody takes it for changed.
"""

_OF_ITS_OWN = frozenset({"links", "metadata", "callback_url", "receiver", "timeout", "proof"})
"""What of a subject says where a run is, and where its answer goes; a timeout that holds is the ruling's, too.

Of what was proven only the run may differ."""

_OF_THE_MOMENT = frozenset({"explanation", "who_may", "budgets", "calendar", "quiet"})
"""What of a ruling speaks of the moment it was made in; what of it a card shows is compared for itself."""


def key_of(request: ApprovalRequest) -> str | None:
    """Return what an ask must share with *request* to follow it; None when nothing may follow.

    It is a hash over everything that is shown, bound or ruled, but for links, metadata, timeout and callback, where a
    caller's run is and where its answer goes, and for the output of the failed tests and when they failed before: two
    runs never print the same, the first is the second's past, and Details says whose it shows. Nobody may have answered
    yet, or have been called by an escalation.
    """
    if request.ruling.group_within is None or request.leader is not None or not _is_untouched(request):
        return None
    return LAYOUT + sha256(json.dumps(_alike(request), sort_keys=True, default=_plain).encode()).hexdigest()


def may_follow(leader: ApprovalRequest, key: str, newer: RequestId, now: datetime) -> bool:
    """Tell whether the request *newer* with this *key* may share the card of *leader*, as it is now."""
    within, deadline = leader.ruling.group_within, leader.deadline
    if key_of(leader) != key or within is None or deadline is None:
        return False
    return leader.id < newer and leader.created_at <= now < min(leader.created_at + within, deadline)


def regrouped(request: ApprovalRequest, event: Regrouped, now: datetime) -> Outcome:
    """Let a request that follows another follow somebody else, or lead: then it has a card of its own."""
    if request.leader is None:
        raise Refused(Refusal.NOT_OPEN, "It follows no other request.")
    after = replace(request, leader=event.leader)
    entry = happened("request.regrouped", event.by, after, now, {"follows": event.leader})
    return Outcome(request=after, happened=(entry,), effects=cards(after) if event.leader is None else ())


def placed(before: ApprovalRequest, event: Event, outcome: Outcome) -> Outcome:
    """Return *outcome* of an *event* as it is in a group: who follows is silent, who changed alone has its own card."""
    if before.leader is None:
        return replace(outcome, parts=before.ruling.group_within is not None and _is_alone(before, event))
    if isinstance(event, Regrouped):
        return outcome
    if _is_alone(before, event) and (outcome.request.state.is_open or _is_answered(outcome.request)):
        return _by_itself(_told_apart(outcome, event), before.leader)
    return hushed(outcome)


def answered(outcome: Outcome, leader: ApprovalRequest) -> Outcome:
    """Return *outcome* of an answer on the card of *leader*, after the leader's own: one that differs now goes alone.

    One answer can mean two things where an escalation called people for one of them only: what is a voice of its own
    here, is there somebody's who has spoken already. Left behind a card that says otherwise, nobody would see it.
    """
    if outcome.request.leader is None or _standing(outcome.request) == _standing(leader):
        return outcome
    after = replace(outcome.request, leader=None)
    return replace(outcome, request=after, effects=(*outcome.effects, *cards(after)))


def _standing(request: ApprovalRequest) -> object:
    """Return what a card shows of how far a request has come; in whose name each answered may differ."""
    stages = range(len(request.ruling.stages))
    counts = [len(quorum.counted(request, stage, verdict)) for stage in stages for verdict in Verdict]
    return request.state, request.revision, request.stage, counts


def hands_over(request: ApprovalRequest) -> bool:
    """Tell whether its messages become its followers': it ended, and what ended it was nobody's answer to them."""
    return not request.state.is_open and not _is_answered(request)


def hushed(outcome: Outcome) -> Outcome:
    """Return *outcome* of a request that follows: its leader's card follows it, and no thread hears of it."""
    leader = outcome.request.leader
    if leader is None:
        return outcome
    effects = (_of_leader(effect, leader) for effect in outcome.effects)
    return replace(outcome, effects=tuple(effect for effect in effects if effect is not None))


def _of_leader(effect: Effect, leader: RequestId) -> Effect | None:
    match effect:
        case ShowCard():
            return replace(effect, request=leader)
        case TellThread():
            return None
        case _:
            return effect


def _by_itself(outcome: Outcome, leader: RequestId) -> Outcome:
    """Take the request out of its group; both cards follow, and its own says what happened."""
    after = replace(outcome.request, leader=None)
    counts = (ShowCard(request=leader, channel=channel) for channel in after.channels)
    return replace(outcome, request=after, effects=(*outcome.effects, *counts))


def _told_apart(outcome: Outcome, event: Event) -> Outcome:
    """Return *outcome*, and that it left its group where nothing else in the log keeps others from following it.

    Whoever only looks at a request leaves it as untouched as it was: the next ask like it may stand on its card.
    """
    if not isinstance(event, Claimed):
        return outcome
    apart = happened("request.regrouped", event.by, outcome.request, outcome.happened[0].at, {"follows": None})
    return replace(outcome, happened=(*outcome.happened, apart))


def _is_alone(before: ApprovalRequest, event: Event) -> bool:
    """Tell whether *event* makes this one request differ from those it shares a card with.

    Reminders and escalations come to each in its time; an answer on the card is given to all whom the card shows.
    Whoever looks at the one that has the card looks at all of them.
    Whoever escalates one that follows, and not by the card, does not wait for its time: who is called by that is called
    to this one alone. By the card all that stand on it are.
    """
    if isinstance(event, Reviewed):
        return event.card != (before.leader or before.id)
    if isinstance(event, Claimed):
        return before.leader is not None and event.card != before.leader
    if isinstance(event, Escalated):
        return before.leader is not None and event.by.via is not Via.TIMER and event.card != before.leader
    return not isinstance(event, (Deserted, Reminded))


def _is_answered(request: ApprovalRequest) -> bool:
    decision = request.decision
    return decision is not None and decision.verdict is not None and decision.by.via is not Via.TIMER


def _is_untouched(request: ApprovalRequest) -> bool:
    is_first = request.revision == 1 and not (request.stage or request.escalations or request.questions)
    return is_first and request.state is State.PENDING and not request.reviews


def _alike(request: ApprovalRequest) -> list[object]:
    """Return what must be the same; a field that is new to a request or a ruling is, until somebody says otherwise."""
    tests, ruling = request.tests, request.ruling
    return [
        [request.source, request.digest, _fields(request.subject, _OF_ITS_OWN)],
        [request.subject.proof.of_any_run() if request.subject.proof else None],
        [tests.total, tests.passed, tests.failed, tests.skipped, list(tests.incomplete)],
        [tests.new, tests.known, tests.flaky, tests.waived],
        [(one.suite, one.file, one.line, one.owner, one.triage) for one in tests.failures],
        [(spent.rule, spent.limit) for spent in ruling.budgets if spent.is_used_up],
        [list(unclear_rules(ruling)), _fields(ruling, _OF_THE_MOMENT)],
    ]


def _fields(value: "DataclassInstance", left_out: frozenset[str] = frozenset()) -> dict[str, object]:
    return {field.name: getattr(value, field.name) for field in fields(value) if field.name not in left_out}


def _plain(value: object) -> object:
    """Return what JSON has no word for: records as their fields, sets in order, spans and moments as text."""
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    return sorted(map(str, cast("frozenset[object]", value))) if isinstance(value, frozenset) else str(value)
