"""The one way the core says no."""

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
    WAITING_FOR_INFO = "waiting_for_info"
    REPLAYED = "replayed"
    KEY_REUSED = "key_reused"


class Refused(Exception):
    """A domain "no". Raising it changes nothing; its sentence is written for the person who asked.

    ``handlers/refusals.py`` is the only place that turns it into an answer.
    """

    def __init__(self, code: Refusal, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence
