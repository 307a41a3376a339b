"""The log's second look at what ID tokens proved."""

from typing import Any

import pytest

from bot.core.audit.life import Broken
from bot.core.audit.proving import require_proven


def entry(key: str | None = "oidc:one", **detail: object) -> dict[str, Any]:
    asked = {"repository": "acme/payments", "ref": "main", "commit": "abc"}
    bound = {"repository": "acme/payments", "ref": "refs/heads/main", "commit": "abc"}
    proof = {"issuer": "https://issuer", "claims": {}, "bound": bound, "asked": asked}
    told: dict[str, object] = {"service": None, "environment": None, "commit": "abc", "proof": proof}
    found = {name: value for name, value in {**told, **detail}.items() if value is not ...}
    return {"event": "request.submitted", "actor": {} if key is None else {"key": key}, "detail": found}


def with_proof(**changes: object) -> dict[str, Any]:
    made = entry()
    made["detail"]["proof"] |= changes
    return made


def test_what_was_proven_and_asked_is_believed() -> None:
    require_proven(entry())
    require_proven(entry(key="JIT_CI_TOKEN", proof=...))
    require_proven(entry(key=None, proof=...))


@pytest.mark.parametrize(
    "forged",
    [
        entry(proof=...),
        entry(key="JIT_CI_TOKEN"),
        entry(key=None),
        entry(commit="def"),
        with_proof(asked={"repository": "acme/other", "ref": "main", "commit": "abc"}),
        with_proof(asked={"repository": "acme/payments", "ref": "refs/tags/main", "commit": "abc"}),
        with_proof(asked={"repository": "acme/payments", "commit": "abc"}),
        with_proof(bound={"repository": "acme/other"}),
        with_proof(bound={"ref": "refs/heads/refs/tags/v1"}, asked={"ref": "refs/tags/v1"}),
        with_proof(bound={"commit": "abc"}, asked={"commit": "def"}),
    ],
)
def test_a_proof_that_does_not_fit_what_was_asked_is_found(forged: dict[str, Any]) -> None:
    with pytest.raises(Broken):
        require_proven(forged)
