"""Rich text: what is in it stays text, so it is where untrusted words go."""

from typing import Annotated, Literal

from pydantic import Field

from bot.sandbox.blocks.text import Identifier, Strict, Url

NonEmpty = Annotated[str, Field(min_length=1)]


class RichStyle(Strict):
    """How a run of text looks."""

    bold: bool | None = None
    italic: bool | None = None
    strike: bool | None = None
    code: bool | None = None
    underline: bool | None = None


class RichRun(Strict):
    """A run of plain text."""

    type: Literal["text"]
    text: NonEmpty
    style: RichStyle | None = None


class RichLink(Strict):
    """A link; without ``text`` it shows its address."""

    type: Literal["link"]
    url: Url
    text: str | None = None
    unsafe: bool | None = None
    style: RichStyle | None = None


class RichUser(Strict):
    """A mention of a person."""

    type: Literal["user"]
    user_id: Identifier
    style: RichStyle | None = None


class RichUserGroup(Strict):
    """A mention of a user group."""

    type: Literal["usergroup"]
    usergroup_id: Identifier
    style: RichStyle | None = None


class RichChannel(Strict):
    """A link to a channel."""

    type: Literal["channel"]
    channel_id: Identifier
    style: RichStyle | None = None


class RichEmoji(Strict):
    """An emoji by its name."""

    type: Literal["emoji"]
    name: NonEmpty
    unicode: str | None = None


class RichBroadcast(Strict):
    """Everybody, at once."""

    type: Literal["broadcast"]
    range: Literal["here", "channel", "everyone"]


class RichDate(Strict):
    """A time, shown in the reader's zone."""

    type: Literal["date"]
    timestamp: int
    format: NonEmpty
    url: Url | None = None
    fallback: str | None = None
    style: RichStyle | None = None


Inline = Annotated[
    RichRun | RichLink | RichUser | RichUserGroup | RichChannel | RichEmoji | RichBroadcast | RichDate,
    Field(discriminator="type"),
]
Preformatted = Annotated[RichRun | RichLink, Field(discriminator="type")]
Border = Annotated[int, Field(ge=0, le=1)]


class RichSection(Strict):
    """A paragraph."""

    type: Literal["rich_text_section"]
    elements: list[Inline]


class RichQuote(Strict):
    """A quotation."""

    type: Literal["rich_text_quote"]
    elements: list[Inline]
    border: Border | None = None


class RichPreformatted(Strict):
    """A block of code."""

    type: Literal["rich_text_preformatted"]
    elements: list[Preformatted]
    border: Border | None = None
    language: str | None = None


class RichList(Strict):
    """A list; every item is a paragraph."""

    type: Literal["rich_text_list"]
    style: Literal["bullet", "ordered"]
    elements: list[RichSection]
    indent: Annotated[int, Field(ge=0, le=8)] | None = None
    offset: Annotated[int, Field(ge=0)] | None = None
    border: Border | None = None


RichElement = Annotated[RichSection | RichQuote | RichPreformatted | RichList, Field(discriminator="type")]


class RichText(Strict):
    """The block itself."""

    type: Literal["rich_text"]
    block_id: Identifier | None = None
    elements: Annotated[list[RichElement], Field(min_length=1)]
