"""Where in the code of whoever is tested a failure was raised: the top frame of what it printed."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_LINES = 400
_LEFT_OUT = re.compile(r"…? ?\(\d+ characters and more left out\)|\(cut\)$")

_PYTHON = re.compile(r'File "([^"]{1,400})", line \d{1,9}, in (\S{1,200})')
_PYTEST = re.compile(r"([^\s:]{1,400}\.py):\d{1,9}: (?:in (\S{1,200})|[A-Z]\w{0,100}\b)?")
_JAVA = re.compile(r"at (?:[\w.@-]{1,100}/{1,2})?([\w$./]{1,400})\([\w$]{1,200}\.(?:java|kt|scala|groovy):\d{1,9}\)")
_DOTNET = re.compile(r"at ([\w.`<>+]{1,400})\([^)]{0,400}\)(?: in [^\n]{1,400}:line \d{1,9})?$")
_SCRIPT = re.compile(
    r"at (?:(?:async |new )?([\w.$<>\[\] ]{1,200}) \()?(?:file://)?([^\s()]{1,400}?):\d{1,9}:\d{1,9}\)?$"
)
_PLACE = re.compile(r"([^\s:()]{1,400}\.(?:go|rs|rb|php|exs?|swift|c|cc|cpp|h|hpp|py|[jt]sx?|[cm][jt]s)):\d{1,9}\b")

_LIBRARY = re.compile(
    r"""site-packages|dist-packages|[/\\]lib[/\\]python\d|<frozen |_pytest|pluggy|[/\\]unittest[/\\]
      | node_modules|^node:|(?:^|[/\\])internal[/\\] | [/\\]go[/\\]src[/\\]|[/\\]pkg[/\\]mod[/\\]|(?:^|/)testing\.go$
      | ^(?:java|javax|jdk|sun|kotlin|scala|groovy|com\.sun|org\.junit|junit|org\.testng|org\.hamcrest|org\.assertj
          |org\.mockito|org\.gradle|org\.apache\.maven|org\.opentest4j)\.
      | ^(?:System|Microsoft|Xunit|NUnit|FluentAssertions|Moq|Shouldly)\.
      | [/\\]rustc[/\\]|[/\\]gems[/\\]""",
    re.VERBOSE,
)
_TEMPORARY = re.compile(r"[/\\](?:tmp|temp|var[/\\]folders|pytest-of-[^/\\]*)[/\\]", re.IGNORECASE)
_GENERATED = re.compile(r"\$\$[\w$/]*|\$\d+|[.-][0-9a-f]{6,}(?=\.)")
"""Names that compilers and bundlers make up: ``Pay$$Lambda$14/0x0800``, ``Pay$1``, ``main.3f2a1b.js``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Frame:
    place: str
    function: str = ""

    def words(self) -> str:
        parts = re.split(r"[/\\]", self.place)
        name = "/".join(parts[-1:] if _TEMPORARY.search(self.place) else parts[-2:])
        return _GENERATED.sub("", f"{name} {self.function}".strip())


def top_frame(detail: str) -> str:
    """Return file and function of the top frame outside of libraries, without its line; empty when none is seen.

    Python prints it last, everybody else first.
    """
    frames = list(_frames(detail))
    own = [frame for frame in frames if not _LIBRARY.search(frame.place)] or frames
    if not own:
        return ""
    return (own[-1] if _is_python(own[-1]) else own[0]).words()


def said(detail: str) -> str:
    """Return the line of *detail* that says what went wrong: the first that is no frame and not indented."""
    lines = [line for line in _whole_lines(detail) if line.strip()]
    spoken = (line for line in lines if not line[0].isspace() and _frame(line) is None)
    return next((line for line in spoken if not line.startswith("Traceback (")), lines[0] if lines else "")


def _frames(detail: str) -> Iterator[_Frame]:
    return (frame for frame in map(_frame, _whole_lines(detail)) if frame is not None)


def _frame(line: str) -> _Frame | None:
    words = line.lstrip()
    if words.startswith("at "):
        return _called(words)
    if found := _PYTHON.match(words) if words.startswith("File ") else _PYTEST.match(words):
        return _Frame(place=found[1], function=found[2] or "")
    found = _PLACE.match(words)
    return None if found is None else _Frame(place=found[1])


def _called(words: str) -> _Frame | None:
    if found := _JAVA.match(words) or _DOTNET.match(words):
        return _Frame(place=found[1])
    found = _SCRIPT.match(words)
    return None if found is None else _Frame(place=found[2], function=(found[1] or "").strip())


def _is_python(frame: _Frame) -> bool:
    return frame.place.endswith(".py")


def _whole_lines(detail: str) -> list[str]:
    """Return the lines that are there from their start to their end: a mark stands where some were cut out."""
    lines = detail.splitlines()[:_LINES]
    cuts = {index for index, line in enumerate(lines) if _LEFT_OUT.search(line)}
    return [line for index, line in enumerate(lines) if not cuts & {index - 1, index, index + 1}]
