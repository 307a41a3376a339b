"""Where everything that is wrong with one file is collected, so that all of it is told at once."""

from bot.policy.reading.document import Document, Path
from bot.policy.reading.errors import PolicyError, PolicyInvalid, Position


class Sheet:
    """The errors and warnings of one file."""

    def __init__(self, file: str, document: Document) -> None:
        self.file = file
        self._document = document
        self._errors: list[PolicyError] = []
        self._warnings: list[PolicyError] = []
        self._refused: set[Path] = set()
        for fault in document.faults:
            self._refuse(fault.path, fault.position, fault.sentence)

    def refuse(self, path: Path, sentence: str) -> None:
        """Note that the value at *path* is wrong."""
        self._refuse(path, self._document.at(path), sentence)

    def refuse_key(self, path: Path, sentence: str) -> None:
        """Note that the last key of *path* is wrong, whatever its value."""
        self._refuse(path, self._document.at_key(path), sentence)

    def refuse_within(self, path: Path, line: int, column: int, sentence: str) -> None:
        """Note that the text at *path* is wrong at *line* and *column* of its own."""
        self._refuse(path, self._document.within(path, line, column), sentence)

    def refuse_in(self, file: str, position: Position, sentence: str) -> None:
        """Note that something is wrong in another *file*, which this one names."""
        self._errors.append(PolicyError(file=file, position=position, path="", sentence=sentence))

    def is_spoiled(self, path: Path) -> bool:
        """Tell whether something at or below *path* was refused, so that nothing should be made of what is missing."""
        return any(refused[: len(path)] == path for refused in self._refused)

    def warn(self, path: Path, sentence: str) -> None:
        """Note what is allowed and should be looked at twice."""
        self._warnings.append(self._line(path, self._document.at(path), sentence))

    def warnings(self) -> tuple[PolicyError, ...]:
        """Return the warnings in the file's order. Raises PolicyInvalid when there are errors."""
        if self._errors:
            raise PolicyInvalid(sorted(set(self._errors), key=_order))
        return tuple(sorted(set(self._warnings), key=_order))

    def _refuse(self, path: Path, position: Position, sentence: str) -> None:
        self._refused.add(path)
        self._errors.append(self._line(path, position, sentence))

    def _line(self, path: Path, position: Position, sentence: str) -> PolicyError:
        return PolicyError(file=self.file, position=position, path=".".join(map(str, path)), sentence=sentence)


def _order(error: PolicyError) -> tuple[bool, str, int, int, str]:
    """Put this file's own lines first: those of the files it names have no path."""
    position = error.position or Position(line=0, column=0)
    elsewhere = error.file if not error.path else ""
    return (bool(elsewhere), elsewhere, position.line, position.column, error.sentence)
