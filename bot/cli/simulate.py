"""`jit policy simulate`: what a changed policy would have made of what was really asked."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.books import look
from bot.cli.chosen import chosen_settings
from bot.cli.output import AS_JSON, print_json, print_lines
from bot.core.judging.counting import LOOK_BACK
from bot.core.representation import draw_time
from bot.core.view import RequestView
from bot.machine import utc_now
from bot.policy import Difference, load_policy, read_duration
from bot.policy import simulate as judged_anew
from bot.store import RequestFilter, Snapshot
from bot.usecases import look_up

_PAGE = 200


def simulate(
    file: Annotated[Path, typer.Argument(help="The policy to try; nothing that is open or stored changes.")],
    last: Annotated[str, typer.Option(help="How far to look back, such as 90d.")] = "90d",
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Replay what was asked under another policy, and list every decision that would differ."""
    policy = load_policy(file)
    since = utc_now() - _span(last)
    # What was asked before is not judged again, but counts.
    views = look(chosen_settings(), lambda snapshot: list(_asked_since(snapshot, since - LOOK_BACK)))
    asked = sum(1 for view in views if view.request.created_at >= since)
    differences = list(judged_anew(policy, views, since))[::-1]
    if as_json:
        print_json([_drawn(difference) for difference in differences])
    else:
        print_lines(line for difference in differences for line in _lines(difference))
        print_lines([_summary(asked, last, differences)])


def _span(text: str) -> timedelta:
    try:
        return read_duration(text)
    except ValueError as error:
        raise typer.BadParameter(f"--last {error}") from None


def _asked_since(snapshot: Snapshot, since: datetime) -> Iterator[RequestView]:
    cursor: str | None = None
    while True:
        page = look_up.page(snapshot, RequestFilter(), cursor, _PAGE)
        for request in page.items:
            if request.created_at < since:
                return
            yield look_up.view(snapshot, request.id)
        cursor = page.next_cursor
        if cursor is None:
            return


def _lines(difference: Difference) -> Iterator[str]:
    request = difference.request
    ended = "" if request.state.is_open else f", {request.state.value}"
    yield f"#{request.number} {draw_time(request.created_at)} {request.subject.title}{ended}"
    yield from (f"    {change}" for change in difference.changes)


def _summary(count: int, last: str, differences: list[Difference]) -> str:
    decisive = Counter(difference.ruling.handling.value for difference in differences if difference.is_decisive)
    others = len(differences) - decisive.total()
    said = [f"{number} would be {handling}" for handling, number in sorted(decisive.items())]
    said += [f"{others} would be asked otherwise"] if others else []
    return f"{count} requests in the last {last}: {'; '.join(said) or 'none would differ'}"


def _drawn(difference: Difference) -> dict[str, object]:
    request = difference.request
    return {
        "id": request.id,
        "number": request.number,
        "title": request.subject.title,
        "state": request.state,
        "was": {"outcome": request.ruling.handling, "rule": request.ruling.rule},
        "would": {"outcome": difference.ruling.handling, "rule": difference.ruling.rule},
        "changes": difference.changes,
        "explanation": difference.ruling.lines,
    }
