"""What a request's ID token proved, as the log tells it: nobody is approved for what their job could not ask for.

Folded without :mod:`bot.core.judging.keyless`, so that a fault in either shows as a difference.
"""

from collections.abc import Mapping
from typing import Any

from bot.core.audit.life import Broken

Entry = Mapping[str, Any]

_TOLD_TWICE = ("service", "environment", "commit")
"""Fields that the entry has beside its proof."""


def require_proven(entry: Entry) -> None:
    """Raise Broken where somebody asked for something else than their token proves, or is known by one that is gone."""
    detail, is_by_token = entry["detail"], str(entry["actor"].get("key", "")).startswith("oidc:")
    proof = detail.get("proof")
    if (proof is not None) is not is_by_token:
        raise Broken("whoever asked is known by an ID token, and nothing says what it proved, or the other way round")
    if proof is None:
        return
    asked, bound = proof["asked"], proof["bound"]
    for name, proven in bound.items():
        short = proven.removeprefix("refs/heads/")
        names = {proven, short} if name == "ref" and not short.startswith("refs/") else {proven}
        if asked.get(name) not in names:
            raise Broken(f"{name} is not what the ID token of whoever asked proved")
    if any(name in bound and detail[name] != asked[name] for name in _TOLD_TWICE):
        raise Broken("what was asked and what was proven of it are two things")
