"""Whether a request was really overtaken, as the log tells it: whoever took over came later, and in the same lane."""

from collections.abc import Mapping

from bot.core.audit.life import Broken, Entry, Life


def succeed(life: Life, entry: Entry, lives: Mapping[str, Life]) -> None:
    """Remember the lane that *life* runs in; when it was overtaken, look at who did it. Raises Broken.

    Their numbers say nothing of who came first: of two replicas either may draw the lower one and write last.
    """
    match entry["event"]:
        case "request.submitted":
            life.place, life.lane = entry["seq"], (entry["detail"]["source"], entry["detail"]["lane"])
        case "request.revised":
            life.lane = (entry["detail"]["source"], entry["detail"]["lane"])
        case "request.superseded":
            _require_newer(life, lives.get(entry["detail"]["superseded_by"]))
        case _:
            pass


def _require_newer(life: Life, newer: Life | None) -> None:
    if newer is None:
        raise Broken("what took over was never asked for")
    if newer.place <= life.place:
        raise Broken("what took over had been asked for before")
    if newer.lane != life.lane or life.lane[1] is None:
        raise Broken("what took over runs in another lane")
    if newer.state == "rejected":
        raise Broken("what took over was rejected: nothing did")
