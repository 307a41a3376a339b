"""Draws the Home tab: pure, and within Slack's limits for any request. https://docs.slack.dev/surfaces/app-home ."""

from dataclasses import replace

from bot.core.home import Look, Show
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Standing
from bot.core.request import ApprovalRequest
from bot.slack.cards.button_value import Press, Seal
from bot.slack.cards.buttons import draw_button, pressed_now
from bot.slack.home.contents import OPEN_LOOKED_AT, PAGE, Contents, Part, part_of
from bot.slack.home.look import EVERY, draw_look
from bot.slack.words import endings, moments, rich
from bot.slack.words.escape import lines
from bot.slack.words.replies import draw_item

HOME_CALLBACK = "jit_home"
SHOW, ENVIRONMENT = "jit_home_show", "jit_home_environment"
BACK, NEXT, MORE = "jit_home_back", "jit_home_next", "jit_home_more"
PICK, DECIDE = "jit_home_pick", "jit_home_decide"
DELEGATE, REVOKE = "jit_home_delegate", "jit_home_revoke"

_DIVIDER: rich.Json = {"type": "divider"}
_NOTICE = 2500
_RECEIVED = 10

_TITLES = {
    Show.ALL: "Everything",
    Show.WAITING: "Waiting for me",
    Show.ASKED: "Asked by me",
    Show.DECIDED: "Recently decided",
    Show.LENT: "Delegation",
}
_EMPTY = {
    Show.WAITING: "Nothing waits for you",
    Show.ASKED: "You have asked for nothing yet",
    Show.DECIDED: "Nobody has decided anything yet",
}
_CLOSED = {
    Standing.GUEST: "Requests are shown to full members of this workspace. Guests see the cards of their channels.",
    Standing.EXTERNAL: "Requests are shown to members of this workspace, and you come from another one.",
}


def draw_closed_tab(standing: Standing) -> rich.Json:
    """Return the Home tab of somebody who may see no list of requests: why, and nothing else."""
    sentence = _CLOSED.get(standing, "Slack couldn't tell who you are. Open this tab again in a minute.")
    return _view([_sentence(sentence)], "")


def draw_tab(contents: Contents, seal: Seal) -> rich.Json:
    """Return the Home tab, as its owner looks at it."""
    look, home = contents.home.look, contents.home
    notice = lines(home.notice or "", _NOTICE)
    blocks = [rich.block(rich.section(*moments.runs(notice, rich.bold)))] if notice else []
    blocks.append(_bar(contents, look))
    for show in (Show.WAITING, Show.ASKED, Show.DECIDED):
        if look.show in {Show.ALL, show}:
            blocks += _part(contents, show, seal)
    if look.show in {Show.ALL, Show.LENT}:
        blocks += _lent(contents)
    return _view(blocks, draw_look(look, home.slack_id, seal))


def _view(blocks: list[rich.Json], metadata: str) -> rich.Json:
    return {"type": "home", "callback_id": HOME_CALLBACK, "private_metadata": metadata, "blocks": blocks}


def _sentence(text: str) -> rich.Json:
    return rich.block(rich.section(rich.words(text)))


def _bar(contents: Contents, look: Look) -> rich.Json:
    """Return what chooses the part and the environment."""
    elements = [_select(SHOW, "Show", [(title, show.value) for show, title in _TITLES.items()], look.show.value)]
    if names := contents.environments():
        choices = [("Every environment", EVERY), *((name, name) for name in names)]
        elements.append(_select(ENVIRONMENT, "Environment", choices, look.environment or EVERY))
    return {"type": "actions", "block_id": "home_bar", "elements": elements}


def _select(action_id: str, placeholder: str, choices: list[tuple[str, str]], chosen: str) -> rich.Json:
    options = [{"text": rich.plain(label), "value": value} for label, value in choices]
    initial = next((option for option in options if option["value"] == chosen), options[0])
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": rich.plain(placeholder),
        "options": options,
        "initial_option": initial,
    }


def _part(contents: Contents, show: Show, seal: Seal) -> list[rich.Json]:
    look, found = contents.home.look, contents.of(show)
    part = part_of(found, show, look)
    count = f" ({part.whole})" if part.whole else ""
    blocks = [_DIVIDER, rich.header(f"{_TITLES[show]}{count}")]
    if not found:
        where = f" in {look.environment}" if look.environment else ""
        blocks.append(_sentence(f"{_EMPTY[show]}{where}."))
    for request in part.requests:
        blocks += _row(request, show, seal)
    if show is Show.WAITING and part.requests:
        blocks.append(_deciding())
    if show is Show.WAITING and contents.has_more_open:
        looked = f"More than {OPEN_LOOKED_AT} requests are open; here are those that wait for you of the oldest."
        blocks.append(_sentence(f"{looked} /jit list shows the newest."))
    return [*blocks, *_turning(part, show, look)]


def _row(request: ApprovalRequest, show: Show, seal: Seal) -> list[rich.Json]:
    remark = "" if show is Show.WAITING else f" · {endings.headline(request)}"
    boxes = [_box(request, seal)] if show is Show.WAITING else []
    # Slack keeps what is ticked by these ids: a box of another revision or stage is another box, and not ticked.
    place = f"{show.value}_{request.number}_{request.revision}_{request.stage}"
    elements = [*boxes, draw_button(pressed_now(request, Press.DETAILS), request.number, seal)]
    return [rich.block(draw_item(request, remark)), {"type": "actions", "block_id": place, "elements": elements}]


def _box(request: ApprovalRequest, seal: Seal) -> rich.Json:
    """Return the box that picks the request as it stands here: its revision and stage are bound into it."""
    value = seal.draw_value(pressed_now(request, Press.SELECT))
    return {
        "type": "checkboxes",
        "action_id": PICK,
        "options": [{"text": rich.plain(f"Select #{request.number}"), "value": value}],
    }


def _deciding() -> rich.Json:
    button = {"type": "button", "action_id": DECIDE, "text": rich.plain("Decide selected …"), "style": "primary"}
    return {"type": "actions", "block_id": "home_decide", "elements": [button]}


def _turning(part: Part, show: Show, look: Look) -> list[rich.Json]:
    """Return what leads to the rest: to the part alone, or to its other pages."""
    elements: list[rich.Json] = []
    if look.show is not show:
        hidden = part.whole - len(part.requests)
        label = f"{hidden} more: {_TITLES[show]}"
        more = _leading(MORE, f"{hidden} more", show.value) | {"accessibility_label": label}
        elements += [more] if hidden > 0 else []
    else:
        elements += [_leading(BACK, f"Page {part.page}", str(part.page - 1))] if part.page > 0 else []
        further = f"Page {part.page + 2} of {part.last + 1}"
        elements += [_leading(NEXT, further, str(part.page + 1))] if part.page < part.last else []
    return [{"type": "actions", "block_id": f"home_turn_{show.value}", "elements": elements}] if elements else []


def _leading(action_id: str, label: str, value: str) -> rich.Json:
    return {"type": "button", "action_id": action_id, "text": rich.plain(label), "value": value}


def _lent(contents: Contents) -> list[rich.Json]:
    given = contents.given
    blocks = [_DIVIDER, rich.header(_TITLES[Show.LENT])]
    if given is not None:
        name = f"{rich.name(given.receiver.key)} may answer in your name until "
        blocks.append(rich.block(rich.section(rich.words(name), rich.moment(given.until))))
    elif not contents.received:
        blocks.append(_sentence("You have delegated to nobody, and nobody has delegated to you."))
    blocks.append(_lending(given))
    for one in contents.received[:_RECEIVED]:
        who = f"You may answer in the name of {rich.name(one.giver.key)} until "
        blocks.append(rich.block(rich.section(rich.words(who), rich.moment(one.until))))
    if len(contents.received) > _RECEIVED:
        blocks.append(_sentence(f"And in that of {len(contents.received) - _RECEIVED} more: /jit delegate list."))
    return blocks


def _lending(given: Delegation | None) -> rich.Json:
    """Return what begins and ends it; there is at most one at a time."""
    label = "Let somebody else answer …" if given else "Let somebody answer in my name …"
    button = {"type": "button", "action_id": DELEGATE, "text": rich.plain(label)}
    return {
        "type": "actions",
        "block_id": "home_lending",
        "elements": [button, *([_taking_back(given)] if given else [])],
    }


def _taking_back(given: Delegation) -> rich.Json:
    confirm = {
        "title": rich.plain("Take it back?"),
        "text": rich.plain(
            f"{rich.name(given.receiver.key)} no longer answers in your name. What they answered stands."
        ),
        "confirm": rich.plain("Take it back"),
        "deny": rich.plain("Cancel"),
    }
    return _leading(REVOKE, "Take it back", given.id) | {"style": "danger", "confirm": confirm}


def turned(look: Look, show: Show, page: int = 0) -> Look:
    """Return *look* at another part or page; the environment stays."""
    return replace(look, show=show, page=page)


MOST_PICKED = PAGE
"""How many can be picked at once: those of a page."""
