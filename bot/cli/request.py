"""`jit request`: what is asked, and how it ended."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated, Any

import typer

from bot.cli.books import look
from bot.cli.output import AS_JSON, print_json, print_lines, print_table
from bot.core.errors import Refused
from bot.core.representation import draw_request
from bot.core.request import ApprovalRequest, State
from bot.core.view import RequestView
from bot.settings import read_settings
from bot.store import AuditRow, Page, RequestFilter, Snapshot
from bot.usecases import look_up

commands = typer.Typer(help="Look at requests.", no_args_is_help=True)

_MOST = 1000


@commands.command(name="list")
def list_requests(
    state: Annotated[State | None, typer.Option(help="Only those in this state.")] = None,
    source: Annotated[str | None, typer.Option(help="Only those of this source.")] = None,
    environment: Annotated[str | None, typer.Option(help="Only those for this environment.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="How many at most.")] = 50,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List requests, newest first."""
    settings = read_settings()
    wanted = RequestFilter(state=state, source=source, environment=environment)

    def query(snapshot: Snapshot) -> list[RequestView]:
        page: Page = look_up.page(snapshot, wanted, None, limit)
        return [look_up.view(snapshot, request.id) for request in page.items]

    drawn = [draw_request(view, settings.public_url.rstrip("/")) for view in look(settings, query)]
    if as_json:
        print_json(drawn)
    else:
        print_table(
            ("#", "state", "title", "service", "environment", "source", "created", "id"),
            ([one[key] for key in _COLUMNS] for one in drawn),
        )


_COLUMNS = ("number", "state", "title", "service", "environment", "source", "created_at", "id")


@commands.command()
def show(
    request: Annotated[str, typer.Argument(help="A number, as 12 or #12, or an id.")],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Show one request: what was asked, what was said, how it ended, and its history."""
    settings = read_settings()

    def query(snapshot: Snapshot) -> tuple[RequestView, tuple[AuditRow, ...]]:
        found = _found(snapshot, request)
        return look_up.view(snapshot, found.id), look_up.history(snapshot, found.id)

    view, history = look(settings, query)
    drawn = draw_request(view, settings.public_url.rstrip("/"))
    entries = [row.entry for row in history]
    if as_json:
        print_json({**drawn, "events": entries})
    else:
        print_lines(_draw(drawn, entries))


def _found(snapshot: Snapshot, word: str) -> ApprovalRequest:
    try:
        return look_up.find(snapshot, word)
    except Refused as refused:
        raise Refused(refused.code, f"{refused.sentence} `jit request list` shows what there is.") from None


def _draw(request: Mapping[str, Any], entries: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    yield f"#{request['number']} {request['state']}: {request['title']}"
    for key in ("id", "source", "action", "service", "environment", "commit", "reason", "created_at", "expires_at"):
        if request[key]:
            yield f"  {key}: {request[key]}"
    yield f"  rule: {request['policy']['rule']}"
    yield f"  tests: {request['tests']['failed']} of {request['tests']['total']} failed"
    decision = request["decision"]
    if decision:
        said = decision["verdict"] or request["state"]
        yield f"  decided: {said} by {decision['by']['name']}: {decision['reason'] or '-'}"
    yield "history:"
    for entry in entries:
        yield f"  {entry['at']}  {entry['event']}  {entry['actor']['name']}"
