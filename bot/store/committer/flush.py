"""Turns what a group wants written into rows: one statement a table, however many use cases there were."""

from bot.core.home import HomeTab, asker
from bot.core.judging.counting import answered_at, ruled_at, undertaking
from bot.core.judging.precedent import change_of
from bot.core.life.grouping import key_of
from bot.core.life.waiting import next_due
from bot.core.request import ApprovalRequest, RequestId
from bot.core.waivers.waiver import Waiver
from bot.store.codec import draw_json
from bot.store.committer.sealing import Drawn
from bot.store.committer.sequence import sequence
from bot.store.database import Values
from bot.store.statements import FORGOTTEN_UP_TO
from bot.store.testimony import ASKING, ENDINGS
from bot.store.transaction import Ground, Put, Tools
from bot.store.transaction.cards import draw_card
from bot.store.transaction.looks import FIRST_LOOK
from bot.store.transaction.replays import WINDOW
from bot.store.values import Commit, Head

_MOVES = ("claim", "merge", "intend", "freeze", "done", "dead", "later", "divert", "revive")
"""Claims first: what is settled in the same group was claimed in an earlier one."""


FORGOTTEN = 200
"""How many signed messages a group forgets at most, and two for each that it remembers."""


def flush(ground: Ground, head: Head) -> Commit:
    """Write everything that is pending; the head of the log is locked. Return what the commit will have touched."""
    drawn = Drawn(ground.pending)
    _flush_moves(ground)
    _flush_requests(ground, drawn)
    _flush_replays(ground)
    pending, many = ground.pending, _Many(ground.tools)
    first_look = ground.tools.database.moment(ground.now + FIRST_LOOK)
    cards = [
        # Whose card is another's is looked at with that one.
        (request, *draw_card(card), first_look if card.host is None else None)
        for (request, _), card in pending.cards.items()
    ]
    many.run("put_card", cards)
    _flush_receivers(ground)
    _flush_delegations(ground)
    _flush_presence(ground)
    many.run("put_home", [_home_row(ground, home) for home in pending.homes.values()])
    many.run("put_installation", [(team, draw_json(one)) for team, one in pending.installations.items()])
    many.run("put_waiver", [_waiver_row(ground, one) for one in pending.waivers.values()])
    for about, alarm in pending.alarms.items():
        if alarm is None:
            many.run("drop_alarm", [(about,)])
        else:
            many.run("put_alarm", [(about, alarm.what, ground.tools.database.moment(alarm.since), alarm.told_in)])
    many.run("post", [post.values for post in pending.posts])
    _flush_history(ground)
    many.run("insert_audit_entries", sequence(ground, head, drawn))
    told = [(line.happened.event, line.request.id) for line in pending.lines if line.request is not None]
    touched = {request for _, request in told}
    return Commit(
        requests=frozenset(touched | pending.requests.keys()),
        outbox=bool(pending.posts) or any(move in {"revive", "divert"} for move, _ in pending.moves),
        runs=bool(pending.waiting),
        dropped_runs=pending.dropped_runs,
        asked=_those(ground, {request for event, request in told if event == ASKING}),
        ended=_those(ground, {request for event, request in told if event in ENDINGS}),
    )


def _those(ground: Ground, ids: set[RequestId]) -> tuple[ApprovalRequest, ...]:
    return tuple(put.request for put in ground.pending.requests.values() if put.request.id in ids) if ids else ()


class _Many:
    """Runs a statement for many rows, and for none not at all."""

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    def run(self, name: str, rows: list[Values]) -> None:
        if len(rows) == 1:
            self._tools.link.run(self._tools.statements[name], rows[0])
        elif rows:
            self._tools.link.run_many(self._tools.statements[name], rows)


def _flush_moves(ground: Ground) -> None:
    if not ground.pending.moves:
        return
    many = _Many(ground.tools)
    for name in _MOVES:
        many.run(name, [values for move, values in ground.pending.moves if move == name])


def _flush_requests(ground: Ground, drawn: Drawn) -> None:
    puts, many = ground.pending.requests.values(), _Many(ground.tools)
    many.run("insert_requests", [_new_row(ground, put, drawn) for put in puts if put.is_new])
    many.run("update_request", [_changed_row(ground, put, drawn) for put in puts if not put.is_new])
    many.run("insert_evidence", [(*about, text) for about, text in drawn.evidence.items()])


def _new_row(ground: Ground, put: Put, drawn: Drawn) -> Values:
    request, key = put.request, put.key
    return (
        request.number,
        request.id,
        request.source,
        key.key if key else None,
        key.body_hash if key else None,
        *_projection(ground, put, drawn),
        asker(request),
        _change(request),
    )


def _changed_row(ground: Ground, put: Put, drawn: Drawn) -> Values:
    return (*_projection(ground, put, drawn), _change(put.request), put.request.id)


def _change(request: ApprovalRequest) -> str | None:
    """Return by which change it is found, once people have answered it."""
    return change_of(request.source, request.subject) if answered_at(request) else None


def _projection(ground: Ground, put: Put, drawn: Drawn) -> Values:
    """Return the columns that follow the document, in the order of the table."""
    request = put.request
    moment, due = ground.tools.database.moment, next_due(request)
    subject = request.subject
    return (
        request.state.value,
        subject.service,
        subject.environment,
        subject.lane,
        moment(request.deadline) if request.deadline else None,
        moment(due.at) if due else None,
        drawn.document(request),
        *_counted(ground, request),
        key_of(request),
        request.leader,
    )


def _counted(ground: Ground, request: ApprovalRequest) -> Values:
    """Return the columns by which policies count what was before."""
    moment, answered = ground.tools.database.moment, answered_at(request)
    return (
        request.ruling.rule,
        request.ruling.handling.value,
        moment(ruled_at(request)),
        undertaking(request.source, request.subject) if answered else None,
        moment(answered) if answered else None,
    )


def _flush_receivers(ground: Ground) -> None:
    many, moment = _Many(ground.tools), ground.tools.database.moment
    came = ground.pending.receivers
    rows = [(r, a.source, a.matter, moment(a.since) if a.since else None, a.sealed) for r, a in came.items()]
    many.run("insert_receiver", rows)
    many.run("remember_receiver", [(memo, request) for request, memo in ground.pending.memos.items()])


def _home_row(ground: Ground, home: HomeTab) -> Values:
    return (home.slack_id, ground.tools.database.moment(home.opened_at), draw_json(home))


def _waiver_row(ground: Ground, waiver: Waiver) -> Values:
    wake_at = None if waiver.wake_at is None else ground.tools.database.moment(waiver.wake_at)
    return (waiver.number, waiver.site.key, waiver.key, wake_at, draw_json(waiver))


def _flush_delegations(ground: Ground) -> None:
    many, moment = _Many(ground.tools), ground.tools.database.moment
    said = ground.pending.delegations
    many.run("drop_delegation", [(giver,) for giver, delegation in said.items() if delegation is None])
    held = [(giver, delegation) for giver, delegation in said.items() if delegation is not None]
    many.run("put_delegation", [(g, d.receiver.slack_id, moment(d.until), draw_json(d)) for g, d in held])


def _flush_presence(ground: Ground) -> None:
    many, moment = _Many(ground.tools), ground.tools.database.moment
    said, musters = ground.pending.absences, ground.pending.musters
    many.run("drop_absence", [(account,) for account, absence in said.items() if absence is None])
    held = [(account, absence) for account, absence in said.items() if absence is not None]
    many.run("put_absence", [(account, moment(one.until), draw_json(one)) for account, one in held])
    many.run("drop_muster", [(look,) for look, muster in musters.items() if muster is None])
    going = [(look, muster) for look, muster in musters.items() if muster is not None]
    many.run("put_muster", [(look, moment(one.at), one.after) for look, one in going])
    calls = ground.pending.roll_calls
    many.run("drop_roll_call", [(request,) for request, at in calls.items() if at is None])
    many.run("put_roll_call", [(request, moment(at)) for request, at in calls.items() if at is not None])


def _flush_history(ground: Ground) -> None:
    many, pending = _Many(ground.tools), ground.pending
    for name, rows in pending.history:
        many.run(name, rows)
    now = ground.stored_now
    many.run("put_run_key", [(one.source, one.key, one.body_hash, one.run_id, now) for one in pending.run_keys])


def _flush_replays(ground: Ground) -> None:
    """Remember signed messages, and forget some that are older than the window; always more than there came.

    Older by the clock of this machine, too: where the house's time is ahead of it, they could still come in.
    """
    tools, came = ground.tools, ground.pending.replays
    if not came:
        return
    rows: list[Values] = [(key, tools.database.moment(signed_at)) for key, signed_at in came.items()]
    oldest = tools.database.moment(min(ground.now, tools.time.clock()) - WINDOW), FORGOTTEN + 2 * len(came)
    found = tools.first("forgettable", *oldest)
    if found is not None and found[0] is not None:
        tools.run("forget", *oldest)
        rows.append((FORGOTTEN_UP_TO, found[0]))
    _Many(tools).run("insert_replays", rows)
