"""Somebody answers: one person's review, counted or refused, in one commit."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.judging.freeze_windows import Freezes
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people import delegation, eligibility
from bot.core.people.delegation import Mandate
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, RequestId
from bot.core.ruling import Category, Verdict
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.muster import ask_others
from bot.usecases.needing import MembershipNeeded
from bot.usecases.refusing import refusals_noted
from bot.usecases.sharing import answer_followers


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One person's answer, as it reached us.

    ``revision`` and ``stage`` are those of the card that was seen; None means "as it is now", for commands typed
    without a card; these are meant for that one request, as ``named`` is None. Else it holds the numbers of those who
    follow the request and whom the card showed: they are answered, too. ``replay_key`` names the signed message it
    came in. ``mandates`` are in whose name they may answer; None means that nobody has looked yet.
    """

    request_id: RequestId
    verdict: Verdict
    by: Actor
    revision: int | None = None
    stage: int | None = None
    named: tuple[int, ...] | None = None
    reason: str | None = None
    category: Category | None = None
    condition: str | None = None
    environment: str | None = None
    replay_key: Stamp | None = None
    mandates: tuple[Mandate, ...] | None = None


class MandatesWanted(Exception):
    """They can't answer *request* in their own name, but perhaps in others'; nothing was written.

    Who these are now, and whether they are in its live groups, has to be asked outside of any transaction; then it is
    tried again with ``mandates``.
    """

    def __init__(self, request: ApprovalRequest) -> None:
        super().__init__()
        self.request = request


def review(tx: Transaction, click: Click, freezes: Freezes, now: datetime) -> Outcome | MembershipNeeded:
    """Count one person's answer; the card, the caller and the log follow in the same commit.

    *freezes* says which freezes of the policy hold now, whatever held when it was asked.
    """
    with refusals_noted(tx, click.by, click.verdict.value, now) as attempt:
        request = attempt.request = tx.requests.lock(click.request_id)
        groups = eligibility.unread_groups(request, click.by)
        if groups:
            return MembershipNeeded(request=request, groups=groups)
        if click.replay_key is not None:
            tx.replays.remember(click.replay_key)
        event = Reviewed(
            by=click.by,
            verdict=click.verdict,
            revision=request.revision if click.revision is None else click.revision,
            stage=request.stage if click.stage is None else click.stage,
            reason=click.reason,
            category=click.category,
            condition=click.condition,
            environment=click.environment,
            freezes=freezes(request, now),
            card=None if click.named is None else click.request_id,
        )
        outcome = _advanced(tx, request, event, click)
    tx.record(outcome)
    if click.named is not None and request.leader is None and request.ruling.group_within is not None:

        def answering(one: ApprovalRequest) -> Outcome:
            return _advanced(tx, one, replace(event, freezes=freezes(one, now)), click)

        answer_followers(tx, outcome.request, click.named, click.by, answering)
    ask_others(tx, outcome.request, now)
    return outcome


def _advanced(tx: Transaction, request: ApprovalRequest, event: Reviewed, click: Click) -> Outcome:
    """Let it count in their own name, which costs no look; else in that of whoever lent them their right."""
    try:
        return advance(request, event, tx.now)
    except Refused as refused:
        lent = _lent(tx, request, click) if refused.code is Refusal.NOT_ELIGIBLE else ()
        if not lent:
            raise
    return advance(request, replace(event, mandates=lent), tx.now)


def _lent(tx: Transaction, request: ApprovalRequest, click: Click) -> tuple[Mandate, ...]:
    """Return what of their mandates still stands in the books. Raises MandatesWanted."""
    account = click.by.person.slack_id if click.by.person else None
    running = tx.delegations.to(account) if account else ()
    if running and click.mandates is None:
        raise MandatesWanted(request)
    standing = tuple(mandate for mandate in click.mandates or () if mandate.delegation in running)
    if delegation.unread_givers(request, standing):
        raise MandatesWanted(request)
    return standing
