"""What a dialog asks besides why: the fields that an answer may have, or that its rule wants."""

from bot.core.life.demanding import LONGEST_CONDITION, asks_environment
from bot.core.request import ApprovalRequest
from bot.core.ruling import Category, Verdict
from bot.slack.words import rich, texts
from bot.slack.words.escape import line

CATEGORY_BLOCK, CATEGORY_ACTION = "category", "chosen"
CONDITION_BLOCK, CONDITION_ACTION = "condition", "text"
CONFIRM_BLOCK, ENVIRONMENT_ACTION = "confirm", "environment"
_NAME = 1000


def draw_wanted(request: ApprovalRequest, verdict: Verdict) -> list[rich.Json]:
    """Return the fields for an answer to one request, but for the one that asks why."""
    wants_category = request.ruling.demands.category.wants_one(verdict)
    if verdict is Verdict.REJECT:
        return [draw_category(optional=not wants_category)]
    environment = [draw_environment(request.subject.environment or "")] if asks_environment(request) else []
    return [
        *([draw_category(optional=False)] if wants_category else []),
        draw_condition(optional=not request.ruling.demands.condition),
        *environment,
    ]


def draw_category(*, optional: bool) -> rich.Json:
    """Return the choice of a category; none is chosen beforehand."""
    return {
        "type": "input",
        "block_id": CATEGORY_BLOCK,
        "label": rich.plain("What is it about?"),
        "hint": rich.plain("Stands on the card and in the log."),
        "optional": optional,
        "element": {
            "type": "static_select",
            "action_id": CATEGORY_ACTION,
            "placeholder": rich.plain("Choose one"),
            "options": [{"text": rich.plain(texts.category(one)), "value": one.value} for one in Category],
        },
    }


def draw_condition(*, optional: bool) -> rich.Json:
    """Return the field for the condition under which a yes holds."""
    return {
        "type": "input",
        "block_id": CONDITION_BLOCK,
        "label": rich.plain("On which condition?"),
        "hint": rich.plain("Such as “max 10 %”. The pipeline is told, and has to keep it; nothing here can."),
        "optional": optional,
        "element": {"type": "plain_text_input", "action_id": CONDITION_ACTION, "max_length": LONGEST_CONDITION},
    }


def draw_environment(named: str, *, optional: bool = False) -> rich.Json:
    """Return the field in which the name of the environment is typed."""
    return {
        "type": "input",
        "block_id": CONFIRM_BLOCK,
        "label": rich.plain(f"Type {line(named, _NAME)} to approve"),
        "hint": rich.plain("Where it will happen, exactly as it is written: nobody then takes it for another place."),
        "optional": optional,
        "element": {"type": "plain_text_input", "action_id": ENVIRONMENT_ACTION, "max_length": _NAME},
    }
