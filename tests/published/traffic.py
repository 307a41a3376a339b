"""Holds what a local workspace says against what Slack publishes: every answer, and everything sent to the app."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from bot.sandbox.outbound import Delivery, Kind
from bot.sandbox.traffic import Answered, Sent
from tests.published import schemas

Json = dict[str, Any]

EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("ViewSubmissionPayload", "user/username"): "captured submissions carry it beside name",
    ("ViewClosedPayload", "user/username"): "the same user as in a submission",
    ("BlockActionsPayload", "view/submit_disabled"): "the Web API's own type of a view has it",
    ("ViewSubmissionPayload", "view/submit_disabled"): "the Web API's own type of a view has it",
    ("ViewClosedPayload", "view/submit_disabled"): "the Web API's own type of a view has it",
    ("AppHomeOpenedHeard", "view/submit_disabled"): "the Web API's own type of a view has it",
    ("BlockActionsPayload", "actions/*/style"): "captured clicks on coloured buttons carry it",
    (
        "BlockActionsPayload",
        "actions/*/confirm",
    ): "Bolt's is that of old attachments; clicks carry the button's",
    ("BlockActionsPayload", "actions/*/selected_option/description"): "captured choices are whole options",
    ("BlockActionsPayload", "actions/*/selected_option/url"): "an option of a menu that has one is sent with it",
    ("UsersLookupByEmailAnswer", "user/is_stranger"): "users.info draws the same account with it",
    ("Refusal", "req_method"): "the answer to a method that is none; it has no type of its own",
}
"""Members that Slack sends and its types do not know, by type and place, with how we know."""

ABSENT: Mapping[tuple[str, str], str] = {
    ("BlockActionsPayload", "response_url"): "a click in a dialog or on a Home tab has no message to answer at",
}
"""Members that the types ask for, and that are not sent about a view."""

HELD_BY_HAND = frozenset({"app_uninstalled", "tokens_revoked"})
"""Events of two members at most: a test of the local workspace compares all of them with what Slack publishes."""

_SPECIAL = {"openid.connect.token": "OpenIDConnectToken", "openid.connect.userInfo": "OpenIDConnectUserInfo"}


class Inspector:
    """Watches a workspace, and remembers what it validated and what it has against it."""

    def __init__(self) -> None:
        self.complaints: list[str] = []
        self.validated: set[str] = set()
        self.excused: set[tuple[str, str]] = set()

    def __call__(self, seen: Answered | Sent) -> None:
        """Look at one thing that went over the wire."""
        if not schemas.are_there():
            return
        parts = _read_answer(seen) if isinstance(seen, Answered) else _read_delivery(seen.delivery)
        for name, document in parts:
            self._hold(name, document)

    def answers(self) -> set[str]:
        """Return the types of the answers that were looked at, refusals aside."""
        return {name for name in self.validated if name.endswith("Answer")}

    def require_no_complaints(self) -> None:
        """Fail the test when the workspace said what Slack's published types do not know."""
        if self.complaints:
            raise AssertionError("\n".join(self.complaints))

    def _hold(self, name: str, document: Json) -> None:
        self.validated.add(name)
        document, blocks = _take_blocks(document)
        for place in [place for kind, place in EXCEPTIONS if kind == name]:
            if _drop(document, place.split("/")):
                self.excused.add((name, place))
        if "view" in document:
            document |= {member: "" for kind, member in ABSENT if kind == name}
        kind = "ChatPostMessageAnswer" if name == "Refusal" else name
        found = schemas.complaints(kind, document)
        for some in blocks:
            found += schemas.complaints("MessageBlocks", some)
        self.complaints += [f"{name}: {complaint}: {document}" for complaint in found]


def name_of(method: str) -> str:
    """Return the published type of a method's answer."""
    words = _SPECIAL.get(method) or "".join(part[0].upper() + part[1:] for part in method.split("."))
    return f"{words}Answer"


def _read_answer(answered: Answered) -> Iterator[tuple[str, Json]]:
    """Yield an answer with its type; a refusal is held against the widest of them, where its method has no details."""
    if answered.document["ok"] or answered.method == "blocks.validate":
        yield name_of(answered.method), answered.document
    else:
        assert answered.document["error"]
        yield "Refusal", answered.document


def _read_delivery(delivery: Delivery) -> Iterator[tuple[str, Json]]:
    """Yield a payload with its type; an event is held against two, its envelope's and its own."""
    payload = delivery.payload
    match delivery.kind, payload.get("type"):
        case Kind.COMMAND, _:
            yield "CommandPayload", payload
        case Kind.EVENT, "event_callback":
            event = payload["event"]
            yield "EnvelopePayload", payload | {"event": {"type": event["type"]}}
            if event["type"] not in HELD_BY_HAND:
                yield f"{_camel(event['type'])}Heard", event
        case Kind.EVENT, _:
            return  # the challenge of a request URL, which has no type
        case _:
            yield f"{_camel(payload['type'])}Payload", payload


def _camel(words: str) -> str:
    return "".join(word.title() for word in words.split("_"))


def _take_blocks(document: Json) -> tuple[Json, list[list[Json]]]:
    """Return a copy without blocks, and the blocks: what answers say of blocks knows fewer of them than Slack does."""
    taken: list[list[Json]] = []

    def copy(value: object) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [copy(inner) for inner in cast("list[object]", value)]
        if not isinstance(value, dict):
            return value
        drawn: Json = {}
        for key, inner in cast("Json", value).items():
            if key == "blocks" and isinstance(inner, list):
                taken.append(cast("list[Json]", inner))
                drawn[key] = []
            else:
                drawn[key] = copy(inner)
        return drawn

    return copy(document), taken


def _drop(value: Any, path: list[str]) -> bool:  # noqa: ANN401 - any JSON
    """Take one member away, and say whether it was there; ``*`` stands for every item of a list."""
    step, *rest = path
    if step == "*":
        return sum(_drop(item, rest) for item in value) > 0
    if not isinstance(value, dict) or step not in value:
        return False
    inner = cast("Json", value)
    if rest:
        return _drop(inner[step], rest)
    del inner[step]
    return True
