"""Plants defects in the core, one at a time, and says which of them the stateful model finds.

Run by hand: ``python -m tests.model.mutants [--only WORD]``; it takes some minutes, and writes docs/mutants.md.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LONGEST = 240
"""Seconds for one defect."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A defect: in *file* of the core, *right* becomes *wrong*; *what* says what it would mean."""

    file: str
    right: str
    wrong: str
    what: str


MUTANTS = (
    Mutant("lifecycle", "elif now >= deadline:", "elif now > deadline:", "a click at the deadline counts"),
    Mutant("lifecycle", "if now < deadline:", "if now <= deadline:", "an end at the deadline comes too late"),
    Mutant(
        "lifecycle", "event.verdict is Verdict.APPROVE:", "event.verdict is Verdict.REJECT:", "a yes while asked back"
    ),
    Mutant("quorum", "return max(0, ", "return max(0, -1 + ", "one person too few is enough"),
    Mutant("quorum", "review.stage == stage and ", "", "an approval counts in every stage"),
    Mutant("quorum", "review.verdict is verdict)", "verdict is verdict)", "a no is counted as a yes"),
    Mutant("reviewing", "if is_refused or (is_met and is_last):", "if is_met and is_last:", "a rejection ends nothing"),
    Mutant(
        "reviewing", "if is_refused or (is_met and is_last):", "if is_refused or is_met:", "the first stage releases"
    ),
    Mutant("reviewing", ">= _stage_of(after).reject_quorum", "> _stage_of(after).reject_quorum", "one no too many"),
    Mutant("reviewing", "if is_met and not is_last:", "if is_met:", "the last stage begins again"),
    Mutant("reviewing", "if event.stage != request.stage:", "if False:", "an old stage's button counts"),
    Mutant(
        "reviewing", "earlier is not None and event.verdict", "False and event.verdict", "a person counts in two stages"
    ),
    Mutant("reviewing", "quorum.has_rejected(request, person):", "False:", "a no is given twice"),
    Mutant("reviewing", "if not is_one_of(person, said_yes):", "if False:", "anybody may answer"),
    Mutant(
        "eligibility",
        "if revision != request.revision:",
        "if revision > request.revision:",
        "an old card's button counts",
    ),
    Mutant(
        "reviewing",
        "    eligibility.require_not_forbidden(request, person)\n    if event.stage",
        "    if event.stage",
        "the banned may answer",
    ),
    Mutant(
        "reviewing",
        "wants_one(event.verdict) and not",
        "wants_one(event.verdict) and False and not",
        "no reason is needed",
    ),
    Mutant("break_glass", "review_due=now + rule.review_within", "review_due=None", "nobody looks at broken glass"),
    Mutant(
        "break_glass",
        "if not is_one_of(person, rule.approvers):",
        "if False:",
        "anybody breaks the glass",
    ),
    Mutant(
        "break_glass", "    _require_another(person, decision.by.person)", "    pass", "whoever broke it reviews it"
    ),
    Mutant("break_glass", "min(passed, MOST_CHASES)", "request.chases + 1", "slept-through chases come all at once"),
    Mutant("break_glass", "request.glass_review is not None or ", "", "a reviewed glass is chased on"),
    Mutant("break_glass", "    _require_reviewer(request, person)", "    pass", "anybody reviews a broken glass"),
    Mutant("waiting", "_require_due(request.stage_since + step.after, now)", "pass", "the timer escalates early"),
    Mutant("waiting", "    _require_due(due, now)", "    pass", "the timer reminds early"),
    Mutant("waiting", "steps=request.steps + 1", "steps=request.steps", "an escalation is taken for ever"),
    Mutant("waiting", "reminders=request.reminders + 1", "reminders=request.reminders", "a reminder is sent for ever"),
    Mutant(
        "waiting",
        "called=(*request.called, *fresh)",
        "called=request.called",
        "whom an escalation called may not answer",
    ),
    Mutant(
        "waiting",
        "(2 ** (request.reminders + 1) - 1) * span",
        "(request.reminders + 1) * span",
        "reminders do not grow rarer",
    ),
    Mutant(
        "waiting", "steps=0, reminders=0, called=()", "steps=1, reminders=0, called=()", "a stage skips its first step"
    ),
    Mutant(
        "waiting",
        "if request.deadline is not None and request.deadline <= now:",
        "if False:",
        "slept past its end, it never ends",
    ),
    Mutant("transitions", "stage_since=now - spent", "stage_since=now", "a question resets the stage's clock"),
    Mutant(
        "transitions",
        "deadline=now + remaining",
        "deadline=now + request.ruling.timeout",
        "a question prolongs the request",
    ),
    Mutant("transitions", "replace(r, void=True)", "r", "a revision keeps old answers"),
    Mutant(
        "transitions",
        "revision=request.revision + 1",
        "revision=request.revision",
        "a revision looks like the one before",
    ),
    Mutant(
        "transitions",
        "**waiting.first_stage(now)",
        "stage=request.stage",
        "a revision goes on in the middle of the chain",
    ),
    Mutant("transitions", "request.pause is not None or ", "", "silence on an open question approves"),
    Mutant(
        "waiting",
        "span - request.stage_spent, request.ruling.calendar",
        "span - request.stage_spent, None",
        "steps come at night",
    ),
    Mutant("waiting", "span - request.stage_spent, request", "span, request", "a question lets a stage begin again"),
    Mutant(
        "transitions",
        "return later(now, ruling.timeout, ruling.timeout_calendar)",
        "return now + ruling.timeout",
        "requests end at night",
    ),
    Mutant(
        "transitions",
        "request.deadline or now, ruling.timeout_calendar)",
        "request.deadline or now, None)",
        "a closed night is left over after a question",
    ),
    Mutant(
        "transitions",
        "later(now, remaining, request.ruling.timeout_calendar)",
        "later(now, remaining, None)",
        "what a question left over runs off at night",
    ),
    Mutant(
        "transitions",
        "spent = request.stage_spent + elapsed",
        "spent = elapsed",
        "a second question forgets what the first counted",
    ),
    Mutant(
        "business_time",
        "while span > end - begin:",
        "while span >= end - begin:",
        "what ends as it closes waits for the morning",
    ),
    Mutant("business_time", "if midnight.date() not in calendar.closed:", "if True:", "clocks run on holidays"),
    Mutant(
        "business_time",
        "for offset in calendar.offsets[1:]), calendar.until)",
        "for offset in calendar.offsets[1:]), calendar.until)[:1] * len(calendar.offsets)",
        "clocks that are put back are not noticed",
    ),
    Mutant(
        "ruling",
        "return None if self.is_wished else self.calendar",
        "return self.calendar",
        "a wished end waits for the morning",
    ),
    Mutant("reviewing", "require_thawed(rejecting(event.freezes))", "pass", "a freeze keeps nobody from approving"),
    Mutant("break_glass", "require_thawed(unbreakable(event.freezes))", "pass", "glass is broken in every freeze"),
    Mutant("freeze", "if freeze.then is Freezing.REJECT)", "if True)", "nobody approves what a freeze had asked"),
    Mutant("freeze", "if not freeze.allow_break_glass)", ")", "no freeze lets an emergency through"),
    Mutant("transitions", " or bool(event.freezes)", "", "silence approves in a freeze"),
    Mutant("eligibility", "if Forbidden.REQUESTER in forbid and", "if False and", "whoever asked may answer"),
    Mutant("eligibility", "if Forbidden.TRIGGERER in forbid and", "if False and", "whoever started the run may answer"),
    Mutant(
        "eligibility",
        "(is_in or stands_in) and membership.is_current(now)",
        "is_in or stands_in",
        "who was in a group long ago may answer",
    ),
    Mutant("eligibility", "membership.group in groups_of(request)]", "True]", "who is in some other group may answer"),
    Mutant("eligibility", " and is_one_of(person, membership.group.fallback)", "", "anybody stands in for a group"),
    Mutant(
        "waiting",
        "called_groups=merged(request.called_groups, step.groups)",
        "called_groups=()",
        "a group that an escalation called may not answer",
    ),
    Mutant("eligibility", "actor.standing is not Standing.MEMBER or ", "", "a guest may answer"),
    Mutant(
        "delegation", "if not _is_free(request, giver):", "if False:", "who is banned lends their right all the same"
    ),
    Mutant("delegation", "return now < self.until", "return now <= self.until", "at its end a delegation still counts"),
    Mutant(
        "quorum",
        "(review.by.person, review.on_behalf_of)",
        "(review.by.person,)",
        "delegate and delegator are two voices",
    ),
    Mutant("delegation", "if quorum.is_heard(request, giver, but=person):", "if False:", "a delegate overrules"),
    Mutant("delegation", "is Delegating.FORBID:", "is None:", "a rule forbids delegation in vain"),
    Mutant(
        "delegation",
        "mandate.giver.standing is not Standing.MEMBER or ",
        "",
        "who has left lends their right all the same",
    ),
    Mutant("outcome", "effects.append(CallBack(request=after.id))", "pass", "the caller is never told"),
)


def main() -> None:
    """Plant each, run the model, and write down what it found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only mutants whose file or meaning holds this word")
    only = parser.parse_args().only
    chosen = [mutant for mutant in MUTANTS if only in f"{mutant.file} {mutant.what}"]
    found: list[tuple[Mutant, bool]] = []
    for mutant in chosen:
        found.append((mutant, is_found(mutant)))
        sys.stdout.write(f"{'found' if found[-1][1] else 'MISSED':7} {mutant.file}: {mutant.what}\n")
        sys.stdout.flush()
    if not only:
        (ROOT / "docs" / "mutants.md").write_text(draw(found), encoding="utf-8")


def is_found(mutant: Mutant) -> bool:
    """Tell whether the model fails on a copy of the house with the defect in it.

    Raises ValueError for one that can't be planted, RuntimeError when the tests could not run.
    """
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name)
        for part in ("bot", "tests"):
            shutil.copytree(ROOT / part, copy / part, ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(ROOT / "pyproject.toml", copy)
        path = copy / "bot" / "core" / f"{mutant.file}.py"
        text = path.read_text(encoding="utf-8")
        if text.count(mutant.right) < 1:
            raise ValueError(f"{mutant.file}: {mutant.right!r} does not stand there any more")
        path.write_text(text.replace(mutant.right, mutant.wrong, 1), encoding="utf-8")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-x",
            "-p",
            "no:randomly",
            "-p",
            "no:cacheprovider",
            "tests/model",
        ]
        environment = {**os.environ, "PYTHONPATH": str(copy), "JIT_MODEL_EXAMPLES": "1500"}
        try:
            ran = subprocess.run(  # noqa: S603 - our own command
                command, cwd=copy, env=environment, capture_output=True, check=False, timeout=LONGEST
            )
        except subprocess.TimeoutExpired:
            return True  # it goes on for ever, which nobody would miss
        if ran.returncode not in {0, 1}:
            raise RuntimeError(ran.stdout.decode())
        return ran.returncode == 1


def draw(found: list[tuple[Mutant, bool]]) -> str:
    """Return the page."""
    count = sum(was_found for _, was_found in found)
    lines = [
        "# Planted defects",
        "",
        f"`python -m tests.model.mutants` plants each of these {len(found)} defects in the core, alone, and runs the",
        f"stateful model (`tests/model`) on it. {count} were found. The other tests of the core are not asked.",
        "",
        "| where | what it would mean | |",
        "|---|---|---|",
        *(f"| `{mutant.file}` | {mutant.what} | {'found' if was else '**missed**'} |" for mutant, was in found),
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
