"""`jit history`: what earlier runs say of a test, as it is compared with failures."""

from collections.abc import Mapping
from typing import Annotated

import typer

from bot.cli.books import look
from bot.cli.chosen import chosen_settings
from bot.cli.output import AS_JSON, print_json, print_table
from bot.core.errors import Refusal, Refused
from bot.core.evidence.past import Past, Sighting
from bot.core.evidence.runs import Realm
from bot.core.evidence.track import Track, runs_of
from bot.core.moments import draw_moment
from bot.store import Snapshot

commands = typer.Typer(help="Look at what earlier runs say of tests.", no_args_is_help=True)

_HEADINGS = ("source", "environment", "runs", "base ref", "bad since", "failed last", "flaky")


@commands.command()
def show(
    test_id: Annotated[str, typer.Argument(help="The test's id, as cards and the API show it.")],
    repository: Annotated[str, typer.Option(help="The repository, as the pipeline names it.")],
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Show what is known of one test, for each source and environment it ran in."""

    def query(snapshot: Snapshot) -> list[tuple[Realm, Past, Track]]:
        return [
            (realm, past, snapshot.pasts.tracks(realm, [test_id])[test_id])
            for realm in snapshot.pasts.realms_of(repository)
            for past in snapshot.pasts.of(realm, [test_id]).values()
        ]

    found = look(chosen_settings(), query)
    if not found:
        why = f"Nothing is known of this test in {repository}. Ids and repositories are compared to the letter."
        raise Refused(Refusal.NOT_FOUND, why)
    if as_json:
        print_json([_drawn(realm, past, track) for realm, past, track in found])
    else:
        print_table(_HEADINGS, (_row(realm, past, track) for realm, past, track in found))


@commands.command()
def size(*, as_json: Annotated[bool, AS_JSON] = False) -> None:
    """Show how much is known, and how much waits to be counted."""
    known = look(chosen_settings(), lambda snapshot: snapshot.pasts.size())
    oldest = None if known.oldest is None else draw_moment(known.oldest)
    drawn = {"realms": known.realms, "tests": known.tests, "waiting": known.waiting, "oldest_waiting": oldest}
    if as_json:
        print_json(drawn)
    else:
        print_table(("what", "how much"), drawn.items())


def _row(realm: Realm, past: Past, track: Track) -> tuple[object, ...]:
    runs = ", ".join(f"{count} {kind}, {failed} failed" for kind, (count, failed) in runs_of(track).items())
    base, bad, last = (_said(one) for one in (past.base, past.first_bad, past.last_failed))
    return realm.source, realm.environment or "-", runs, base, bad, last, "mixed" if past.mixed else "-"


def _said(sighting: Sighting | None) -> str:
    if sighting is None:
        return "-"
    return f"{'red' if sighting.failed else 'green'} {sighting.commit or '?'} {draw_moment(sighting.at)}"


def _drawn(realm: Realm, past: Past, track: Track) -> Mapping[str, object]:
    return {
        "source": realm.source,
        "environment": realm.environment or None,
        "runs": {str(kind): {"runs": count, "failed": failed} for kind, (count, failed) in runs_of(track).items()},
        "mixed": past.mixed,
        "turns": past.turns,
        "base": _sighted(past.base),
        "base_signature": past.base_signature,
        "first_bad": _sighted(past.first_bad),
        "last_failed": _sighted(past.last_failed),
        "signatures": sorted(past.signatures),
    }


def _sighted(sighting: Sighting | None) -> Mapping[str, object] | None:
    if sighting is None:
        return None
    return {"failed": sighting.failed, "commit": sighting.commit, "at": draw_moment(sighting.at)}
