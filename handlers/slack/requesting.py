"""People ask for an approval in Slack: the same use case, judged by the same policy, as the callers of the API."""

from collections.abc import Mapping

from bot.canonical import sha256_digest
from bot.core.errors import Refusal, Refused
from bot.core.evidence import TestEvidence
from bot.core.judging.source import SLACK, Source, may_ask
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Person, Via
from bot.core.request import Link, Subject
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.dialogs.reasons import draw_refusal_view
from bot.slack.dialogs.requesting import (
    ACTION,
    FIELD,
    PARAMETERS,
    PLACES,
    REASON,
    REASON_LIMIT,
    TITLE,
    TITLE_LIMIT,
    Draft,
    draw_filed_view,
    draw_request_dialog,
    read_link,
)
from bot.slack.words.escape import line, lines
from bot.usecases.submit import Ask, digest_of, submit
from handlers.problems import Problem
from handlers.refusals import as_sentence
from handlers.sight import unlike_its_look
from handlers.slack.front import Front
from handlers.slack.inbound import Submitted, View
from handlers.slack.opening import open_dialog

MOST_PARAMETERS = 50

Answered = dict[str, object]


class Unfilled(Exception):
    """What is wrong with what was filled in, by field."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__()
        self.faults = dict(faults)


async def open_request(front: Front, trigger_id: str, by: Actor, draft: Draft) -> bool:
    """Tell whether Slack opened the dialog that asks. Raises Refused for whoever may not ask."""
    source = await _require_source(front, by)
    return await open_dialog(front, trigger_id, draw_request_dialog(source.actions, draft))


async def open_request_or_why(front: Front, trigger_id: str, by: Actor, draft: Draft) -> bool:
    """Do the same where there is no place to answer in: whoever may not ask reads why in the dialog itself."""
    try:
        return await open_request(front, trigger_id, by, draft)
    except Refused as refused:
        await front.turn_away(by, refused)
        return await open_dialog(front, trigger_id, draw_refusal_view("Not asked", as_sentence(refused), None))


async def submit_request(front: Front, submitted: Submitted, stamp: Stamp) -> Answered:
    """File what a dialog asks for, once, however often it is sent; return what the dialog says then."""
    place = Place(via=Via.SLACK_DIALOG, team_id=submitted.team_id, enterprise_id=submitted.enterprise_id)
    by = await front.directory.actor(submitted.user.id, place)
    try:
        source = await _require_source(front, by)
        ask = _ask(source, by, submitted, stamp)
        await _require_room(front, source)
        policy = front.policy()
        submission = await front.desk.run(lambda tx, now: submit(tx, ask, policy, now))
    except Unfilled as unfilled:
        return {"response_action": "errors", "errors": unfilled.faults}
    except Refused as refused:
        await front.turn_away(by, refused)
        if refused.code is Refusal.TOO_MANY:
            return {"response_action": "errors", "errors": {TITLE: as_sentence(refused)}}
        return {"response_action": "update", "view": draw_refusal_view("Not asked", _said(refused), None)}
    return {"response_action": "update", "view": draw_filed_view(submission.request)}


def _said(refused: Refused) -> str:
    if refused.code is Refusal.KEY_REUSED:
        return "This dialog was sent before, with other words in it, and that stands. Ask anew for something else."
    return as_sentence(refused)


async def _require_source(front: Front, by: Actor) -> Source:
    """Return as what people ask here. Raises Refused."""
    person = eligibility.require_member(by)
    source = next((one for one in front.policy().sources.values() if one.kind == SLACK), None)
    if source is None:
        raise Refused(
            Refusal.FORBIDDEN,
            "Nobody can ask in Slack here: the policy names no source of the kind slack, with what may be asked for.",
        )
    rolls = await front.memberships.rolls(source.askers.groups if source.askers else ())
    if not may_ask(source, person, rolls, front.clock()):
        raise Refused(Refusal.NOT_ELIGIBLE, "The policy says who may ask in Slack, and you are none of them.")
    return source


async def _require_room(front: Front, source: Source) -> None:
    try:
        await front.rates.require_allowed(source)
    except Problem as problem:
        raise Refused(Refusal.TOO_MANY, problem.detail) from None


def _ask(source: Source, by: Actor, submitted: Submitted, stamp: Stamp) -> Ask:
    """Return what is asked; the view is its key, so that what is sent twice stands once. Raises Unfilled."""
    subject = _subject(source, eligibility.require_member(by), submitted.view)
    state = submitted.view.state
    said = {} if state is None else state.model_dump(mode="json")
    return Ask(
        source=source.name,
        subject=subject,
        tests=TestEvidence(),
        digest=digest_of(subject, TestEvidence()),
        by=by,
        key=f"{submitted.user.id}:{submitted.view.id}",
        body_hash=sha256_digest(said),
        signed=stamp,
    )


def _subject(source: Source, requester: Person, view: View) -> Subject:
    """Return what was filled in. Raises Unfilled with all that is wrong."""
    faults: dict[str, str] = {}
    title, reason = line(view.typed(TITLE, FIELD), TITLE_LIMIT), lines(view.typed(REASON, FIELD), REASON_LIMIT)
    action = view.chosen(ACTION, FIELD)
    if not title:
        faults[TITLE] = "Say what should be approved."
    if not reason:
        faults[REASON] = "Say why: whoever answers reads this."
    if action not in source.actions:
        faults[ACTION] = "This can't be asked for in Slack any more. Choose another, or ask anew."
    places = {name: view.typed(name, FIELD).strip() or None for name in PLACES}
    faults |= {name: f"It {why}." for name, text in places.items() if text and (why := unlike_its_look(text))}
    parameters = _parameters(view.typed(PARAMETERS, FIELD), faults)
    if faults:
        raise Unfilled(faults)
    link = read_link(view.private_metadata)
    return Subject(
        title=title,
        action=action,
        service=places["service"],
        environment=places["environment"],
        repository=places["repository"],
        requester=requester,
        reason=reason,
        parameters=parameters,
        links=(Link(label="The message it is about", url=link),) if link else (),
    )


def _parameters(text: str, faults: dict[str, str]) -> dict[str, object]:
    """Return what stands in the lines; one that is no name and value, or not what it looks like, is a fault."""
    found: dict[str, object] = {}
    for row in filter(None, (row.strip() for row in text.splitlines())):
        name, equals, value = (part.strip() for part in row.partition("="))
        why = unlike_its_look(name) or (unlike_its_look(value) if value else None)
        if not (name and equals):
            faults[PARAMETERS] = f"“{line(row, 60)}” is no parameter. Write one a line, like this: version = 1.42.0"
        elif why:
            faults[PARAMETERS] = f"“{line(row, 60)}” {why}."
        elif name in found:
            faults[PARAMETERS] = f"“{line(name, 60)}” stands there twice."
        found[name] = value
    if len(found) > MOST_PARAMETERS:
        faults[PARAMETERS] = f"Those are too many; {MOST_PARAMETERS} are the most."
    return found
