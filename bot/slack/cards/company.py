"""What a card says of those who share it: all their numbers, so that nobody is answered whom it did not name."""

from bot.core.view import RequestView
from bot.slack.words import rich


def others_named(view: RequestView) -> tuple[int, ...]:
    """Return the numbers of those whom a click on this card answers, too; on that of one who follows: nobody."""
    return tuple(companion.number for companion in view.company) if view.request.leader is None else ()


def numbers(view: RequestView) -> str:
    """Return ``3 requests: #12, #14, #15``; at most fifty share a card, so all of them have room."""
    all_of_them = sorted([view.request.number, *(companion.number for companion in view.company)])
    return f"{len(all_of_them)} requests: {', '.join(f'#{number}' for number in all_of_them)}"


def draw_company(view: RequestView) -> list[rich.Json]:
    """Say who shares the card, and for whom an answer counts; nothing for a request that is alone."""
    if not view.company:
        return []
    words = ". "
    if view.request.leader is not None:
        words += f"They share a card; answered here, #{view.request.number} alone is."
    elif view.request.state.is_open:
        words += f"They ask for the same; one answer counts for each. Links are #{view.request.number}'s."
    else:
        words += "They asked for the same and ended alike."
    return [rich.block(rich.section(rich.bold(numbers(view)), rich.words(words)))]


def draw_whose_output(view: RequestView) -> list[rich.Json]:
    """Say whose tests printed what Details shows: those who share a card failed alike, but each printed its own."""
    if not view.company or view.request.leader is not None:
        return []
    words = f"The same tests failed for all of them; what they printed is shown of #{view.request.number}. "
    return [rich.block(rich.section(rich.words(words), rich.code("/jit show N"), rich.words(" leads to the others'.")))]
