"""What is typed into a slash command reaches the app as Slack sends it."""

import pytest

from bot.sandbox.people import Roster
from bot.sandbox.references import escape_typed


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("delegate @gus until friday", "delegate <@U0GUS0000|gus> until friday"),
        ("see #approvals", "see <#C0APPROVE|approvals>"),
        ("see https://ci.acme.test/1?a=1&b=2", "see <https://ci.acme.test/1?a=1&amp;b=2>"),
        ("@nobody #nowhere gus@acme.test", "@nobody #nowhere gus@acme.test"),
        ("1 < 2 & <@U0GUS0000>", "1 &lt; 2 &amp; &lt;@U0GUS0000&gt;"),
    ],
)
def test_people_channels_and_addresses_become_references_and_the_rest_is_escaped(typed: str, sent: str) -> None:
    assert escape_typed(typed, Roster()) == sent
