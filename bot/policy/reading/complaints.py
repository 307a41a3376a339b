"""Pydantic's errors in the words of the file: what is allowed at each place."""

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from bot.policy.reading.wording import did_you_mean, shown

_SENTENCES = {
    "string_type": "must be text, not {shown}; put it in quotes",
    "string_too_short": "must not be empty",
    "string_too_long": "has at most {max_length} characters",
    "bool_type": "must be true or false, not {shown}",
    "int_type": "must be a whole number, not {shown}",
    "int_from_float": "must be a whole number, not {shown}",
    "greater_than_equal": "must be {ge} or more, not {shown}",
    "less_than_equal": "must be {le} or less, not {shown}",
    "list_type": "must be a list, such as [a, b], not {shown}",
    "too_long": "has at most {max_length} entries",
    "too_short": "must not be empty; {instead}",
    "model_type": "must be a mapping with the keys {keys}, not {shown}",
}
_SECRETS = frozenset({"token", "secret", "signing_secret", "password", "webhook_secret"})


def sentence_of(error: ErrorDetails, model: type[BaseModel]) -> str:
    """Return what is allowed at the place of *error*, found while validating *model*."""
    kind, loc = error["type"], error["loc"]
    if kind == "extra_forbidden":
        return unknown_key(str(loc[-1]), keys_at(model, loc[:-1]))
    if kind == "missing":
        return f'"{loc[-1]}" is required here'
    context: dict[str, Any] = dict(error.get("ctx", {}))
    template = _SENTENCES.get(kind)
    if template is None:
        return error["msg"]
    if kind == "list_type" and _models_in(field.annotation if (field := _field_at(model, loc)) else None):
        template = "must be a list of mappings, each starting with -, not {shown}"
    words = {"shown": shown(error["input"]), "keys": ", ".join(keys_at(model, loc)), "instead": _instead(model, loc)}
    return template.format_map({**context, **words})


def _instead(model: type[BaseModel], loc: tuple[str | int, ...]) -> str:
    """Return what to do with an empty list: what has to stand there can't be left out."""
    field = _field_at(model, loc)
    return "name at least one" if field is not None and field.is_required() else "leave it out instead"


def _field_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> FieldInfo | None:
    """Return the field that a *loc* inside *model* ends with; None when it ends with an entry of a list."""
    if not loc or not isinstance(loc[-1], str):
        return None
    return _within(model, loc[:-1]).model_fields.get(loc[-1])


def unknown_key(key: str, allowed: list[str]) -> str:
    """Return the sentence for a key that is not known, with the nearest one that is, and all of them."""
    if key in _SECRETS:
        return f"secrets never stand in this file; name an environment variable with one of {', '.join(allowed)}"
    return f"unknown key{did_you_mean(key, allowed)}; allowed: {', '.join(allowed)}"


def keys_at(model: type[BaseModel], loc: tuple[str | int, ...]) -> list[str]:
    """Return the keys of the mapping at *loc* inside *model*."""
    return [field.alias or name for name, field in _within(model, loc).model_fields.items()]


def _within(model: type[BaseModel], loc: tuple[str | int, ...]) -> type[BaseModel]:
    """Return the model at *loc*; entries of lists, and of mappings of text, are no models of their own."""
    for step in loc:
        field = model.model_fields.get(step) if isinstance(step, str) else None
        model = next(iter(_models_in(field.annotation)), model) if field is not None else model
    return model


def _models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for argument in get_args(annotation) for model in _models_in(argument)]
