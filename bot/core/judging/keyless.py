"""Sources without a secret: which ID tokens of a CI are theirs, and what such a token proves of what is asked."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from bot.core.errors import Refusal, Refused
from bot.core.proof import Proof, is_proven
from bot.core.request import Subject

BOUND: Mapping[str, tuple[str, ...]] = {
    "repository": ("repository", "project_path", "oidc.circleci.com/vcs-origin"),
    "ref": ("ref_path", "ref", "oidc.circleci.com/vcs-ref"),
    "commit": ("sha", "build_commit"),
    "environment": ("environment",),
}
"""What is bound where the policy says nothing: each field by the first of these claims that a token has."""

FIELDS = ("repository", "ref", "commit", "environment", "service")
"""What can be bound."""

KEPT = (
    "sub",
    "actor",
    "event_name",
    "workflow",
    "job_workflow_ref",
    "run_id",
    "run_attempt",
    "repository_owner_id",
    "user_login",
    "user_email",
    "pipeline_id",
    "pipeline_source",
    "job_id",
    "pipeline_slug",
    "build_number",
    "oidc.circleci.com/project-id",
    "jti",
)
"""Claims that are kept where a token has them, beside those that its source goes by: what people want to know."""

LONGEST_KEPT = 300
LONGEST_COMPARED = 1000
"""Characters of a claim; a longer one is like nothing, and so is one that a field of a request could not hold."""

_CUT = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyless:
    """Which ID tokens prove that a source calls.

    ``claims`` must all be there, each like one of its patterns. ``binds`` says by which claim a field is proven, None:
    as :data:`BOUND` has it; a claim that is written there must be in the token, too. ``longest`` is how long a token
    may be good for, ``hosts`` may be inside the network.
    """

    issuer: str
    audience: str
    claims: Mapping[str, tuple[str, ...]]
    binds: Mapping[str, str] | None = None
    longest: timedelta = timedelta(hours=1)
    jwks_uri: str | None = None
    hosts: frozenset[str] = frozenset()

    def takes(self, claims: Mapping[str, object]) -> bool:
        """Tell whether a proven token with these *claims*, of this issuer and audience, is the source's."""
        texts = as_texts(claims)
        needed = (self.binds or {}).values()
        return all(texts.get(name) for name in needed) and all(
            name in texts and any(is_like(texts[name], pattern) for pattern in patterns)
            for name, patterns in self.claims.items()
        )

    def prove(self, claims: Mapping[str, object]) -> Proof:
        """Return what a token proves that this source takes."""
        texts = as_texts(claims)
        binds = BOUND if self.binds is None else {name: (claim,) for name, claim in self.binds.items()}
        found = {name: next((claim for claim in by if claim in texts), None) for name, by in binds.items()}
        wanted = dict.fromkeys((*self.claims, *filter(None, found.values()), *KEPT))
        return Proof(
            issuer=self.issuer,
            claims={name: _cut(texts[name]) for name in wanted if name in texts and len(texts[name])},
            bound={name: _plain(claim, texts[claim]) for name, claim in found.items() if claim and texts[claim]},
        )


def as_texts(claims: Mapping[str, object]) -> Mapping[str, str]:
    """Return the claims that a pattern can be held against: texts, numbers and truths, as their issuers write them."""
    return {name: text for name, value in claims.items() if (text := _text(value)) is not None}


def is_like(text: str, pattern: str) -> bool:
    """Tell whether the whole of *text* is like *pattern*: ``*`` is anything but a slash, ``**`` anything at all.

    The places that the pattern may stand at are carried along the text: never more work than one times the other.
    """
    parts = re.findall(r"\*\*|\*|[^*]", pattern)
    places = _reached(frozenset({0}), parts)
    for letter in text:
        moved = {place + (parts[place] not in _WILD) for place in places if _takes(parts, place, letter)}
        places = _reached(frozenset(moved), parts)
    return len(parts) in places


_WILD = ("*", "**")


def _takes(parts: list[str], place: int, letter: str) -> bool:
    part = parts[place] if place < len(parts) else ""
    return part == "**" or (part == "*" and letter != "/") or part == letter


def _reached(places: frozenset[int], parts: list[str]) -> frozenset[int]:
    """Return *places* and all that lie behind a star which stands for nothing."""
    found = set(places)
    for place in places:
        while place < len(parts) and parts[place] in _WILD:
            place += 1  # noqa: PLW2901 - walking on
            found.add(place)
    return frozenset(found)


def filled(subject: Subject, proof: Proof | None) -> Subject:
    """Return *subject* with what was proven where the caller said nothing: an approval is for something."""
    if proof is None:
        return subject
    silent = {name: value for name, value in proof.bound.items() if getattr(subject, name) is None}
    return replace(subject, proof=proof, **silent)


def proven_anew(subject: Subject, proof: Proof | None, given: frozenset[str]) -> Subject:
    """Return a revised *subject*: what was proven of the one before says nothing of it.

    What the caller did not bring anew (*given*), and another run may well have, is what its token proves.
    """
    anew = {} if proof is None else {name: proof.bound[name] for name in ("commit", "ref") if name in proof.bound}
    return replace(subject, proof=proof, **{name: value for name, value in anew.items() if name not in given})


def require_proven(subject: Subject) -> None:
    """Refuse an ask for something else than its token proves. Raises Refused (UNPROVEN)."""
    if subject.proof is None:
        return
    wrong = [
        f"{name} is {_cut(value)} by its ID token, not {_cut(given)}"
        for name, value in subject.proof.bound.items()
        if not is_proven(name, given := getattr(subject, name) or "", value)
    ]
    if wrong:
        raise Refused(
            Refusal.UNPROVEN,
            f"This job can't ask for that: {'; '.join(wrong)}. Ask from the job that it is about, or leave the field"
            " out. Which fields are bound stands in oidc.binds of the source.",
        )


def is_of(subject: Subject, proof: Proof | None) -> bool:
    """Tell whether a caller with *proof* may see and take back *subject*: not across repositories."""
    mine = None if proof is None else proof.bound.get("repository")
    return mine is None or mine == subject.repository


def _text(value: object) -> str | None:
    match value:
        case bool():
            return str(value).lower()
        case str() | int():
            text = str(value)
            return text if len(text) <= LONGEST_COMPARED and (text.isprintable() or not text) else None
        case _:
            return None


def _plain(claim: str, text: str) -> str:
    """Return a claim as a field has it: CircleCI names a repository with its host."""
    return text.partition("/")[2] if claim == "oidc.circleci.com/vcs-origin" else text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_KEPT else text[: LONGEST_KEPT - 1] + _CUT
