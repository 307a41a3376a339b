"""What the page draws and refuses, without a browser."""

from collections.abc import AsyncGenerator

import aiohttp
import pytest

from bot.sandbox import Workspace
from bot.sandbox.page.mrkdwn import read_mrkdwn
from bot.sandbox.page.nodes import Node
from bot.sandbox.page.rich import read_rich_text
from tests.fakes.slack import Api
from tests.sandbox.cards import actions, button, card, modal, question, section

APPROVALS, PAYMENTS = "C0APPROVE", "C0PAYMENT"


@pytest.fixture
async def session(workspace: Workspace) -> AsyncGenerator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(workspace.config.base_url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as running:
        yield running


async def page_of(session: aiohttp.ClientSession, path: str = f"/?channel={APPROVALS}") -> str:
    async with session.get(path) as answer:
        assert answer.status == 200
        return await answer.text()


def flat(nodes: tuple[Node, ...]) -> list[tuple[str, str]]:
    return [(node.kind, node.text or "".join(text for _, text in flat(node.children))) for node in nodes]


@pytest.mark.parametrize(
    ("source", "nodes"),
    [
        ("*b* _c_", [("bold", "b"), ("text", " "), ("italic", "c")]),
        ("~d~ `e`", [("strike", "d"), ("text", " "), ("code", "e")]),
        ("2 * 3 * 4 and snake_case_name", [("text", "2 * 3 * 4 and snake_case_name")]),
        ("&lt;b&gt; &amp;amp;", [("text", "<b> &amp;")]),
        ("<@U0ANA0000> <#C1>", [("mention", "@ana"), ("text", " "), ("mention", "#C1")]),
        ("<!here>", [("mention", "@here")]),
        ("<https://acme.test/?a=1&amp;b=2|the run>", [("link", "the run")]),
        ("<javascript:alert(1)|click>", [("text", "click")]),
        ("`*not bold*`", [("code", "*not bold*")]),
        ("one\ntwo", [("text", "one"), ("break", ""), ("text", "two")]),
        ("&gt; said\nnot", [("quote", "said"), ("text", "not")]),
        ("```\nx *y*\n```", [("pre", "x *y*")]),
        (":rocket: :nobody:", [("emoji", "🚀"), ("text", " "), ("emoji", ":nobody:")]),
        ("<!date^1700000000^{time}|12:00>", [("date", "12:00")]),
    ],
)
def test_markup_becomes_nodes(source: str, nodes: list[tuple[str, str]]) -> None:
    read = read_mrkdwn(source, lambda entity: "ana" if entity == "U0ANA0000" else entity)

    assert flat(read) == nodes


def test_rich_text_becomes_nodes_and_its_links_are_checked() -> None:
    link = {"type": "link", "url": "javascript:alert(1)", "text": "click"}
    bold = {"type": "text", "text": "*x*", "style": {"bold": True}}
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": [bold, link]}]}

    (paragraph,) = read_rich_text(block, str)

    assert flat(paragraph.children) == [("bold", "*x*"), ("text", "click")]


async def test_untrusted_text_never_becomes_html(
    api: Api, workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    bad = "<script>alert(1)</script>\"'"
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": bad}},
        section(bad),
        actions(button("approve", text={"type": "plain_text", "text": bad})),
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": bad}]}],
        },
        question(label={"type": "plain_text", "text": bad}),
    ]
    await api("chat_postMessage", channel=APPROVALS, text=bad, blocks=blocks)
    await api("chat_postMessage", channel=APPROVALS, text=bad)
    trigger = workspace.counter.handle("U0BO00000", workspace.state.roster.channel(APPROVALS), None).trigger_id
    await api("views_open", trigger_id=trigger, view=modal(*blocks[:-1], question(block_id=bad)))

    text = await page_of(session)

    assert "<script>alert" not in text
    assert text.count("&lt;script&gt;alert(1)") >= 8


async def test_nothing_foreign_runs_on_the_page(session: aiohttp.ClientSession) -> None:
    async with session.get("/") as answer:
        policy = answer.headers["Content-Security-Policy"]

    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


async def test_somebody_else_is_chosen_with_a_link_but_not_by_another_site(session: aiohttp.ClientSession) -> None:
    async with session.get("/?as=U0CHEN000", headers={"Sec-Fetch-Site": "cross-site"}) as answer:
        assert 'data-me="U0BO00000"' in await answer.text()
    async with session.get("/?as=U0CHEN000") as answer:
        assert 'data-me="U0CHEN000"' in await answer.text()
    assert 'data-me="U0CHEN000"' in await page_of(session)
    async with session.get("/?as=U0OLD0000") as answer:
        assert 'data-me="U0BO00000"' in await answer.text()


async def test_a_guest_sees_only_the_channels_they_are_in(api: Api, session: aiohttp.ClientSession) -> None:
    await api("chat_postMessage", channel="C0INCIDEN", text="it burns")
    await page_of(session, "/?as=U0GUS0000")

    text = await page_of(session, "/?channel=C0INCIDEN")

    assert "it burns" not in text
    assert ">incidents<" not in text


async def test_an_ephemeral_message_is_drawn_for_one_person(api: Api, session: aiohttp.ClientSession) -> None:
    await api("chat_postEphemeral", channel=APPROVALS, user="U0BO00000", text="psst")

    as_bo = await page_of(session)
    as_ana = await page_of(session, f"/?as=U0ANA0000&channel={APPROVALS}")

    assert ("psst" in as_bo, "psst" in as_ana) == (True, False)


@pytest.mark.parametrize(
    ("act", "document", "status"),
    [
        ("press", {"channel": "C0APPROVE", "ts": "1.000001", "action_id": "a", "block_id": "b"}, 409),
        ("press", {"channel": "C0NOWHERE", "ts": "1.000001", "action_id": "a", "block_id": "b"}, 409),
        ("press", {"channel": "C0APPROVE"}, 422),
        ("submit", {"view": "V0NOTHERE0", "typed": {}}, 409),
        ("close", {"view": "V0NOTHERE0"}, 409),
        ("say", {"channel": "C0APPROVE", "text": "x", "colour": "red"}, 422),
        ("dismiss", {"channel": "C0APPROVE", "ts": "1.000001"}, 200),
    ],
)
async def test_what_is_not_there_any_more_is_said_so(
    session: aiohttp.ClientSession, act: str, document: dict[str, object], status: int
) -> None:
    async with session.post(f"/page/{act}", json=document, headers={"X-Sandbox-User": "U0BO00000"}) as answer:
        assert answer.status == status


async def test_a_page_that_shows_somebody_else_cannot_act(session: aiohttp.ClientSession, workspace: Workspace) -> None:
    await page_of(session, "/?as=U0CHEN000")
    said = {"channel": APPROVALS, "text": "in whose name?"}

    async with session.post("/page/say", json=said, headers={"X-Sandbox-User": "U0BO00000"}) as answer:
        assert answer.status == 409

    assert workspace.messages(APPROVALS) == ()


async def test_nobody_touches_the_dialog_of_another(
    api: Api, workspace: Workspace, session: aiohttp.ClientSession
) -> None:
    trigger = workspace.counter.handle("U0ANA0000", workspace.state.roster.channel(APPROVALS), None).trigger_id
    view = (await api("views_open", trigger_id=trigger, view=modal()))["view"]

    async with session.post(
        "/page/close", json={"view": view["id"]}, headers={"X-Sandbox-User": "U0BO00000"}
    ) as answer:
        assert answer.status == 409

    assert workspace.view("U0ANA0000") is not None


async def test_a_permalink_leads_to_the_channel_and_message(api: Api, session: aiohttp.ClientSession) -> None:
    ts = (await api("chat_postMessage", channel=APPROVALS, text="x", blocks=card()))["ts"]
    link = (await api("chat_getPermalink", channel=APPROVALS, message_ts=ts))["permalink"]

    async with session.get(link, allow_redirects=False) as answer:
        assert answer.headers["Location"] == f"/?channel={APPROVALS}#m-{ts}"


async def test_parts_and_static_files_are_served_and_nothing_else(session: aiohttp.ClientSession) -> None:
    for path, status in [
        ("/page/part/timeline", 200),
        ("/page/part/passwords", 404),
        ("/static/page.css", 200),
        ("/static/../config.py", 404),
        ("/archives/C0APPROVE/nonsense", 404),
    ]:
        async with session.get(path) as answer:
            assert (path, answer.status) == (path, status)


async def test_the_stream_tells_what_concerns_its_reader(api: Api, session: aiohttp.ClientSession) -> None:
    async with session.get("/page/live") as stream:
        assert await stream.content.readline() == b"retry: 500\n"
        await api("chat_postEphemeral", channel=APPROVALS, user="U0ANA0000", text="not for bo")
        await api("chat_postMessage", channel=APPROVALS, text="x")
        lines = [await stream.content.readline() for _ in range(2)]

    assert lines[1] == b'data: {"kind": "message", "channel": "C0APPROVE"}\n'


async def test_whoever_becomes_somebody_else_stays_in_the_channel(session: aiohttp.ClientSession) -> None:
    inside = f'name="channel" value="{PAYMENTS}"'
    assert inside in await page_of(session, f"/?channel={PAYMENTS}")

    form = {"user": "U0CHEN000", "channel": PAYMENTS}
    async with session.post("/page/me", data=form) as answer:
        page = await answer.text()

    assert answer.status == 200
    assert '<option value="U0CHEN000" selected>' in page
    assert inside in page
