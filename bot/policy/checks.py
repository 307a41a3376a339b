"""What only shows when the parts are looked at together: rules nobody reaches, names used twice, risky endings."""

from collections.abc import Iterator

import durationpy

from bot.core.judging.source import SLACK
from bot.core.ruling import Handling, OnTimeout
from bot.policy.assembly import DEFAULT_RULE
from bot.policy.conditions.engine import Engine
from bot.policy.conditions.omissions import let_through_when_omitted
from bot.policy.grammar.mappings import RulePart, SourcePart
from bot.policy.grammar.native import NativePart
from bot.policy.keyless import check_keyless
from bot.policy.parts import Parts
from bot.policy.reach import check_reach
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet

_ONLY_WHEN_ASKING = (
    "stages",
    "timeout",
    "on_timeout",
    "forbid",
    "require_reason",
    "require_category",
    "require_condition",
    "confirm_environment",
    "break_glass",
    "calendar",
    "group_within",
    "undo_within",
    "claim_for",
    "accept_incomplete",
)


def check(parts: Parts, sheet: Sheet) -> None:
    """Look at everything together; errors and warnings go onto the sheet."""
    _check_sources(parts, sheet)
    _check_names(parts, sheet)
    _check_freezes(parts, sheet)
    if parts.defaults.on_timeout is OnTimeout.APPROVE:
        sheet.refuse(("defaults", "on_timeout"), "must be reject or expire; approve has to stand in the rule itself")
    engine = Engine()
    check_reach(parts.rules, engine, sheet)
    for path, rule in _numbered(parts):
        _check_limits(rule, path, sheet)
        _check_window(rule, path, parts, sheet)
        _look_twice(rule, path, parts, sheet)
        _look_for_omissions(rule, (*path, "when"), engine, sheet)
    if parts.defaults.approvers is None:
        sheet.warn(("defaults",), "no approvers: what no rule settles can be approved by any full member")


def _check_sources(parts: Parts, sheet: Sheet) -> None:
    """Refuse sources that nobody could be told apart from another, or that could not prove who they are."""
    holders: dict[str, str] = {}
    for name, source in parts.sources.items():
        path = ("sources", name)
        if isinstance(source, NativePart):
            _check_secrets(source, path, holders, sheet)
        elif source.kind == SLACK:
            _check_people_who_ask(source, path, sheet)
        else:
            _check_caller(source, path, holders, sheet)
    in_slack = [name for name, source in parts.sources.items() if source.kind == SLACK]
    for name in in_slack[1:]:
        sheet.refuse_key(
            ("sources", name), f"is a second source of the kind slack; people ask as {in_slack[0]} already"
        )
    check_keyless({name: one for name, one in parts.sources.items() if isinstance(one, SourcePart)}, sheet)
    if not parts.sources:
        sheet.warn((), "no sources: nobody can ask for anything")


def _check_caller(source: SourcePart, path: Path, holders: dict[str, str], sheet: Sheet) -> None:
    """Refuse one that could not prove who it is; *holders* says where each variable was named before."""
    for key in ("actions", "askers"):
        if getattr(source, key):
            sheet.refuse((*path, key), "stands only in a source of the kind slack")
    if not (source.token_env or source.signing_secret_env or source.oidc) and not sheet.is_spoiled(path):
        sheet.refuse(path, "needs token_env, signing_secret_env or oidc, so that a caller can prove who it is")
    _check_secrets(source, path, holders, sheet)


def _check_secrets(source: SourcePart | NativePart, path: Path, holders: dict[str, str], sheet: Sheet) -> None:
    """Refuse a variable that is named twice; *holders* says where each was named before."""
    for key in (key for key in type(source).model_fields if key.endswith("_env")):
        named: list[str] | str | None = getattr(source, key)
        for variable in [named] if isinstance(named, str) else named or []:
            if variable in holders:
                sheet.refuse((*path, key), f"is used by {holders[variable]} already; every secret has one use")
            holders.setdefault(variable, f"{'.'.join(map(str, path))}.{key}")


def _check_people_who_ask(source: SourcePart, path: Path, sheet: Sheet) -> None:
    """Refuse what people in Slack have no use for, and a source as which nobody could ask for anything."""
    for key in ("token_env", "signing_secret_env", "oidc", "callback_hosts"):
        if getattr(source, key):
            sheet.refuse((*path, key), "has no place in a source of the kind slack: Slack says who asks there")
    if not source.actions and not sheet.is_spoiled(path):
        sheet.refuse(path, "needs actions: what people may ask for")


def _check_names(parts: Parts, sheet: Sheet) -> None:
    first: dict[str, int] = {}
    for path, rule in _numbered(parts):
        name = rule.name.casefold()
        if name == DEFAULT_RULE:
            sheet.refuse((*path, "name"), f'"{DEFAULT_RULE}" is what the log calls the defaults; choose another name')
        if name in first:
            sheet.refuse((*path, "name"), f"rule {first[name]} is called that already; the log names rules")
        first.setdefault(name, int(path[-1]))


def _check_limits(rule: RulePart, path: Path, sheet: Sheet) -> None:
    """Refuse a budget for what no machine approves, and a limit where nobody is asked: neither would ever hold."""
    if rule.budget is not None and rule.then is not Handling.AUTO_APPROVE:
        instead = "write limit to ask people less often" if rule.then is Handling.REQUIRE_APPROVAL else "take it out"
        sheet.refuse_key((*path, "budget"), f"only with auto_approve; {rule.then} has nothing to spend: {instead}")
    if rule.limit is not None and rule.then is not Handling.REQUIRE_APPROVAL:
        instead = "write budget" if rule.then is Handling.AUTO_APPROVE else "take it out"
        sheet.refuse_key((*path, "limit"), f"only with require_approval: it is how often people are asked; {instead}")


def _check_window(rule: RulePart, path: Path, parts: Parts, sheet: Sheet) -> None:
    """Refuse a window that only the deadline would end, and one on a shared card: what was taken back is unclear."""
    if rule.undo_within is None or rule.then is not Handling.REQUIRE_APPROVAL:
        return
    timeout = rule.timeout or parts.defaults.timeout
    if rule.undo_within >= timeout:
        sheet.refuse((*path, "undo_within"), f"must be less than the timeout, {durationpy.to_str(timeout)}")
    if rule.group_within is not None:
        sheet.refuse_key(
            (*path, "undo_within"), "does not go with group_within: one answer counts for all that share a card"
        )


def _check_freezes(parts: Parts, sheet: Sheet) -> None:
    first: dict[str, int] = {}
    for index, freeze in parts.freezes.items():
        if freeze.name in first:
            sheet.refuse(
                ("freezes", index, "name"), f"freeze {first[freeze.name]} is called that already; choose another name"
            )
        first.setdefault(freeze.name, index)


def _look_twice(rule: RulePart, path: Path, parts: Parts, sheet: Sheet) -> None:
    if rule.then is not Handling.REQUIRE_APPROVAL:
        for key in _ONLY_WHEN_ASKING:
            if key in rule.model_fields_set:
                sheet.warn((*path, key), f"has no effect with {rule.then}: nobody is asked")
        is_always = rule.when is None or rule.when.strip() == "true"
        if rule.then is Handling.AUTO_APPROVE and is_always and rule.budget is None:
            sheet.warn(path, "approves everything that no rule above it settled")
        return
    if rule.on_timeout is OnTimeout.APPROVE:
        sheet.warn((*path, "on_timeout"), "silence approves: nobody needs to look at these requests")
    stages = rule.stages
    _check_stages(rule, path, parts, sheet)
    if parts.defaults.approvers is None and (not stages or any(stage.approvers is None for stage in stages)):
        sheet.warn((*path, "stages", 0) if stages else path, "no approvers: any full member can approve this")


def _check_stages(rule: RulePart, path: Path, parts: Parts, sheet: Sheet) -> None:
    """Refuse a chain that could be left out whole; warn of what silence can never bring."""
    if rule.stages and all(stage.when is not None for stage in rule.stages):
        sheet.refuse((*path, "stages"), "one stage must have no when, else nobody would be asked if none matched")
    timeout = rule.timeout or parts.defaults.timeout
    for index, stage in enumerate(rule.stages):
        at = (*path, "stages", index)
        for step, escalation in enumerate(stage.escalate):
            if escalation.after >= timeout:
                sheet.warn((*at, "escalate", step, "after"), "never comes: the request has ended by then")
        if stage.remind_after is not None and stage.remind_after >= timeout:
            sheet.warn((*at, "remind_after"), "never comes: the request has ended by then")


def _look_for_omissions(rule: RulePart, path: Path, engine: Engine, sheet: Sheet) -> None:
    """Warn of a yes that a caller gets by leaving out the very field that would have held it back."""
    if rule.then is not Handling.AUTO_APPROVE or rule.when is None or sheet.is_spoiled(path):
        return
    for fact in let_through_when_omitted(rule.when, engine):
        sheet.warn(path, f'also approves when {fact} is left out; add && {fact} != "", or name the values you mean')


def _numbered(parts: Parts) -> Iterator[tuple[Path, RulePart]]:
    return ((("rules", index), rule) for index, rule in parts.rules.items())
