"""XML in, elements one by one: the one module that knows lxml, set up so that no report reaches out or blows up."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# (the two lines above: lxml is unannotated; what leaves this module are elements, looked at by the readers beside it)

import io
import re
from dataclasses import dataclass
from typing import Any, Protocol

from lxml import etree

from bot.reports.findings import Findings
from bot.reports.refusal import Damaged

MAX_TAGS = 1_500_000
"""Opening and closing tags in a document: what bounds memory (200 000 failed cases with output have 1.2 million)."""

_HOARDING = re.compile(rb"<[^!?<>\"']*+(?:(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+){200}")
"""An element with 200 attributes: no report has one, and a million of them cost libxml2 300 MB."""

_PIECE = 256 * 1024
_MAX_DIGITS = 9
_LONGEST_TAG = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What of a format is told of: suites, cases (whose insides are kept until they end) and results beside them."""

    suites: tuple[str, ...]
    case: str
    results: tuple[str, ...] = ()

    @property
    def tags(self) -> tuple[str, ...]:
        """Return all of these, in any namespace or none."""
        return tuple(f"{{*}}{tag}" for tag in (*self.suites, self.case, *self.results))


class Watch(Protocol):
    """What looks at a report as elements begin and end.

    An element has its attributes from the beginning, is complete when it ends, and gone after that.
    """

    def begin(self, tag: str, element: Any, depth: int) -> None:  # noqa: ANN401 - lxml's elements have no type
        """Look at what begins inside *depth* cases."""

    def end(self, tag: str, element: Any, depth: int) -> None:  # noqa: ANN401 - as above
        """Look at what ends inside *depth* cases."""


class Pass(Watch, Protocol):
    """One walk of a reader through a report."""

    def judge(self) -> None:
        """Hold what was found against what the report says of itself; everything has been looked at."""


def root_of(content: bytes) -> str:
    """Return the name of the first element. Raises Damaged when there is none, or when it is made to exhaust us."""
    _refuse_hoards(content)
    source = _parser(content, None, ("start",))
    try:
        for _, element in source:
            _refuse_doctype(element)
            return _plain_name(element)
    except etree.XMLSyntaxError as error:
        raise Damaged(f"is not XML: {_words(error.msg)}") from error
    raise Damaged("has a DOCTYPE; remove it" if b"<!DOCTYPE" in content else f"is not XML: {_damage(source)}")


def glance(content: bytes, shape: Shape, watch: Watch) -> str | None:
    """Let *watch* look at everything; return what is damaged about the document, or None. Raises Damaged."""
    source = _parser(content, shape.tags, ("start", "end"))
    try:
        _run(source, shape, watch)
    except etree.XMLSyntaxError as error:
        raise Damaged(f"is not XML: {_words(error.msg)}") from error
    return _damage(source)


def walk(content: bytes, shape: Shape, pass_: Pass, findings: Findings) -> None:
    """Let *pass_* look at everything and judge; *findings* gets a doubt where the document is damaged. Raises Damaged.

    libxml2 itself refuses more than 256 levels, texts of 10 MB and unfolding entities; after an error it reads on as
    well as it can, and the first error is the damage. A document without a readable test is refused.
    """
    damage = glance(content, shape, pass_)
    if damage and not findings.tally.total:
        raise Damaged(f"is damaged and holds no readable test: {damage}")
    if damage:
        findings.doubt(f"damaged, read as far as possible: {damage}")
    pass_.judge()


def text_of(element: Any, path: str) -> str:  # noqa: ANN401 - lxml's elements have no type
    """Return the text of the first element at *path* below; empty when there is none."""
    return element.findtext(path) or ""


def count_of(element: Any, name: str) -> int | None:  # noqa: ANN401 - as above
    """Return the count in the attribute called *name*; None when there is none, or it is no count."""
    return count_in(element.get(name))


def count_in(text: str | None) -> int | None:
    """Return the count that *text* is, or None."""
    if text is None or not text.strip().isascii() or not text.strip().isdecimal() or len(text) > _MAX_DIGITS:
        return None
    return int(text)


def _parser(content: bytes, tags: tuple[str, ...] | None, events: tuple[str, ...]) -> Any:  # noqa: ANN401 - lxml's iterparse has no type
    return etree.iterparse(
        io.BytesIO(content),
        events=events,
        tag=tags,
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_hoards(content: bytes) -> None:
    """Refuse what would take more memory than it is worth; piece by piece, so that others have their turn."""
    starts = range(0, len(content), _PIECE)
    if content.count(b"<") > MAX_TAGS or any(
        _HOARDING.search(content, start, start + _PIECE + _LONGEST_TAG) for start in starts
    ):
        raise Damaged("holds too many tags or attributes; send it in several reports")


def _run(source: Any, shape: Shape, watch: Watch) -> None:  # noqa: ANN401 - as above
    """Tell of what begins and ends. Inside a case nothing is freed: what it says may stand before what ended.

    A report has 200 000 cases, so this is written to be quick: names are looked up, not made anew.
    """
    depth, names = 0, dict[str, str]()
    for event, element in source:
        raw = element.tag
        if not names:
            _refuse_doctype(element)
        tag = names.get(raw)
        if tag is None:
            tag = names[raw] = _plain_name(element)
        if event == "start":
            watch.begin(tag, element, depth)
            depth += tag == shape.case
            continue
        if tag == shape.case:
            depth -= 1
            if not depth and (len(element) or raw != tag):
                _drop_namespaces(element)
        watch.end(tag, element, depth)
        if not depth and tag not in shape.results:
            _free(element)


def _refuse_doctype(element: Any) -> None:  # noqa: ANN401 - lxml's elements have no type
    if element.getroottree().docinfo.doctype:
        raise Damaged("has a DOCTYPE; remove it")


def _drop_namespaces(case: Any) -> None:  # noqa: ANN401 - as above
    """Leave plain names, the only ones the readers know; what has two colons is none of ours."""
    for element in case.iter():
        if element.tag[:1] == "{" and ":" not in (name := _plain_name(element)):
            element.tag = name


def _free(element: Any) -> None:  # noqa: ANN401 - as above
    """Let go of what has ended, and of everything before it, so that memory doesn't grow with the report."""
    parent = element.getparent()
    element.clear()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _damage(source: Any) -> str | None:  # noqa: ANN401 - as above
    """Return the first thing that went wrong with something in it missing for it, or None.

    Not an undeclared prefix, which writers of reports often leave.
    """
    entries = (e for e in source.error_log if e.level_name == "FATAL" or e.type_name == "NS_ERR_QNAME")
    first = next(entries, None)
    return None if first is None else f"{_words(first.message)} (line {first.line})"


def _plain_name(element: Any) -> str:  # noqa: ANN401 - as above
    """Return its name without the namespace. Not by QName, which raises for names that only recovery lets in."""
    return element.tag.rpartition("}")[2]


def _words(message: str | None) -> str:
    return " ".join((message or "unknown error").split())[:200]
