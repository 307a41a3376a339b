"""Who there is, and where a request can stand: what the matrices have in common."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.events import DeadlinePassed, Event
from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest
from bot.core.ruling import Forbidden
from bot.slack import Press
from bot.store import Transaction
from tests.factories import (
    BO,
    CHEN,
    DIA,
    HOUR,
    a_break_glass,
    a_cancellation,
    a_claim,
    a_question,
    a_revision,
    a_ruling,
    a_stage,
    a_step,
    a_subject,
    a_supersession,
    a_timeout,
    an_actor,
    an_emergency,
    an_escalation,
    approval,
    rejection,
)
from tests.handlers.slack.house import House

CHAIN = a_ruling(
    stages=[
        a_stage("qa", 1, [BO, CHEN], escalate=(a_step(to=(), channel="#incidents"),)),
        a_stage("release", 1, [DIA]),
    ],
    forbid=(Forbidden.REQUESTER, Forbidden.AUTHORS),
    break_glass=a_break_glass([DIA]),
)
WINDOW = timedelta(minutes=2)
SUBJECT = a_subject(authors=[CHEN])

COLLEAGUES: Mapping[str, str] = {
    "requester": "U0ANA0000",
    "approver": "U0BO00000",
    "author": "U0CHEN000",
    "releaser": "U0DIA0000",
}
"""Who works here: *approver* may answer the first stage, *releaser* the second, and breaks the glass. *author* is
listed for the first stage, too, and wrote part of it."""

GUEST = "guest"
STRANGERS: Mapping[str, str] = {
    GUEST: "U0GUS0000",
    "external": "U0EVE0000",
    "deactivated": "U0OLD0000",
    "bot": "U0JITBOT0",
}

UNREACHABLE = frozenset({"deactivated", "bot"})
"""Whoever reads nothing that is written to them; the log holds what they tried all the same."""

COUNTED, DIALOG, SHOWN, REFUSED = "counted", "dialog", "shown", "refused"

ANSWERING = frozenset({Press.ANSWER})
VERDICTS = frozenset({Press.APPROVE, Press.APPROVE_WITH_REASON, Press.REJECT})
ON_A_STAGE = VERDICTS | {Press.UNDO, Press.CLAIM}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """How a request comes to where it stands.

    *asked* is who may answer there, None when it is no longer open; *said_yes* may reject it all the same; *can_call*
    when somebody is left whom an escalation could call. With a *window* what is settled is held, and nobody may answer,
    but for those who *object*; *answered* may take their answer back. *void* are the buttons that no longer mean on the
    old card what they say: a verdict, what undoes one, and a claim are on a stage; all else is on a revision.
    """

    events: tuple[Event, ...] = ()
    asked: str | None = None
    said_yes: str | None = None
    is_question_open: bool = False
    can_call: bool = False
    is_review_owed: bool = False
    window: timedelta | None = None
    objects: frozenset[str] = frozenset()
    answered: str | None = None
    void: frozenset[Press] = frozenset()


SITUATIONS: Mapping[str, Situation] = {
    "pending": Situation(asked="approver", can_call=True),
    "escalated": Situation(events=(an_escalation(an_actor(BO)),), asked="approver"),
    "looked at": Situation(events=(a_claim(BO),), asked="approver", can_call=True),
    "in question": Situation(events=(a_question(),), asked="approver", is_question_open=True, void=ANSWERING),
    "second stage": Situation(events=(approval(BO),), asked="releaser", said_yes="approver", void=ON_A_STAGE),
    "revised": Situation(
        events=(a_revision(ruling=CHAIN, subject=replace(SUBJECT, commit="0" * 40)),),
        asked="approver",
        can_call=True,
        void=frozenset(Press),
    ),
    "approved": Situation(events=(approval(BO), approval(DIA, stage=1))),
    "held": Situation(
        events=(approval(BO), approval(DIA, stage=1)),
        window=WINDOW,
        objects=frozenset({"releaser", "approver"}),
        answered="releaser",
        void=ON_A_STAGE,
    ),
    "a no is held": Situation(events=(rejection(BO),), window=WINDOW, answered="approver"),
    "rejected": Situation(events=(rejection(BO),)),
    "expired": Situation(events=(a_timeout(),)),
    "cancelled": Situation(events=(a_cancellation(),)),
    "superseded": Situation(events=(a_supersession(),)),
    "broken": Situation(events=(an_emergency(),), is_review_owed=True),
}


async def submitted(house: House, there: Situation) -> ApprovalRequest:
    """Return a request as it was asked."""
    return await house.ask(replace(CHAIN, undo_within=there.window), SUBJECT)


async def brought(house: House, request: ApprovalRequest, there: Situation) -> ApprovalRequest:
    """Return the request when it stands *there*; what that had to tell people is told."""
    for event in there.events:

        def happen(tx: Transaction, now: datetime, event: Event = event) -> None:
            tx.record(advance(tx.requests.lock(request.id), event, now))

        if isinstance(event, DeadlinePassed):
            house.clock.now += HOUR
        await house.desk.run(happen)
    await house.effects()
    return await house.now(request)
