"""The one way the core says no, and the two ways in which the house can't answer at all."""

from datetime import timedelta
from enum import StrEnum


class Refusal(StrEnum):
    """Why something was refused, for machines; the sentence beside it is for people."""

    NOT_FOUND = "not_found"
    NOT_OPEN = "not_open"
    TOO_LATE = "too_late"
    TOO_EARLY = "too_early"
    STALE = "stale"
    NOT_ELIGIBLE = "not_eligible"
    FORBIDDEN = "forbidden"
    ALREADY_REVIEWED = "already_reviewed"
    REASON_REQUIRED = "reason_required"
    CATEGORY_REQUIRED = "category_required"
    CONDITION_REQUIRED = "condition_required"
    WAITING_FOR_INFO = "waiting_for_info"
    REPLAYED = "replayed"
    KEY_REUSED = "key_reused"
    NOTHING_LEFT = "nothing_left"
    TOO_MANY = "too_many"
    OUT_OF_RANGE = "out_of_range"
    TICKET_REQUIRED = "ticket_required"
    TOO_OFTEN = "too_often"
    UNCONFIRMED = "unconfirmed"
    FROZEN = "frozen"
    INCOMPLETE = "incomplete"
    SETTLED = "settled"
    NOT_HERE = "not_here"
    UNPROVEN = "unproven"
    BOUND = "bound"


class Refused(Exception):
    """A domain "no". Raising it changes nothing; its sentence is written for the person who asked.

    ``handlers/refusals.py`` is the only place that turns it into an answer. With ``retry_after``, the same may be asked
    again after so long. It ``is_noted`` once it stands in the log, so that it is written there once.
    """

    def __init__(self, code: Refusal, sentence: str, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
        self.retry_after = retry_after
        self.is_noted = False


class TakenBefore(Refused):
    """A "no" only because the very same was taken lately: whoever sent it again is not told otherwise than at first."""


class Doubted(Refused):
    """A "no" only because nobody can tell just now: what it hangs on could not be looked up."""


class Unavailable(Exception):
    """The house can't do it just now. No "no": nothing was written, and asking again may well work.

    Its words are for the log; ``handlers/refusals.py`` has those for whoever asked.
    """


class PerhapsWritten(Unavailable):
    """Nobody knows whether it was written: whoever asked has to look before they ask again."""
