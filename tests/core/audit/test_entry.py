"""What an entry says."""

import hashlib

from bot.core.audit import GENESIS, Place, draw_entry, entry_hash
from bot.core.events import Happened
from bot.core.life.lifecycle import advance
from bot.core.people.identity import Actor, Via
from tests import factories as a

PLACE = Place(seq=7, prev=bytes(range(32)), version="1.2.3", replica="one")


def test_an_entry_says_who_did_what_to_which_request_where_and_by_which_rule() -> None:
    outcome = advance(a.a_request(quorum=2, number=12), a.approval(by=a.BO), a.NOON)

    assert draw_entry(outcome.happened[0], outcome.request, PLACE) == {
        "seq": 7,
        "prev": "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "at": "2026-03-04T12:00:00.000000Z",
        "event": "request.reviewed",
        "state": "pending",
        "request": a.ID,
        "number": 12,
        "revision": 1,
        "stage": 0,
        "digest": a.DIGEST,
        "rule": "red gate in production",
        "policy_hash": a.POLICY_HASH,
        "source": "ci",
        "actor": {
            "name": "bo",
            "via": "slack_button",
            "standing": "member",
            "team": "T0ACME000",
            "person": "bo",
            "email": "bo@acme.test",
            "slack_id": "U0BO00000",
            "github": "bo",
        },
        "where": {"channel": "C0APPROVE", "ts": "1772625600.000100", "address": None},
        "detail": {"verdict": "approve", "stage": 0, "counted": 1, "quorum": 2, "reason": None, "category": None},
        "sealed": None,
        "version": "1.2.3",
        "replica": "one",
    }


def test_an_entry_about_no_request_says_so() -> None:
    relay = Actor(name="relay", via=Via.RELAY)
    line = Happened(event="policy.loaded", at=a.NOON, by=relay, state=None, detail={"hash": a.POLICY_HASH})

    entry = draw_entry(line, None, PLACE)

    assert {key for key, value in entry.items() if value is None} == {
        "state",
        "request",
        "number",
        "revision",
        "stage",
        "digest",
        "rule",
        "policy_hash",
        "source",
        "sealed",
    }
    assert entry["actor"] == {
        "name": "relay",
        "via": "relay",
        "standing": "unknown",
        "team": None,
        "person": None,
        "email": None,
        "slack_id": None,
        "github": None,
    }


def test_the_hash_is_the_leaf_hash_of_rfc_6962() -> None:
    assert entry_hash(b"").hex() == "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert entry_hash(b"{}") == hashlib.sha256(b"\x00{}").digest()
    assert bytes(32) == GENESIS
