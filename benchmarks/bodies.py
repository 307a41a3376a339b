"""The same body for every contender: a request of about 4 KB with ten failing tests."""

import base64
import hashlib
import hmac
import json
import time
from urllib.parse import urlencode

TOKEN = "bench-token-" + "t" * 32
SIGNING_SECRET = "bench-signing-" + "s" * 20
SECRET_KEY = "bench-secret-key-" + "k" * 32
BOT_TOKEN, APP_TOKEN = "xoxb-bench", "xapp-bench"
CALLBACK_SECRET = "whsec_" + base64.b64encode(b"bench callback secret bytes").decode()
BODY_BYTES = 4096


def request_body() -> bytes:
    """Return one ask as JSON, padded to about 4 KB by its failures' details."""
    failures = [
        {
            "id": f"tests.api.test_payments::test_refund_case_{n}",
            "message": "AssertionError: expected 201 Created, got 500 Internal Server Error",
            "file": "tests/api/test_payments.py",
            "line": 40 + n,
            "owner": "@acme/payments",
        }
        for n in range(10)
    ]
    body: dict[str, object] = {
        "title": "Deploy payments 1.42.0 to production",
        "action": "deploy",
        "service": "payments",
        "environment": "production",
        "repository": "acme/payments",
        "ref": "refs/heads/main",
        "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
        "requester": {"email": "ana@acme.test", "github": "ana"},
        "authors": [{"email": "bo@acme.test"}],
        "reason": "hotfix for INC-77",
        "labels": ["hotfix"],
        "flags": {"manual_intervention": True},
        "parameters": {"version": "1.42.0", "strategy": "canary"},
        "tests": {"total": 120, "failed": 10, "skipped": 1, "failures": failures},
        "links": [{"label": "Pipeline", "url": "https://ci.acme.test/1"}],
        "metadata": {"run": "1"},
    }
    missing = BODY_BYTES - len(json.dumps(body).encode())
    failures[0]["detail"] = "x" * max(0, missing - 14)
    return json.dumps(body).encode()


def slack_headers(body: bytes) -> dict[str, str]:
    """Sign *body* as Slack does (v0), at the present time."""
    timestamp = str(int(time.time()))
    base = b"v0:" + timestamp.encode() + b":" + body
    signature = hmac.new(SIGNING_SECRET.encode(), base, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={signature}",
    }


def click_body(action_id: str, value: str, nonce: int) -> bytes:
    """Return the form that Slack sends when chen clicks a button; *nonce* keeps every click different."""
    payload = {
        "type": "block_actions",
        "team": {"id": "T0ACME000", "domain": "acme"},
        "user": {"id": "U0CHEN000", "username": "chen", "name": "chen", "team_id": "T0ACME000"},
        "api_app_id": "A0JIT0000",
        "token": "unused",
        "container": {"type": "message", "message_ts": "1700000000.000100", "channel_id": "C0APPROVE"},
        "trigger_id": f"{nonce}.trigger",
        "channel": {"id": "C0APPROVE", "name": "approvals"},
        "message": {"type": "message", "ts": "1700000000.000100", "text": "card", "bot_id": "B0JIT0000"},
        "response_url": "http://127.0.0.1:9/response",
        "actions": [
            {
                "action_id": action_id,
                "block_id": "answers",
                "type": "button",
                "value": value,
                "action_ts": f"17000000{nonce:06d}.0",
                "text": {"type": "plain_text", "text": "Approve"},
            }
        ],
    }
    return urlencode({"payload": json.dumps(payload)}).encode()
