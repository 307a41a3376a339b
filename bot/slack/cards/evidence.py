"""The part of a card that people decide on: how many tests failed, and the first few of them."""

from bot.core.evidence import SHOWN_FAILURES, Failure, TestEvidence, Triage
from bot.slack.words import moments, rich, texts, triage
from bot.slack.words.escape import line, tail
from bot.slack.words.waived import waived

_ID, _MESSAGE, _WHERE = 150, 200, 120
_INCOMPLETE = 3


def draw_evidence(tests: TestEvidence, most: int = SHOWN_FAILURES) -> rich.Json:
    """Return the count, what makes it doubtful, and the first failures, *most* at most."""
    elements = [rich.section(rich.bold(_sign(tests) + texts.count(tests))), *_doubts(tests)]
    shown = tests.failures[:most]
    if shown:
        elements.append(rich.bullets(_failure(failure) for failure in shown))
    rest = tests.failed - len(shown)
    if rest > 0:
        elements.append(rich.section(rich.words(_rest(tests, rest, most))))
    return rich.block(*elements)


def where(failure: Failure) -> str:
    """Return file, line and owner, as far as they are known."""
    file = tail(failure.file, _WHERE) if failure.file else ""
    if file and failure.line is not None:
        file = f"{file}:{failure.line}"
    return " · ".join(part for part in (file, line(failure.owner or "", rich.LONGEST_NAME)) if part)


def meaning(failure: Failure) -> list[rich.Run]:
    """Return the word that says what a failure means, to stand before its name; what is new stands out."""
    word = triage.WORDS[failure.triage]
    return [rich.bold(word) if failure.triage is Triage.NEW else rich.words(word), rich.words(" · ")]


def _sign(tests: TestEvidence) -> str:
    if tests.incomplete:
        return "⚠️ "
    return "❌ " if tests.failed else ""


def _doubts(tests: TestEvidence) -> list[rich.Json]:
    reasons = [line(reason, _WHERE) for reason in tests.incomplete[:_INCOMPLETE]]
    if not reasons:
        return []
    more = len(tests.incomplete) - len(reasons)
    text = "; ".join(reasons) + (f"; and {more} more" if more else "")
    return [rich.section(rich.bold("These results are not complete: "), rich.words(text))]


def _failure(failure: Failure) -> rich.Json:
    runs = [*meaning(failure), rich.code(tail(failure.id, _ID) or "(a test without a name)")]
    if message := line(failure.message, _MESSAGE):
        runs.append(rich.words(f"\n{message}"))
    if place := " · ".join(filter(None, (where(failure), triage.past(failure)))):
        runs += moments.runs(f"\n{place}")
    if by := waived(failure):
        runs.append(rich.words(f"\n{by}"))
    return rich.section(*runs)


def _rest(tests: TestEvidence, rest: int, most: int) -> str:
    unnamed = tests.failed - len(tests.failures)
    if unnamed == tests.failed:
        return "The source sent no names of the failed tests."
    return f"… and {rest} more{', see Details' if len(tests.failures) > most else ', not named by the source'}."
