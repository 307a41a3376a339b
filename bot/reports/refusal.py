"""The one way a report is refused."""


class ReportUnreadable(Exception):
    """A report nothing can be learnt from; ``sentence`` says what to change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Damaged(Exception):
    """What a reader says of such a report: words for a sentence that starts with the report's name."""
