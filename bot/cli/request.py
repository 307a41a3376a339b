"""`jit request`: what is asked, and how it ended."""

from typing import Annotated

import typer

from bot.cli.books import look
from bot.cli.chosen import chosen_settings
from bot.cli.output import AS_JSON, print_json, print_lines, print_table
from bot.cli.request_words import ELASTIC, HEADINGS, draw_row, draw_whole
from bot.core.errors import Refused
from bot.core.representation import draw_request
from bot.core.request import ApprovalRequest, State
from bot.core.view import RequestView
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
    settings = chosen_settings()
    wanted = RequestFilter(state=state, source=source, environment=environment)

    def query(snapshot: Snapshot) -> list[RequestView]:
        page: Page = look_up.page(snapshot, wanted, None, limit)
        return [look_up.view(snapshot, request.id) for request in page.items]

    views = look(settings, query)
    if as_json:
        print_json([draw_request(view, settings.public_url.rstrip("/")) for view in views])
    else:
        print_table(HEADINGS, (draw_row(view.request) for view in views), ELASTIC)


@commands.command()
def show(
    request: Annotated[str, typer.Argument(help="A number, as 12 or #12, or an id.")],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Show one request: what was asked, what was said, how it ended, and its history."""
    settings = chosen_settings()

    def query(snapshot: Snapshot) -> tuple[RequestView, tuple[AuditRow, ...]]:
        found = _found(snapshot, request)
        return look_up.view(snapshot, found.id), look_up.history(snapshot, found.id)

    view, history = look(settings, query)
    if as_json:
        drawn = draw_request(view, settings.public_url.rstrip("/"))
        print_json({**drawn, "events": [row.entry for row in history]})
    else:
        print_lines(draw_whole(view, history))


def _found(snapshot: Snapshot, word: str) -> ApprovalRequest:
    try:
        return look_up.find(snapshot, word)
    except Refused as refused:
        raise Refused(refused.code, f"{refused.sentence} `jit request list` shows what there is.") from None
