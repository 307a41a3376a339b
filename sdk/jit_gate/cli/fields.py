"""Flags that come from variables: what the form of a CI asks for, a GitHub Action's inputs or a Buildkite plugin's.

`--from-env JIT_FIELD` takes JIT_FIELD_TITLE as --title. No shell has to put text of others onto a command line.
"""

from __future__ import annotations

from argparse import Action
from collections.abc import Iterator, Mapping, Sequence

from jit_gate.cli.flags import FROM_ENV, fields
from jit_gate.errors import BadInput

_SWITCHED = {"true": True, "false": False}


def with_fields(words: Sequence[str], env: Mapping[str, str]) -> list[str]:
    """Return the command line with the flags that variables stand for before its own, which win. Raises BadInput."""
    prefix, rest = _parted(words)
    if prefix is None:
        return rest
    known = fields(rest[0])
    named = {name: value for name, value in sorted(env.items()) if name.startswith(f"{prefix}_")}
    found = [word for name, value in named.items() for word in _flags(name, name[len(prefix) + 1 :], value, known)]
    return [rest[0], *found, *rest[1:]]


def _parted(words: Sequence[str]) -> tuple[str | None, list[str]]:
    """Take the prefix out of the words. Whatever else is wrong with these is told later."""
    rest = list(words)
    for at, word in enumerate(rest[1:], 1):
        flag, equals, value = word.partition("=")
        if flag == FROM_ENV and (equals or at + 1 < len(rest)):
            return value if equals else rest[at + 1], [*rest[:at], *rest[at + (1 if equals else 2) :]]
    return None, rest


def _flags(variable: str, ending: str, value: str, known: Mapping[str, Action]) -> Iterator[str]:
    """Yield the flags that one variable stands for: a form sends what nobody filled in as an empty text."""
    if not value.strip():
        return
    name = ending.lower().replace("_", "-")
    stem, _, number = name.rpartition("-")
    if name not in known and number.isdecimal() and isinstance(known[stem].default if stem in known else None, list):
        name = stem  # one of a list, as Buildkite numbers them
    if name not in known:
        raise BadInput(f"{variable} is no field: there are {', '.join(sorted(known))}.")
    flag = known[name]
    if flag.nargs == 0:
        if _switched(variable, value):
            yield f"--{name}"
    elif isinstance(flag.default, list):
        yield from (f"--{name}={line.strip()}" for line in value.splitlines() if line.strip())
    else:
        yield f"--{name}={value}"


def _switched(variable: str, value: str) -> bool:
    if value.strip().lower() not in _SWITCHED:
        raise BadInput(f"{variable} must be true or false, and is {value!r}.")
    return _SWITCHED[value.strip().lower()]
