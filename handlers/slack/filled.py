"""What was filled into a dialog, and nothing in it that nobody can see."""

from collections.abc import Mapping

from bot.core.errors import Refusal, Refused
from bot.core.ruling import Category
from bot.slack.dialogs.fields import (
    CATEGORY_ACTION,
    CATEGORY_BLOCK,
    CONDITION_ACTION,
    CONDITION_BLOCK,
    CONFIRM_BLOCK,
    ENVIRONMENT_ACTION,
)
from bot.slack.dialogs.reasons import REASON_ACTION, REASON_BLOCK, REASON_LIMIT
from bot.slack.words.escape import lines
from handlers.slack.inbound import View

FIELDS: Mapping[Refusal, str] = {
    Refusal.REASON_REQUIRED: REASON_BLOCK,
    Refusal.CATEGORY_REQUIRED: CATEGORY_BLOCK,
    Refusal.CONDITION_REQUIRED: CONDITION_BLOCK,
    Refusal.UNCONFIRMED: CONFIRM_BLOCK,
}
"""What is said beside the field that lacks it; the dialog stays open."""

_CATEGORIES = {category.value: category for category in Category}


def read_reason(view: View) -> str:
    """Return the reason, which may be empty."""
    return typed(view, REASON_BLOCK, REASON_ACTION)


def read_category(view: View) -> Category | None:
    """Return the category that was chosen, if one was. Raises Refused (STALE) for one that there is not."""
    chosen = view.chosen(CATEGORY_BLOCK, CATEGORY_ACTION)
    if chosen and chosen not in _CATEGORIES:
        raise Refused(Refusal.STALE, "That category isn't known here any more, so nothing was counted. Use the card.")
    return _CATEGORIES.get(chosen)


def read_condition(view: View) -> str | None:
    """Return the condition that was typed, in one line; None when none was."""
    return " ".join(typed(view, CONDITION_BLOCK, CONDITION_ACTION).split()) or None


def read_environment(view: View) -> str | None:
    """Return the environment that was typed; None when none was."""
    return typed(view, CONFIRM_BLOCK, ENVIRONMENT_ACTION) or None


def typed(view: View, block: str, action: str) -> str:
    """Return what was typed into a field."""
    return lines(view.typed(block, action), REASON_LIMIT)
