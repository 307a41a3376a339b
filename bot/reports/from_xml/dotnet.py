"""What the three formats of .NET have in common: how tests are named, and where a stack says that it failed."""

import re

from bot.reports.case import Case, Result, named

_PLACE = re.compile(r"\) \w+ (.+?):\w+ (\d{1,7})\s*$", re.MULTILINE)
"""``   at Acme.PayTests.Refunds() in /app/PayTests.cs:line 41``, in the language of the machine it ran on."""


def named_in(owner: str, name: str) -> str:
    """Return the id of a test whose name may begin with the class that it is in."""
    return named(owner, name.removeprefix(f"{owner}.") if owner else name)


def failed(id_: str, message: str, stack: str, suite: str) -> Case:
    """Return a test that failed; the first line of the stack that has a place is where."""
    place = _PLACE.search(stack)
    return Case(
        id=id_,
        result=Result.FAILED,
        problems=1,
        message=message,
        detail=f"{message.rstrip()}\n{stack}".strip("\r\n"),
        file=place[1] if place else None,
        line=int(place[2]) if place else None,
        suite=suite,
    )
