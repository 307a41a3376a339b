"""What a dialog asks besides why: the fields that an answer may have, or that its rule wants."""

from bot.core.ruling import Category
from bot.slack.words import rich, texts

CATEGORY_BLOCK, CATEGORY_ACTION = "category", "chosen"


def draw_category() -> rich.Json:
    """Return the choice of a category; none is chosen beforehand, and none need be."""
    return {
        "type": "input",
        "block_id": CATEGORY_BLOCK,
        "label": rich.plain("What is it about?"),
        "hint": rich.plain("Stands on the card and in the log."),
        "optional": True,
        "element": {
            "type": "static_select",
            "action_id": CATEGORY_ACTION,
            "placeholder": rich.plain("Choose one"),
            "options": [{"text": rich.plain(texts.category(one)), "value": one.value} for one in Category],
        },
    }
