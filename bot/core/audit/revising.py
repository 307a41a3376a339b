"""What a revision may change as the log tells it, and what it says of that."""

from bot.core.audit.life import Broken, Entry, Life

_KEPT = ("source", "title", "action", "service", "environment", "lane", "requester", "triggerer", "callback")


def require_same(life: Life, entry: Entry) -> None:
    """Raise Broken unless its source asks for the same, of the same people, and says truly what is different."""
    before, now, actor = life.terms, entry["detail"], entry["actor"]
    if actor["via"] != "api" or actor["name"] != before["source"]:
        raise Broken("it was revised by somebody who did not ask for it")
    for name in _KEPT:
        if before.get(name) != now.get(name):
            raise Broken(f"a revision asks for another {name}, which is another request")
    if any(author not in now["authors"] for author in before["authors"]):
        raise Broken("a revision forgets somebody who wrote part of it")
    if now["voided"] != sum(len(stage) for stage in life.counted):
        raise Broken("it says how many approvals are void, and there were others")
    _require_true(before, now, life.revision)


def _require_true(before: Entry, now: Entry, revision: int) -> None:
    """Compare what it says has changed with what it asks and what was asked."""
    said, tests = now["changed"], (before["tests"], now["tests"])
    commit = [before["commit"], now["commit"]]
    expected = {
        "since": revision,
        "commit": commit if commit[0] != commit[1] else None,
        "failed": [side["failed"] for side in tests],
        "total": [side["total"] for side in tests],
        "incomplete": [bool(side["incomplete"]) for side in tests],
    }
    if any(said[name] != value for name, value in expected.items()):
        raise Broken("what it says has changed is not what did")
