"""What the ID token of a CI job proved, in a line for people."""

from urllib.parse import urlsplit

from bot.core.proof import Proof
from bot.slack.words import rich

_ISSUERS = {
    "token.actions.githubusercontent.com": "GitHub",
    "gitlab.com": "GitLab",
    "oidc.circleci.com": "CircleCI",
    "agent.buildkite.com": "Buildkite",
}
_NAMED = (("workflow", "workflow"), ("run_id", "run"), ("pipeline_id", "pipeline"), ("event_name", "on"))
_BY = ("actor", "user_login")


def proven(proof: Proof) -> list[rich.Run]:
    """Return whose word it is, and what it says: nothing here is the caller's own claim."""
    host = urlsplit(proof.issuer).hostname or proof.issuer
    what = [proof.bound.get("repository"), _ref(proof.bound.get("ref"))]
    said = [" at ".join(rich.name(part) for part in what if part)]
    said += [f"{word} {_claim(proof, claim)}" for claim, word in _NAMED if claim in proof.claims]
    said += [f"started by {_claim(proof, claim)}" for claim in _BY if claim in proof.claims][:1]
    if not any(said) and "sub" in proof.claims:
        said = [_claim(proof, "sub")]
    words = ", ".join(part for part in said if part)
    return [rich.bold("Proven by "), rich.words(f"{rich.name(_ISSUERS.get(host, host))}: {words}")]


def _claim(proof: Proof, name: str) -> str:
    return rich.name(proof.claims[name])


def _ref(ref: str | None) -> str | None:
    return None if ref is None else ref.removeprefix("refs/heads/")
