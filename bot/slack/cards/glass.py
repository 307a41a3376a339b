"""Break-glass in Slack: the dialog that makes sure, and what the card says of the review that is owed."""

from bot.core.life import quorum
from bot.core.life.break_glass import passed_over
from bot.core.people.identity import Person
from bot.core.request import ApprovalRequest
from bot.slack.cards.asked import draw_place, short_digest
from bot.slack.dialogs.fields import CONFIRM_BLOCK
from bot.slack.dialogs.reasons import Origin, draw_dialog, draw_input
from bot.slack.words import rich, texts, who
from bot.slack.words.escape import lines

CONFIRM_ACTION = "number"
_LONGEST_NUMBER = 20
_FOUND = 500


def draw_owed(request: ApprovalRequest) -> list[rich.Json]:
    """Return the review that a broken glass owes, or what came of it, as paragraphs of the card."""
    review, due = request.glass_review, request.review_due
    if due is None:
        return []
    if review is not None:
        found = rich.quote(lines(review.reason, _FOUND) or "(nothing)")
        return [
            rich.section(rich.bold("Reviewed by "), rich.who(review.by), rich.words(", "), rich.moment(review.at)),
            found,
        ]
    owed = "⚠️ Review overdue since " if request.chases else "⚠️ Review due by "
    how = rich.words(f". {texts.reviewing(request)}: ")
    return [rich.section(rich.bold(owed), rich.moment(due), how, rich.code(texts.review_command(request)))]


def draw_glass_dialog(request: ApprovalRequest, by: Person, origin: Origin, reason: str = "") -> rich.Json:
    """Return the dialog that says what will happen, and wants a reason and the request's number before it does."""
    number = request.number
    return draw_dialog(
        origin,
        (f"Break glass: #{number}", "Break the glass"),
        [
            draw_place(request, 0),
            rich.block(
                rich.section(rich.bold("🚨 You approve this alone, at once.")),
                rich.bullets(rich.section(*runs) for runs in _what_happens(request, by)),
            ),
            draw_input("Why can't this wait?", "Goes to all of them, into the thread and into the log.", reason),
            _confirmation(number),
        ],
    )


def _what_happens(request: ApprovalRequest, by: Person) -> list[list[rich.Run]]:
    rule = request.ruling.break_glass
    missing = sum(quorum.missing(request, stage) for stage in range(request.stage, len(request.ruling.stages)))
    skipped = passed_over(request, by)
    told = f" and told: {who.people(skipped, 'and')}" if skipped else ""
    within = texts.span(rule.review_within) if rule else "no time"
    return [
        [rich.words(f"{texts.approvals(missing)} still missing: everybody who would give them is passed over{told}.")],
        [rich.words("Whoever asked, and the pipeline, hear that it was an emergency.")],
        [rich.words(f"Somebody else has to review it within {within}, and is reminded until they do.")],
        [rich.words(f"Counts for revision {request.revision}, digest "), rich.code(short_digest(request))],
    ]


def _confirmation(number: int) -> rich.Json:
    return {
        "type": "input",
        "block_id": CONFIRM_BLOCK,
        "label": rich.plain(f"Type {number} to confirm"),
        "hint": rich.plain("The number of this request: so that nobody breaks the glass by a slip."),
        "element": {"type": "plain_text_input", "action_id": CONFIRM_ACTION, "max_length": _LONGEST_NUMBER},
    }
