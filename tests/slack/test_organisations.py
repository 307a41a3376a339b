"""Enterprise Grid: somebody is the account of an organisation, in a workspace of it; a name alone says nothing."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.attempts import TryLater
from bot.core.people.identity import People, Person, Standing, Via, is_one_of, same_human
from bot.sandbox import Workspace
from bot.sandbox.faults import ServerError
from bot.sandbox.people import Person as Account
from bot.slack import Directory, Place, Posting
from bot.slack.faults import OrganisationToken, read_fault, remedy_of
from bot.slack.workspace.greeting import look_for_trouble
from tests.factories import NOON
from tests.fakes.slack import CONFIG, client_of, running_workspace
from tests.slack.test_delivery import courier_of, now_view, said_in

HOME, SISTER, ELSEWHERE = "T0ACME000", "T0SISTER0", "T0OTHER00"
ACME, RIVAL = "E0ACME000", "E0RIVAL00"
GRID = replace(CONFIG, enterprise=ACME)
KIM = Account(id="U0KIM0000", name="kim", real_name="Kim Kowalski", email="kim@acme.test", team=SISTER, enterprise=ACME)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with running_workspace(GRID) as running:
        yield running


def directory_of(workspace: Workspace, people: People | None = None) -> Directory:
    return Directory(client_of(workspace), lambda: people or People(), lambda: NOON)


def a_place(**fields: Any) -> Place:  # noqa: ANN401 - any field by its name
    return replace(Place(via=Via.SLACK_BUTTON, team_id=HOME, enterprise_id=ACME), **fields)


@pytest.mark.parametrize(
    ("account", "standing"),
    [
        (replace(KIM, workspaces=(SISTER, HOME)), Standing.MEMBER),
        (replace(KIM, workspaces=(SISTER, HOME), is_guest=True), Standing.GUEST),
        (replace(KIM, workspaces=(SISTER,)), Standing.EXTERNAL),
        (replace(KIM, workspaces=(SISTER, HOME), enterprise=RIVAL), Standing.EXTERNAL),
        (replace(KIM, workspaces=(), team=ELSEWHERE, enterprise=None), Standing.EXTERNAL),
    ],
)
async def test_whom_an_organisation_let_into_our_workspace_is_one_of_us_and_nobody_else_of_it(
    workspace: Workspace, account: Account, standing: Standing
) -> None:
    workspace.state.roster.put_person(account)

    assert (await directory_of(workspace).actor(KIM.id, a_place())).standing is standing


async def test_in_a_workspace_of_no_organisation_an_organisations_account_is_a_strangers() -> None:
    async with running_workspace() as workspace:
        workspace.state.roster.put_person(replace(KIM, workspaces=(SISTER, HOME)))
        known = await directory_of(workspace).actor(KIM.id, a_place(enterprise_id=None))

    assert known.standing is Standing.EXTERNAL


@pytest.mark.parametrize(
    ("place", "standing"),
    [
        (a_place(), Standing.MEMBER),
        (a_place(enterprise_id=None), Standing.MEMBER),
        (a_place(enterprise_id=RIVAL), Standing.EXTERNAL),
        (a_place(team_id=SISTER), Standing.EXTERNAL),
        (a_place(team_id=None), Standing.EXTERNAL),
    ],
)
async def test_what_is_done_in_another_workspace_or_in_none_that_is_named_counts_for_nothing(
    workspace: Workspace, place: Place, standing: Standing
) -> None:
    assert (await directory_of(workspace).actor("U0BO00000", place)).standing is standing


async def test_the_other_id_of_an_account_bans_and_entitles_to_nothing(workspace: Workspace) -> None:
    """In a workspace that was moved into an organisation, accounts have an id of old and one of the organisation's."""
    workspace.state.roster.put_person(replace(KIM, workspaces=(SISTER, HOME), email=None, global_id="W0KIM0000"))
    by_the_other = Person(key="slack:W0KIM0000", slack_id="W0KIM0000")

    person = (await directory_of(workspace).actor(KIM.id, a_place())).person

    assert person is not None
    assert same_human(person, by_the_other)
    assert not is_one_of(person, [by_the_other])


async def test_the_token_of_a_whole_organisation_is_refused_with_what_to_do() -> None:
    async with running_workspace(replace(GRID, is_org_wide=True)) as workspace:
        directory = directory_of(workspace)
        with pytest.raises(OrganisationToken) as refused:
            await directory.home()
        known = await directory.actor("U0BO00000", a_place(team_id=None))
        trouble = await look_for_trouble(directory)
        card = await courier_of(client_of(workspace)).show_card(now_view(), "#approvals", Posting(nonce="n"))
        said = said_in(workspace)

    assert "one workspace" in (remedy_of(read_fault(refused.value)) or "")
    assert known.standing is Standing.UNKNOWN
    assert "whole organisation" in (trouble or "")
    assert isinstance(card, TryLater)
    assert "one workspace" in (card.remedy or "")
    assert said == []


@dataclass
class Clock:
    """The time of the bot; a test moves it on."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


async def standing_of(directory: Directory, place: Place) -> Standing:
    return (await directory.actor("U0BO00000", place)).standing


async def test_a_workspace_that_is_moved_into_an_organisation_is_known_again_with_the_next_click_there() -> None:
    clock = Clock()
    async with running_workspace() as workspace:
        directory = Directory(client_of(workspace), People, clock)
        before = await standing_of(directory, a_place(enterprise_id=None))
        workspace.state.config = replace(workspace.config, enterprise=ACME)
        clock.now += timedelta(seconds=59)
        young = await standing_of(directory, a_place())
        clock.now += timedelta(seconds=1)

        assert [before, young, await standing_of(directory, a_place())] == [
            Standing.MEMBER,
            Standing.EXTERNAL,
            Standing.MEMBER,
        ]
        assert await standing_of(directory, a_place(enterprise_id=RIVAL)) is Standing.EXTERNAL
        assert (await directory.home()).enterprise_id == ACME


async def test_who_comes_with_the_organisation_is_one_of_us_after_ten_minutes_whoever_clicks() -> None:
    clock = Clock()
    async with running_workspace() as workspace:
        workspace.state.roster.put_person(replace(KIM, workspaces=(SISTER, HOME)))
        directory = Directory(client_of(workspace), People, clock)
        before = (await directory.account(KIM.id)).standing
        workspace.state.config = replace(workspace.config, enterprise=ACME)
        clock.now += timedelta(minutes=10)

        assert [before, (await directory.account(KIM.id)).standing] == [Standing.EXTERNAL, Standing.MEMBER]


async def test_while_slack_does_not_answer_our_workspace_is_the_one_we_know(workspace: Workspace) -> None:
    clock = Clock()
    directory = Directory(client_of(workspace), People, clock)
    known = await directory.home()
    clock.now += timedelta(minutes=10)
    workspace.faults.add("auth.test", ServerError())

    assert await directory.home() is known
    assert workspace.faults.left("auth.test") == 0
    clock.now += timedelta(seconds=59)
    assert await directory.home() is known
    clock.now += timedelta(seconds=1)
    again = await directory.home()
    assert again == known
    assert again is not known


async def test_a_token_that_became_one_of_a_whole_organisation_serves_nobody_any_more(workspace: Workspace) -> None:
    clock = Clock()
    directory = Directory(client_of(workspace), People, clock)
    before = await standing_of(directory, a_place())
    workspace.state.config = replace(workspace.config, is_org_wide=True)
    clock.now += timedelta(minutes=10)

    assert [before, await standing_of(directory, a_place())] == [Standing.MEMBER, Standing.UNKNOWN]
