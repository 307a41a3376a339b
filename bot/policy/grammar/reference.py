"""What may stand in a policy file, drawn from the grammar: a page for people, a JSON Schema for their editors."""

import json
from collections.abc import Iterator, Mapping
from inspect import cleandoc
from typing import cast

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, models_json_schema

from bot.core.judging.counting import APPROVED, MOST, OPEN_IN_LANE, REJECTED
from bot.policy.conditions.facts import FACTS
from bot.policy.grammar.mappings import (
    BreakGlassPart,
    DefaultsPart,
    EscalationPart,
    QuietPart,
    RoutePart,
    RulePart,
    SignpostPart,
    SourcePart,
    StagePart,
)
from bot.policy.grammar.native import NATIVE_PARTS
from bot.policy.grammar.oidc import OidcPart
from bot.policy.grammar.persons import GroupPart, PersonPart
from bot.policy.grammar.times import CalendarPart, FreezePart
from bot.policy.grammar.waivers import WaiversPart

Json = dict[str, object]
_BELOW = "see below"

_HEAD = """# The policy file

Drawn from the grammar in `bot/policy/`; a test fails when the two differ. `jit policy check` finds every mistake with
its line and column (`--online` also asks Slack for its channels and people), `jit policy explain request.json` tries it
on one request, `jit policy test cases.yaml` on many, with what must come of each
([examples/policy-cases.yaml](../examples/policy-cases.yaml)). SIGHUP or `jit policy reload` loads it anew; a bad file
keeps the old one. What is open keeps the rule it was judged by.

For your editor there is a JSON Schema beside this page: put
`# yaml-language-server: $schema=policy.schema.json` into the first line of the policy.

A freeze that rejects wins, then any matching `auto_reject`; else the first rule that matches; else the defaults ask. A
condition that cannot be evaluated never lets anything through: it asks a person and says why. So does a freeze that
asks, and one whose condition cannot be evaluated.
"""
_PARTS: tuple[tuple[str, str, type[BaseModel]], ...] = (
    ("defaults", "`defaults`", DefaultsPart),
    ("sources", "An entry of `sources`", SourcePart),
    ("", "`oidc` of a source", OidcPart),
    *(("", f"An entry of `sources` with `kind: {kind}`", part) for kind, part in NATIVE_PARTS.items()),
    ("people", "An entry of `people`", PersonPart),
    ("groups", "An entry of `groups`", GroupPart),
    ("calendars", "An entry of `calendars`, or a `calendar`", CalendarPart),
    ("quiet_hours", "`quiet_hours`", QuietPart),
    ("waivers", "`waivers`", WaiversPart),
    ("routes", "An entry of `routes`", SignpostPart),
    ("freezes", "An entry of `freezes`", FreezePart),
    ("rules", "An entry of `rules`", RulePart),
    ("", "`route` of a rule", RoutePart),
    ("", "An entry of `stages`", StagePart),
    ("", "An entry of `escalate`", EscalationPart),
    ("", "`break_glass` of a rule", BreakGlassPart),
)


_PATH: Json = {"type": "string", "minLength": 1}
_CODEOWNERS: Json = {"anyOf": [_PATH, {"type": "object", "additionalProperties": _PATH}]}


def draw_reference() -> str:
    """Return the page, in Markdown."""
    return "\n".join([_HEAD, *_parts(), *_codeowners(), *_facts()]) + "\n"


def draw_schema() -> str:
    """Return the JSON Schema (2020-12) of a policy file, as indented text."""
    _, definitions = models_json_schema(
        [(model, "validation") for _, _, model in _PARTS], schema_generator=GenerateJsonSchema
    )
    sections: Json = {name: _section(name, model) for name, _, model in _PARTS if name}
    schema: Json = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A policy of JIT Approvals",
        "type": "object",
        "additionalProperties": False,
        "required": ["version"],
        "properties": {"version": {"const": 1}, "codeowners": _CODEOWNERS, **sections},
        **definitions,
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _section(name: str, model: type[BaseModel]) -> Json:
    one: Json = {"$ref": f"#/$defs/{model.__name__}"}
    match name:
        case "defaults" | "quiet_hours" | "waivers":
            return one
        case "sources":
            return {"type": "object", "additionalProperties": {"anyOf": [one, *_native_kinds()]}}
        case "routes" | "freezes" | "rules":
            return {"type": "array", "items": one}
        case _:
            return {"type": "object", "additionalProperties": one}


def _native_kinds() -> list[Json]:
    return [{"$ref": f"#/$defs/{part.__name__}"} for part in NATIVE_PARTS.values()]


def _parts() -> Iterator[str]:
    definitions = cast("Mapping[str, Json]", json.loads(draw_schema())["$defs"])
    for _, title, model in _PARTS:
        schema = definitions[model.__name__]
        yield f"## {title}\n"
        yield f"{cleandoc(model.__doc__ or '')}\n"
        yield "| key | what stands there | |"
        yield "|---|---|---|"
        required = cast("list[str]", schema.get("required", []))
        for key, field in cast("Mapping[str, Json]", schema["properties"]).items():
            what = f"**required**; {_kind(field, definitions)}" if key in required else _kind(field, definitions)
            yield f"| `{key}` | {what} | {' '.join(str(field.get('description', '')).split())} |"
        yield ""


def _kind(field: Json, definitions: Mapping[str, Json]) -> str:
    """Say in words what a value looks like, and what holds without it."""
    default = field.get("default")
    found = _type(field, definitions)
    return found if default is None or isinstance(default, list | dict) else f"{found}; else `{json.dumps(default)}`"


def _type(field: Json, definitions: Mapping[str, Json]) -> str:
    if "$ref" in field:
        return _named(definitions[str(field["$ref"]).rpartition("/")[2]])
    if "anyOf" in field:
        kinds = cast("list[Json]", field["anyOf"])
        return " or ".join(_type(kind, definitions) for kind in kinds if kind.get("type") != "null")
    if "const" in field:
        return f"`{field['const']}`"
    if "examples" in field:
        return f"such as `{cast('list[str]', field['examples'])[0]}`"
    if "items" in field:
        one = _type(cast("Json", field["items"]), definitions)
        return f"a list, {one}" if one.startswith(("such", _BELOW)) else f"a list of {one}"
    return _plain(field, definitions)


def _plain(field: Json, definitions: Mapping[str, Json]) -> str:
    if field["type"] == "object":
        return f"a mapping of text to {_type(cast('Json', field['additionalProperties']), definitions)}"
    return {"string": "text", "integer": "a whole number", "boolean": "true or false"}[str(field["type"])]


def _named(definition: Json) -> str:
    if "enum" in definition:
        return ", ".join(f"`{word}`" for word in cast("list[str]", definition["enum"]))
    return _BELOW


_SHARING = """\
### Identical asks

With `group_within: 5m` identical asks that come within five minutes of the first share its card: it names them all, one
answer counts for each of them, and each has its own record, deadline, log entries and callback. Identical means that
everything an approver is shown, bound to or judged by is the same: source, title, reason, severity, labels, flags,
lane, requester, authors, the digest with the failed tests and their messages, the places of these, the counts of the
tests, rule, policy and stages. Only links, metadata, the callback and what the failed tests printed may differ; the
card and Details say whose they show. Nobody joins once somebody has answered or was called by an escalation, and at
most fifty share.

Whomever the card did not name that somebody clicks is not answered by that click: those get a card of their own, and
whoever clicked is told. `/jit approve 14` answers #14 alone, and `/jit escalate 14` calls the next people for that one
alone, on a card of its own if another's showed it. With `supersede: lane` an identical ask joins, and only a different
one ends the older ones.
"""

_UNDOING = """\
### Taking an answer back

With `undo_within: 2m` what people settle is held for two minutes, and only then released: until then the request
stays `pending` for its caller (`releases_at` says until when), no callback goes out, and whoever answered takes that
back with the card's Undo or `/jit undo 12`. So can whoever answered while more answers are needed; in a chain, until
their stage has been settled. The request then goes on as if they had not answered: its clocks have not stood, whoever
was to be reminded or called by then is, and the same person may answer again. The window never reaches beyond the
deadline: what was settled in time is released in time, or as soon as the bot runs again.

While a yes is held nobody is asked any more, but whoever may answer can still reject it, and whoever may break the
glass need not wait. Is that rejection taken back, the yes is held anew, for a whole window. What was asked can be
cancelled, superseded or revised: then nothing is released. A yes that a freeze with `then: reject` overtakes in its
window is not released either; it expires. What the policy decides, what silence brings, and an emergency are never
held. It does not go with `group_within`: an answer on a shared card is one to many, each of them is released at a time
of its own, and an Undo would come in time for some and too late for others.
"""

_COUNTING = f"""\
### What is counted

`{APPROVED}` and `{REJECTED}` say how often people approved, and rejected, requests of the same
source, service, environment and action in the 30 days before. What the policy decided by itself, what silence decided
and an emergency yes are no experience, and do not count; a request counts by when it was decided. `{OPEN_IN_LANE}` is
how many requests of this lane, asked by this source, have not ended; the one being judged is not among them, and
without a lane it is 0. Each is counted up to {MOST}; more read as {MOST}. They are counted in the transaction that
stores the request, and only for a policy with a condition that names them.

### Budgets and limits

`budget: 20 per 1d` of an `auto_approve`: the rule says yes alone to at most 20 requests in any 24 hours. Where that is
used up, the rules after it are asked as if it had not matched, and in the end the defaults ask a person; explanation,
card and log say so. `limit: 30 per 1h` of a `require_approval`: people are asked about at most 30 requests in any hour;
beyond it a caller gets a 429 with `Retry-After`, and nothing is stored but a line in the log. What was refused takes no
room, and an idempotent repetition of an earlier request is answered as ever.

Uses are counted by the rule's name and by what it does. A rule that is renamed begins anew; one whose condition, budget
or place is edited goes on with what it has used, and so does one that gets its first budget. Windows slide: a use is
free again exactly one span later. Of several replicas, and in however many requests at once, no two ever take the last.
"""


_TRIAGE = """\
### What is new, and what is known

Each failure is compared with what earlier runs say of its test, in the same repository and environment, when the
request is made or revised; what was found then stays with it. `tests.new`, `tests.known`, `tests.flaky`,
`tests.waived` and `tests.unknown` add up to `tests.failed`:

- `new`: the newest run on a base ref (`defaults: {base_refs: …}`), at another commit than this one, passed.
- `known`: that run failed, too, and with the same `signature`; with another, or none, the failure is new. A failure at
  the very commit that is asked about, or at one that nobody named, excuses nothing.
- `flaky`: it failed with the same `signature` at another commit of a base ref where it passed, too; and that was among
  the newest 32 runs, or the test failed in `flaky_percent` of at least `flaky_runs` runs and came and went at least
  twice on a base ref. Runs of branches show nothing here, or whoever pushes a broken branch often enough would make its
  test flaky.
- `waived`: somebody accepted exactly this failure.
- `unknown`: none of these, or nobody named the test. Without a history everything is.

While some failures are unknown, a condition that looks at any of the first four and not at `tests.unknown` makes no yes
easier: an `auto_approve`, and a silence that approves, do not hold by it; a `require_approval` that does not match
asks all the same, a stage is asked, and an `auto_reject` or freeze that does not match lets nothing after it approve by
itself. So `tests.new == 0` alone is never satisfied by a test that nobody has seen before.
"""


def _codeowners() -> Iterator[str]:
    yield "## `codeowners`\n"
    yield "The path of a CODEOWNERS file, beginning where the policy file is, or a mapping of repositories to such"
    yield "paths (`acme/payments: CODEOWNERS.payments`). Read with the policy, by GitHub's rules: the last line that"
    yield "matches a failed test's file says who owns it, where the caller did not. A line that GitHub would skip is"
    yield "an error here."
    yield ""


def _facts() -> Iterator[str]:
    yield "## What conditions may look at\n"
    yield 'Conditions are [CEL](https://cel.dev). A text that the caller left out reads as `""`.\n'
    yield "| fact | made of |"
    yield "|---|---|"
    for fact in FACTS:
        yield f"| `{fact.name}` | {fact.kind} |"
    yield f"\n{_TRIAGE}"
    yield _SHARING
    yield _UNDOING
    yield _COUNTING
