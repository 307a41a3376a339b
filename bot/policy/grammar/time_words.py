"""The words for times in the policy file: zones, holidays, days, hours, and which calendar a clock runs by."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from bot.core.freeze import Freezing
from bot.policy.grammar.scalars import one_of, read_date, read_local, refusal
from bot.policy.reading.wording import shown
from bot.policy.time.almanac import read_region, read_zone

MAX_REGIONS = 10


def _calendar(value: object) -> object:
    if type(value) not in {str, dict}:
        raise refusal(
            f"must be the name of a calendar, always, or a mapping with time_zone and hours, not {shown(value)}"
        )
    return value


def _hours(value: object) -> object:
    if type(value) not in {str, dict}:
        raise refusal(f'must be hours such as "Mon-Fri 09:00-18:00", or a mapping of days, not {shown(value)}')
    return value


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


FreezingWord = Annotated[Freezing, BeforeValidator(one_of(Freezing))]
Mapping = dict[str, object]
Zone = Annotated[str, BeforeValidator(read_zone), WithJsonSchema({"type": "string", "examples": ["Europe/Berlin"]})]
Region = Annotated[str, BeforeValidator(read_region), WithJsonSchema({"type": "string", "examples": ["DE-BY"]})]
Regions = Annotated[
    list[Region],
    BeforeValidator(_listed),
    Field(max_length=MAX_REGIONS),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "examples": ["DE-BY"]}, {"type": "array", "items": {"type": "string"}}]}
    ),
]
Day = Annotated[date, BeforeValidator(read_date), WithJsonSchema({"type": "string", "examples": ["2026-12-24"]})]
Local = Annotated[
    datetime | date, BeforeValidator(read_local), WithJsonSchema({"type": "string", "examples": ["2026-11-26T18:00"]})
]
Hours = Annotated[
    str | Mapping,
    BeforeValidator(_hours),
    WithJsonSchema({"type": ["string", "object"], "examples": ["Mon-Fri 09:00-18:00"]}),
]
CalendarWord = Annotated[
    str | Mapping,
    BeforeValidator(_calendar),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/CalendarPart"}]}),
]
