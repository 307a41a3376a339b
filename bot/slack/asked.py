"""The part of a card that says what exactly is asked, by whom and why, and what an approval would be bound to."""

from collections.abc import Mapping

from bot.core.request import ApprovalRequest, Subject
from bot.slack import rich, texts
from bot.slack.escape import length, line

_TITLE, _REASON = 300, 500
_PARAMETERS, _KEY, _VALUE = 6, 30, 60
_LINKS = 3
_DIGEST = len("sha256:") + 12


def draw_place(request: ApprovalRequest, room: int) -> rich.Json:
    """Return number, action, service and environment; the whole title too when the headline had no *room* for it."""
    subject = request.subject
    lines = [rich.section(rich.bold(f"#{request.number} · {texts.place(subject)}"), *_severity(subject))]
    if length(subject.title) > room:
        lines.insert(0, rich.section(rich.words(line(subject.title, _TITLE))))
    return rich.block(*lines)


def draw_asked(request: ApprovalRequest) -> rich.Json:
    """Return who asked and why, and what is bound."""
    subject = request.subject
    by = rich.name(subject.requester.key) if subject.requester else "nobody in person"
    lines = [rich.section(rich.bold("Asked by "), rich.words(f"{by}, through {rich.name(request.source)}"))]
    if reason := line(subject.reason or "", _REASON):
        lines.append(rich.section(rich.bold("Why "), rich.words(reason)))
    lines.append(rich.section(*_bound(request)))
    links = [run for run in (rich.link(given) for given in subject.links[:_LINKS]) if run is not None]
    if links:
        lines.append(rich.section(rich.bold("See "), *rich.joined(links, " · ")))
    return rich.block(*lines)


def parameters(given: Mapping[str, object], limit: int) -> list[tuple[str, str]]:
    """Return plain parameters as key and value, ``version`` first."""
    plain = {key: value for key, value in given.items() if isinstance(value, str | int | float | bool)}
    keys = sorted(plain, key=lambda key: (key != "version", key))[:limit]
    return [(line(key, _KEY) or "(no name)", line(_draw_value(plain[key]), _VALUE) or "(empty)") for key in keys]


def short_digest(request: ApprovalRequest) -> str:
    """Return the beginning of the digest, enough for people to compare."""
    return line(request.digest, _DIGEST + 1)[:_DIGEST]


def _bound(request: ApprovalRequest) -> list[rich.Run]:
    subject = request.subject
    runs = [rich.bold("Bound to ")]
    if subject.commit:
        runs += [rich.words("commit "), rich.code(line(subject.commit, 12 + 1).removesuffix("…")[:12])]
        runs += [rich.words(f" ({where})")] if (where := _branch(subject)) else []
        runs.append(rich.words(" · "))
    for key, value in parameters(subject.parameters, _PARAMETERS):
        runs += [rich.words(f"{key} "), rich.code(value), rich.words(" · ")]
    if (rest := len(subject.parameters) - _PARAMETERS) > 0:
        runs.append(rich.words(f"{rest} more parameters · "))
    return [*runs, rich.words("digest "), rich.code(short_digest(request))]


def _branch(subject: Subject) -> str:
    ref = (subject.ref or "").removeprefix("refs/heads/").removeprefix("refs/tags/")
    return " ".join(rich.name(part) for part in (subject.repository or "", ref) if part)


def _severity(subject: Subject) -> list[rich.Run]:
    return [rich.words(f" · severity {rich.name(subject.severity)}")] if subject.severity else []


def _draw_value(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
