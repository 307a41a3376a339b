"""When something that failed is tried again, and when it no longer is."""

from datetime import timedelta

CALLBACK_SCHEDULE = (
    timedelta(),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait before each attempt at a callback (contract, "Callbacks")."""

SLACK_PATIENCE = timedelta(hours=75)
"""How long something for Slack is tried: as long as a callback."""

FEWEST_ATTEMPTS = 10
"""How often it is tried at least."""

WHISPER_PATIENCE = timedelta(minutes=2)
"""How long somebody who clicked can still make sense of the answer."""

REPLY_PATIENCE = timedelta(hours=1)
"""How long somebody who wrote to the bot, or to others of a request, still wants to know."""

_FIRST, _LONGEST = timedelta(seconds=1), timedelta(minutes=5)
_DOUBLINGS = 9  # 1 s doubled nine times is past the longest wait


def delay(attempts: int, chance: float) -> timedelta:
    """Return how long to wait after *attempts* failures: doubling, and by *chance* (0 to 1) down to half of it.

    The spread keeps a thousand rows that failed together from coming back together.
    """
    whole = min(_FIRST * 2 ** min(attempts - 1, _DOUBLINGS), _LONGEST)
    return whole * (1 - chance / 2)


def callback_delay(attempts: int, chance: float) -> timedelta | None:
    """Return how long to wait after *attempts* at a callback, up to a tenth longer by *chance*; None: no more."""
    if attempts >= len(CALLBACK_SCHEDULE):
        return None
    return CALLBACK_SCHEDULE[attempts] * (1 + chance / 10)
