"""The grammar of `waivers`: who may accept a known failure for a while, and within which bounds."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from bot.policy.grammar.persons import Part
from bot.policy.grammar.scalars import Duration

MAX_USES = 1000
_DAY = timedelta(days=1)


class WaiversPart(Part):
    """Who may accept a failed test for a while.

    Without this section nobody may, and nothing counts as waived, whatever was before. See [waivers.md](waivers.md).
    """

    by: list[str] = Field(min_length=1)
    """People and groups that may; nobody whom the rule of the request forbids to answer it."""
    for_at_most: Duration = Field(default=14 * _DAY, json_schema_extra={"default": "14d"})
    """How far ahead the end of a waiver may lie."""
    uses_at_most: Annotated[int, Field(ge=1, le=MAX_USES)] = 20
    """In how many requests one may count; it is given for as many as that unless fewer are named."""
    require_ticket: bool = True
    """Whether a waiver names the ticket in which the failure will be mended."""
    remind_before: Duration = Field(default=_DAY, json_schema_extra={"default": "1d"})
    """How long before its end whoever gave it is reminded; halfway through, where that comes later."""
