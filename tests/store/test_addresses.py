"""Which line an effect waits in: who shares one can delay each other, so nobody shares one with a stranger."""

import pytest

from bot.core.effects import CallBack, Reply, TellAdmins, Unfurl, Whisper
from bot.store.transaction.addresses import address_of
from tests.factories import ID, a_request, a_subject


def the_line(url: str, source: str = "ci") -> str:
    request = a_request(source=source, subject=a_subject(callback_url=url))
    return address_of(CallBack(request=ID), request, is_first=False).destination


def test_two_sources_at_one_host_wait_in_lines_of_their_own() -> None:
    url = "https://hooks.acme.test/shared"

    assert the_line(url, "mallory") != the_line(url, "payments")


def test_one_host_and_port_is_one_line_of_a_source() -> None:
    assert the_line("https://CI.acme.test./a") == the_line("https://user@ci.acme.test:443/b")
    assert the_line("https://ci.acme.test/a") != the_line("https://ci.acme.test:8443/a")


def test_an_answer_to_a_message_waits_behind_no_card_and_no_card_behind_it() -> None:
    lines = {
        address_of(effect, None, is_first=False).destination
        for effect in (
            Reply(channel="#approvals", slack_id="U0ANA0000", text="", drawn="[]"),
            Reply(channel="#approvals", slack_id="U0BO00000", text="", drawn="[]"),
            TellAdmins(channel="#approvals", text=""),
            Unfurl(about=ID, channel="#approvals", ts="1.1", url=""),
            Whisper(channel="#approvals", slack_id="U0ANA0000", text=""),
        )
    }

    assert len(lines) == 5


@pytest.mark.parametrize("url", ["", "https://[", "https://ci.acme.test:99999", "mailto:ana@acme.test"])
def test_an_address_nobody_can_read_waits_in_some_line(url: str) -> None:
    assert the_line(url).startswith("callback:ci:")
