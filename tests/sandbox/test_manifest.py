"""What a manifest registers is what the workspace offers."""

from dataclasses import replace

import pytest
from pydantic import ValidationError

from bot.sandbox import Shortcut, SlashCommand, Word, with_addresses, with_manifest
from bot.sandbox.outbound import Delivery, Kind, address
from bot.slack.manifest import Mode, draw_manifest
from handlers.slack import EVENTS
from tests.fakes.slack import CONFIG

MANIFEST = {
    "display_information": {"name": "Echo"},
    "features": {
        "app_home": {"home_tab_enabled": False, "messages_tab_enabled": True, "messages_tab_read_only_enabled": True},
        "slash_commands": [{"command": "/echo", "description": "Says it again", "usage_hint": "words"}],
        "shortcuts": [{"name": "Ask", "type": "message", "callback_id": "ask", "description": "Asks"}],
        "unfurl_domains": ["acme.test"],
    },
    "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}, "socket_mode_enabled": True},
}


def test_everything_registered_is_there() -> None:
    config = with_manifest(CONFIG, MANIFEST)

    assert (config.app_name, config.home_tab, config.messages_tab) == ("Echo", False, False)
    assert config.commands == (SlashCommand(name="/echo", description="Says it again", usage_hint="words"),)
    assert config.shortcuts == (Shortcut(name="Ask", callback_id="ask", description="Asks", kind="message"),)
    assert (config.events, config.unfurl_domains) == ({"app_mention"}, ("acme.test",))
    assert (config.bot_token, config.request_url) == (CONFIG.bot_token, CONFIG.request_url)


def test_words_known_for_a_command_stay() -> None:
    words = (Word(text="loud", hint="In capitals"),)
    known = replace(CONFIG, commands=(SlashCommand(name="/echo", description="", words=words),))

    assert with_manifest(known, MANIFEST).commands[0].words == words


def test_our_own_manifest_registers_what_our_handlers_hear() -> None:
    config = with_manifest(CONFIG, draw_manifest("https://jit.acme.test", Mode.HTTP))

    assert config.events == EVENTS
    assert [command.name for command in config.commands] == ["/jit"]


def test_a_manifest_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError):
        with_manifest(CONFIG, {"features": {}})


def test_the_app_is_called_as_its_manifest_says() -> None:
    config = with_manifest(CONFIG, MANIFEST)

    assert [(person.name, person.real_name) for person in config.people if person.is_bot] == [("echo", "Echo")]


def test_everything_has_the_address_that_the_manifest_gives_it() -> None:
    commands = [{"command": "/echo", "description": "x", "url": "http://a/echo"}, {"command": "/b", "description": "x"}]
    settings = {
        "event_subscriptions": {"request_url": "http://a/events"},
        "interactivity": {"request_url": "http://a/i"},
    }
    manifest = MANIFEST | {"features": {"slash_commands": commands}, "settings": settings}
    config = with_addresses(with_manifest(CONFIG, manifest), manifest)

    def sent(kind: Kind, **payload: str) -> str:
        return address(config, Delivery(kind=kind, payload=payload))

    assert sent(Kind.COMMAND, command="/echo") == "http://a/echo"
    assert sent(Kind.COMMAND, command="/b") == sent(Kind.EVENT) == "http://a/events"
    assert sent(Kind.INTERACTION) == "http://a/i"


def test_a_manifest_of_socket_mode_or_without_addresses_has_none() -> None:
    somewhere = replace(CONFIG, request_url="http://127.0.0.1:1/")

    assert with_addresses(somewhere, MANIFEST).request_url is None
    assert with_addresses(somewhere, {"display_information": {"name": "Echo"}}).request_url is None
