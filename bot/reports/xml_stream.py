"""XML in, elements one by one: the one module that knows lxml, set up so that no report reaches out or blows up."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportMissingTypeStubs=false, reportAttributeAccessIssue=false
# (the five above: lxml is unannotated; what leaves this module is Step)

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lxml import etree

MAX_TAGS = 1_500_000
"""Opening and closing tags in a document: what bounds memory (200 000 failed cases with output have 1.2 million)."""

_RESULTS = ("failure", "error")
_TAGS = tuple(f"{{*}}{tag}" for tag in ("testsuites", "testsuite", "testcase", *_RESULTS))
_HOARDING = re.compile(rb"<[^!?<>\"']*+(?:(?:\"[^\"<]*+\"|'[^'<]*+')[^<>\"']*+){200}")
"""An element with 200 attributes: no report has one, and a million of them cost libxml2 300 MB."""


class Damaged(Exception):
    """Not XML that we read at all; the words are for a sentence that starts with the report's name."""


@dataclass(frozen=True, slots=True)
class Step:
    """One element that begins or ends. ``element`` is complete only at the end, and gone after that."""

    begins: bool
    tag: str
    element: Any

    @property
    def attributes(self) -> dict[str, str]:
        """Return its attributes; they are there from the beginning."""
        return dict(self.element.attrib)

    @property
    def is_in_case(self) -> bool:
        """Tell whether it stands inside a test case."""
        return any(_plain_name(around) == "testcase" for around in self.element.iterancestors())


@dataclass(slots=True)
class Reading:
    """A document while it is read; ``damage`` is known when it is through."""

    content: bytes
    root: str = ""
    damage: str | None = None

    def steps(self) -> Iterator[Step]:
        """Yield suites, cases and results as they begin and end; what has ended is freed.

        libxml2 itself refuses more than 256 levels, texts of 10 MB and unfolding entities; after an error it reads on
        as well as it can, and the first error is the damage. Raises Damaged for what is no XML, for a DOCTYPE, and for
        documents made to exhaust memory.
        """
        if self.content.count(b"<") > MAX_TAGS or _HOARDING.search(self.content):
            raise Damaged("holds too many tags or attributes; send it in several reports")
        source = etree.iterparse(
            io.BytesIO(self.content),
            events=("start", "end"),
            tag=_TAGS,
            recover=True,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            dtd_validation=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            yield from _walk(source)
        except etree.XMLSyntaxError as error:
            raise Damaged(f"is not XML: {_words(error.msg)}") from error
        first = next((entry for entry in source.error_log if _is_damage(entry)), None)
        self.damage = None if first is None else f"{_words(first.message)} (line {first.line})"
        if source.root is None:
            raise Damaged("has a DOCTYPE; remove it" if b"<!DOCTYPE" in self.content else f"is not XML: {self.damage}")
        _refuse_doctype(source.root)
        self.root = _plain_name(source.root)


def _walk(source: Any) -> Iterator[Step]:  # noqa: ANN401 - lxml's iterparse has no type
    is_first = True
    for event, element in source:
        if is_first:
            _refuse_doctype(element)
            is_first = False
        tag = _plain_name(element)
        if event == "end" and tag == "testcase":
            _drop_namespaces(element)
        yield Step(event == "start", tag, element)
        if event == "end" and tag not in _RESULTS:
            _free(element)


def _refuse_doctype(element: Any) -> None:  # noqa: ANN401 - lxml's elements have no type
    if element.getroottree().docinfo.doctype:
        raise Damaged("has a DOCTYPE; remove it")


def _drop_namespaces(case: Any) -> None:  # noqa: ANN401 - as above
    """Leave plain names, the only ones the reader above knows; what has two colons is none of ours."""
    for element in case.iter():
        if element.tag[:1] == "{" and ":" not in (name := _plain_name(element)):
            element.tag = name


def _free(element: Any) -> None:  # noqa: ANN401 - as above
    """Let go of what has ended, and of everything before it, so that memory doesn't grow with the report.

    Not inside a case: what a case says of itself may stand before the thing that ended.
    """
    parent = element.getparent()
    if parent is not None and _plain_name(parent) == "testcase":
        return
    element.clear()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _is_damage(entry: Any) -> bool:  # noqa: ANN401 - as above
    """Tell whether something may be missing: not for an undeclared prefix, which writers of reports often leave."""
    return entry.level_name == "FATAL" or entry.type_name == "NS_ERR_QNAME"


def _plain_name(element: Any) -> str:  # noqa: ANN401 - as above
    """Return its name without the namespace. Not by QName, which raises for names that only recovery lets in."""
    return element.tag.rpartition("}")[2]


def _words(message: str | None) -> str:
    return " ".join((message or "unknown error").split())[:200]
