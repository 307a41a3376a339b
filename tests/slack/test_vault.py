"""Tokens leave the house sealed or not at all, and what begins an installation is ours, new, and named for once."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.slack.faults import TokenUnreadable
from bot.slack.installing import States, Tokens, Vault
from bot.slack.installing.vault import LASTS

KEY, BEFORE = "a-secret-key-of-thirty-two-characters", "an-older-key-of-thirty-two-characters"
TOKENS = Tokens(team="T0ACME000", bot="xoxb-1", refresh="xoxe-1-2")
NOW = datetime(2030, 1, 1, tzinfo=UTC)


def test_what_is_sealed_is_read_by_us_alone() -> None:
    sealed = Vault(KEY).seal(TOKENS)

    assert "xox" not in sealed
    assert Vault(KEY).open(sealed, "T0ACME000") == TOKENS
    with pytest.raises(TokenUnreadable):
        Vault(BEFORE).open(sealed, "T0ACME000")


def test_after_a_change_of_the_key_what_was_sealed_before_is_still_read() -> None:
    assert Vault(KEY, BEFORE).open(Vault(BEFORE).seal(TOKENS), "T0ACME000") == TOKENS


def test_the_tokens_of_one_workspace_are_never_another_ones() -> None:
    with pytest.raises(TokenUnreadable):
        Vault(KEY).open(Vault(KEY).seal(TOKENS), "T0OTHER00")


@pytest.mark.parametrize("change", ["", "x", "gAAAAA", "€"])
def test_what_was_changed_is_not_read(change: str) -> None:
    sealed = Vault(KEY).seal(TOKENS)

    for changed in (change, sealed[:-8] + change, sealed[:40] + ("B" if sealed[40] == "A" else "A") + sealed[41:]):
        with pytest.raises(TokenUnreadable):
            Vault(KEY).open(changed, "T0ACME000")


def test_no_token_stands_in_what_may_be_logged() -> None:
    assert "xox" not in repr(TOKENS)


def test_a_state_is_good_for_ten_minutes_and_has_one_name() -> None:
    states = States(KEY)
    state = states.issue(NOW)

    assert states.read(state, NOW + LASTS) == states.read(state, NOW)
    assert states.read(f"€{state}", NOW) == states.read(state, NOW)
    assert states.read(state, NOW) != states.read(states.issue(NOW), NOW)
    assert states.read(state, NOW + LASTS + timedelta(seconds=1)) is None
    assert States(BEFORE).read(state, NOW) is None
    assert states.read(Vault(KEY).seal(TOKENS), datetime.now(UTC)) is None
    assert states.read("€", NOW) is None
