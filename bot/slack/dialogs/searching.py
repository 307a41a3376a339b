"""Looking for failures in the Details dialog: by their suite, and by words in what is known of them."""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.core.evidence import Failure, TestEvidence
from bot.slack.dialogs.reasons import Origin
from bot.slack.words import rich
from bot.slack.words.escape import cut, length, line, strip, tail

SUITE_BLOCK, SUITE = "suite", "jit_suite"
WORDS_BLOCK, WORDS = "words", "jit_words"
WORDS_LIMIT = 100

_ALL = "all"
_OPTIONS = 99
"""Slack takes a hundred; the first leads back to all suites."""

_OPTION, _KEY, _NAME = 75, 16, 200
_NO_SUITE = "(without a suite)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for. ``suite`` is the key of one, ``words`` have to stand in a failure all; empty: anything."""

    suite: str = ""
    words: str = ""

    @property
    def is_on(self) -> bool:
        """Tell whether anything is looked for at all."""
        return bool(self.suite or self.words)


EVERYTHING = Search()


def asked_for(suite: str, words: str) -> Search:
    """Return what was chosen and typed as a search."""
    return Search(suite="" if suite == _ALL else suite, words=line(words, WORDS_LIMIT))


def draw_note(origin: Origin, search: Search) -> str:
    """Return both for ``private_metadata``; at most 1,500 characters."""
    note = {"value": origin.value, "channel": origin.channel, "ts": origin.ts}
    return json.dumps(note | {"suite": search.suite, "words": search.words}, ensure_ascii=False)


def read_search(metadata: str) -> Search:
    """Return what the dialog shows now; everything where its note says nothing else."""
    try:
        note: object = json.loads(metadata)
    except ValueError:
        return EVERYTHING
    fields = cast("dict[str, object]", note) if isinstance(note, dict) else {}
    suite, words = fields.get("suite"), fields.get("words")
    return asked_for(suite if isinstance(suite, str) else "", words if isinstance(words, str) else "")


def find(tests: TestEvidence, search: Search) -> list[tuple[int, Failure]]:
    """Return the failures that are looked for, each with its number among all, which counts from 1."""
    wanted = search.words.casefold().split()
    return [
        (number, failure)
        for number, failure in enumerate(tests.failures, start=1)
        if (not search.suite or _key(_suite(failure)) == search.suite) and (not wanted or _holds(failure, wanted))
    ]


def draw_search(tests: TestEvidence, search: Search) -> list[rich.Json]:
    """Return the fields to look for failures: where there is a choice, or something is looked for already."""
    suites = Counter(map(_suite, tests.failures)).most_common()
    chooses = [_draw_suites(suites, search)] if len(suites) > 1 or search.suite else []
    return [*chooses, _draw_words(search)] if len(tests.failures) > 1 or search.is_on else []


def draw_result(tests: TestEvidence, search: Search, found: int) -> list[rich.Json]:
    """Return what was found, and what cannot be because nobody sent it."""
    known = len(tests.failures)
    runs = [rich.words(f"{tests.failed - known} more failed, but the source did not name them. ")]
    said = runs if tests.failed > known else []
    if search.is_on:
        sentence = f"{found} of {known} named failures match" if found else f"None of {known} named failures matches"
        said = [rich.bold(f"{sentence}{_looked_for(tests, search)}. "), *said]
    if search.is_on and not found:
        said.append(rich.words("Empty the field, choose all suites, and search again to see every failure."))
    return [rich.block(rich.section(*said))] if said else []


def _looked_for(tests: TestEvidence, search: Search) -> str:
    chosen = next((name for name in map(_suite, tests.failures) if _key(name) == search.suite), None)
    gone = " in a suite that is not there any more" if chosen is None else f" in {_name(chosen, _NAME)}"
    return (f" “{search.words}”" if search.words else "") + (gone if search.suite else "")


def _draw_suites(suites: Sequence[tuple[str, int]], search: Search) -> rich.Json:
    options = [_option("All suites", _ALL), *(_draw_suite(name, count) for name, count in suites[:_OPTIONS])]
    chosen = next((option for option in options if option["value"] == search.suite), options[0])
    rest = len(suites) - _OPTIONS
    return {
        "type": "input",
        "block_id": SUITE_BLOCK,
        "label": rich.plain("Suite"),
        "hint": rich.plain(
            f"Those with the most failures; type the name of one of {rest} more below."
            if rest > 0
            else "With how many failures each has. Where a source names no suites, these are files."
        ),
        "optional": True,
        "dispatch_action": True,
        "element": {"type": "static_select", "action_id": SUITE, "options": options, "initial_option": chosen},
    }


def _draw_suite(name: str, count: int) -> rich.Json:
    failures = f" ({count})"
    return _option(_name(name, _OPTION - length(failures)) + failures, _key(name))


def _option(text: str, value: str) -> rich.Json:
    return {"text": rich.plain(text), "value": value}


def _draw_words(search: Search) -> rich.Json:
    return {
        "type": "input",
        "block_id": WORDS_BLOCK,
        "label": rich.plain("Search"),
        "hint": rich.plain("Words in a test's name, message, file, owner or suite; all of them have to be there."),
        "optional": True,
        "dispatch_action": True,
        "element": {
            "type": "plain_text_input",
            "action_id": WORDS,
            "max_length": WORDS_LIMIT,
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]},
            **({"initial_value": search.words} if search.words else {}),
        },
    }


def _suite(failure: Failure) -> str:
    """Return what a failure belongs to: only reports of test runners name suites, every source knows files."""
    return failure.suite or failure.file or ""


def _name(suite: str, limit: int) -> str:
    return tail(suite, limit) or cut(_NO_SUITE, limit)


def _key(suite: str) -> str:
    """Return what an option says for *suite*, whose name may be longer than Slack lets a value be."""
    return hashlib.sha256(suite.encode(errors="surrogatepass")).hexdigest()[:_KEY]


def _holds(failure: Failure, wanted: Sequence[str]) -> bool:
    parts = (failure.id, failure.message, failure.file or "", failure.owner or "", failure.suite)
    whole = strip("\n".join(parts)).casefold()
    return all(word in whole for word in wanted)
