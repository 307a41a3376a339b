"""What later steps and jobs read: GitHub's outputs and job summary, GitLab's dotenv, and files for any other."""

from __future__ import annotations

import html
import json
import secrets
from argparse import Namespace
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from jit_gate.answers import ApprovalRequest
from jit_gate.errors import GateError

_MEANS = {"new": "new", "unknown": "unknown", "known": "known", "flaky": "known flaky", "waived": "waived"}


class NotWritten(GateError):
    """A file for later steps can't be written: they would read nothing, or what stood there before."""


@dataclass(frozen=True)
class Outputs:
    """Where to write. ``outputs`` and ``summary`` are GitHub's, ``folder`` is anybody's; None where there is none."""

    outputs: str | None
    summary: str | None
    dotenv: str | None
    folder: str | None = None

    def asked(self, request: ApprovalRequest) -> None:
        """Write down what can be known while it is waited for, so that a later step can take it back."""
        if self.outputs:
            _append(self.outputs, draw_outputs(request))
        if self.dotenv:
            _replace(self.dotenv, draw_dotenv(request))
        if self.folder:
            _fill(self.folder, {**_pairs(request), "summary.html": draw_summary(request)})

    def ended(self, request: ApprovalRequest) -> None:
        """Write down how it ended; of two values of one name the later counts."""
        self.asked(request)
        if self.summary:
            _append(self.summary, draw_summary(request))


def find_outputs(env: Mapping[str, str], flags: Namespace) -> Outputs:
    """Return where this job's outputs go."""
    return Outputs(env.get("GITHUB_OUTPUT"), env.get("GITHUB_STEP_SUMMARY"), flags.dotenv, flags.outputs)


def draw_dotenv(request: ApprovalRequest) -> str:
    """Return variables for later jobs: nothing in them is text that people wrote."""
    pairs = {
        "JIT_REQUEST_ID": request.id,
        "JIT_REQUEST_NUMBER": str(request.number),
        "JIT_STATE": request.state.value,
        "JIT_DIGEST": request.digest,
        "JIT_VERDICT": _verdict(request),
    }
    return "".join(f"{name}={value}\n" for name, value in pairs.items())


def draw_outputs(request: ApprovalRequest) -> str:
    """Return outputs of a step, each between marks that nobody could know before."""
    mark = f"jit-{secrets.token_hex(16)}"
    return "".join(f"{name}<<{mark}\n{value}\n{mark}\n" for name, value in _pairs(request).items())


def _pairs(request: ApprovalRequest) -> Mapping[str, str]:
    decision = request.decision
    return {
        "id": request.id,
        "number": str(request.number),
        "state": request.state.value,
        "digest": request.digest,
        "url": request.url,
        "verdict": _verdict(request),
        "by": decision.by if decision else "",
        "reason": (decision.reason or "") if decision else "",
        "category": (decision.category or "") if decision else "",
        "conditions": json.dumps(decision.conditions if decision else []),
    }


def _verdict(request: ApprovalRequest) -> str:
    said = request.decision.verdict if request.decision else None
    return said if said in {"approve", "reject"} else ""


def draw_summary(request: ApprovalRequest) -> str:
    """Return the job summary: HTML in one block, in which no text can become Markdown, a link or a picture."""
    decision = request.decision
    rows = [("Request", f'<a href="{_shown(request.url)}">#{request.number}</a> {_shown(request.title)}')]
    if decision is not None:
        rows.append(("By", _shown(decision.by)))
        rows += [("Reason", _shown(decision.reason))] if decision.reason else []
        rows += [("Category", _shown(decision.category))] if decision.category else []
        rows += [("Condition", _shown(condition)) for condition in decision.conditions]
    rows += [("Tests", _shown(said)) for said in draw_tests(request.document.get("tests"))]
    rows.append(("Digest", f"<code>{request.digest}</code>"))
    lines = "".join(f"<tr><th>{name}</th><td>{value}</td></tr>\n" for name, value in rows)
    return f"<h3>Approval: {request.state.value}</h3>\n<table>\n{lines}</table>\n\n"


def draw_tests(tests: object) -> list[str]:
    """Return what failed and what it means, in a line; nothing where nothing did, or an older bot does not say."""
    counts = {name: value for name, value in _counts(tests) if type(value) is int and value > 0}
    if not {"failed", "total"} <= counts.keys():
        return []
    means = ", ".join(f"{counts[name]} {words}" for name, words in _MEANS.items() if name in counts)
    return [f"{counts['failed']} of {counts['total']} failed{f': {means}' if means else ''}"]


def _counts(tests: object) -> Iterable[tuple[object, object]]:
    return cast("Mapping[object, object]", tests).items() if isinstance(tests, Mapping) else ()


def _shown(text: str) -> str:
    return html.escape(" ".join("".join(c if c.isprintable() else " " for c in text).split()))


def _fill(folder: str, files: Mapping[str, str]) -> None:
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise NotWritten(f"{folder} can't be made ({error.strerror}).") from error
    for name, text in files.items():
        _replace(str(Path(folder) / name), text)


def _append(file: str, text: str) -> None:
    try:
        with Path(file).open("a", encoding="utf-8", newline="\n") as opened:
            opened.write(text)
    except OSError as error:
        raise NotWritten(f"{file} can't be written ({error.strerror}).") from error


def _replace(file: str, text: str) -> None:
    try:
        Path(file).write_bytes(text.encode())
    except OSError as error:
        raise NotWritten(f"{file} can't be written ({error.strerror}).") from error
