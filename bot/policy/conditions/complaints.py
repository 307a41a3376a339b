"""What the engine says of a text that is no condition, in words that say what to change."""

import re
from dataclasses import dataclass

from bot.policy.conditions.facts import FACTS
from bot.policy.reading.wording import did_you_mean, shown

_NAMES = [fact.name for fact in FACTS]
_FUNCTIONS = (
    "all",
    "contains",
    "endsWith",
    "exists",
    "exists_one",
    "filter",
    "getDayOfMonth",
    "getDayOfWeek",
    "getFullYear",
    "getHours",
    "getMinutes",
    "getMonth",
    "has",
    "int",
    "map",
    "matches",
    "size",
    "startsWith",
    "string",
    "timestamp",
)
"""Those people look for; the engine knows some more."""

_COMPLAINT = re.compile(r"ERROR: <input>:(-?\d+):(-?\d+): (.*)$", re.MULTILINE)
_UNDECLARED = re.compile(r"undeclared reference to '([\w.]+)' \(in container ''\)")
_OVERLOAD = re.compile(r"found no matching overload for '([^']+)' applied to '(.*)'")
_SELECT = re.compile(r"expression of type '(.*)' cannot be the operand of a select operation.*")
_AT_WORD = re.compile(r"Syntax error: (?:mismatched|extraneous) input '([^']*)'")
_NO_TOKEN = re.compile(r"Syntax error: token recognition error at: '(.)")
_CODE = re.compile(r"^[A-Z_]+: | \[[A-Z_]+\]$")
_WORDS = {"and": "&&", "or": "||", "not": "!", "is": "==", "AND": "&&", "OR": "||", "NOT": "!"}
_TOKENS = {
    "=": "one = compares nothing: compare with ==",
    "&": "one & joins nothing: write &&",
    "|": "one | joins nothing: write ||",
    "'": "this quote is never closed",
    '"': "this quote is never closed",
}
_TYPES = {
    "int": "a whole number",
    "uint": "a whole number",
    "double": "a number",
    "string": "text",
    "bool": "true or false",
    "google.protobuf.Timestamp": "a time",
    "google.protobuf.Duration": "a length of time",
    "null_type": "null",
    "dyn": "whatever the caller sent",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong in a condition; *line* and *column* count from 1 in its text, or are -1."""

    line: int
    column: int
    sentence: str


class ConditionRejected(Exception):
    """The text is no condition over our facts."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("; ".join(complaint.sentence for complaint in complaints))
        self.complaints = complaints


def complaints_of(message: str, text: str) -> tuple[Complaint, ...]:
    """Return the engine's complaints about *text*, each once, with a suggestion where a name is misspelt."""
    if not text.strip():
        return (Complaint(1, 1, "must not be empty; leave it out to match always"),)
    found = [_complaint(int(line), int(column), said, text) for line, column, said in _COMPLAINT.findall(message)]
    lone = next((complaint for complaint in found if complaint.sentence in _TOKENS.values()), None)
    if lone is not None:
        return (lone,)  # the rest is what follows from it
    return tuple(dict.fromkeys(found)) or (Complaint(-1, -1, plain(message)),)


def plain(message: str) -> str:
    """Return the first line of what the engine says, without its codes."""
    first = (message.splitlines() or [""])[0]
    return _CODE.sub("", _CODE.sub("", first))


def _complaint(line: int, column: int, said: str, text: str) -> Complaint:
    said = plain(said)
    no_token = _NO_TOKEN.match(said)
    if no_token is not None and no_token[1] in _TOKENS:
        return Complaint(line, column, _TOKENS[no_token[1]])
    overload, at_word = _OVERLOAD.fullmatch(said), _AT_WORD.match(said)
    if overload is not None:
        return Complaint(line, column, _unfit(overload[1], overload[2]))
    if at_word is not None:
        return Complaint(line, column, _astray(at_word[1]))
    selected = _SELECT.fullmatch(said)
    if selected is not None:
        return Complaint(line, column, f"{kind_of(selected[1])} has nothing inside to be named with a dot")
    undeclared = _UNDECLARED.search(said)
    return Complaint(line, column, said) if undeclared is None else _unknown(line, column, undeclared[1], text)


def _unknown(line: int, column: int, name: str, text: str) -> Complaint:
    lines = text.split("\n")
    rest = lines[line - 1][column - 1 :] if 0 < line <= len(lines) else ""
    if rest.startswith("("):
        near = did_you_mean(name, _FUNCTIONS) or f"; some there are: {', '.join(_FUNCTIONS)}"
        return Complaint(line, column, f"there is no function {name}(){near}")
    start = column - len(name.rpartition(".")[0])  # the engine points at the last dot; people look for the name
    hint = did_you_mean(name, _NAMES) or f"; the facts are {', '.join(_NAMES)}"
    return Complaint(line, max(1, start), f"undeclared reference to '{name}'{hint}")


def _astray(word: str) -> str:
    if word == "<EOF>":
        return "ends too early: something is missing here"
    instead = _WORDS.get(word)
    return f"{shown(word)} has no place here" + (
        f"; write {instead}" if instead else ", or something is missing before it"
    )


def _unfit(function: str, given: str) -> str:
    """Say what an operator or a function can't take; *given* is "(int, string)", or "string.(int)" for a method."""
    receiver, _, arguments = given.partition("(")
    types = [kind_of(one) for one in (receiver.strip("."), *_parts(arguments.removesuffix(")"))) if one]
    both = " and ".join(types)
    if function == "_?_:_":
        return "? : needs true or false before the ?, and two of one type after it"
    if function == "_[_]":
        return f"[ ] can't take {both}; lists are asked with a whole number, mappings with text"
    if not function.startswith(("_", "@", "!", "-")):
        return f"{function}() can't take {both or 'nothing'}"
    if "null" in types:
        return f'{function.strip("_")} can\'t take {both}; what was left out is not null but ""'
    return f"{function.strip('_@')} can't take {both}{_hint(function, types)}"


def _hint(function: str, types: list[str]) -> str:
    if function in {"_&&_", "_||_", "!_"}:
        return "; it takes what is true or false, such as a comparison"
    if "a time" in types and "text" in types:
        return '; a time is written timestamp("2026-12-24T18:00:00Z")'
    return "; text stands in quotes, numbers and true or false don't" if function.startswith("_") else ""


def kind_of(name: str) -> str:
    """Return what the engine's type *name* is called in sentences."""
    compound = {"list(": "a list", "map(": "a mapping"}
    return next((words for start, words in compound.items() if name.startswith(start)), _TYPES.get(name, name))


def _parts(arguments: str) -> list[str]:
    """Return the types between commas, those in brackets left whole."""
    found, depth = [""], 0
    for character in arguments:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            found.append("")
        else:
            found[-1] += character
    return [one.strip() for one in found]
