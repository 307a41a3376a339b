"""Blocks, and the dialogs made of them. https://docs.slack.dev/reference/block-kit/blocks ."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.sandbox.blocks.elements import Accessory, ActionElement, ImageElement, InputElement
from bot.sandbox.blocks.rich_text import RichText
from bot.sandbox.blocks.text import (
    Identifier,
    Mrkdwn3000,
    Plain24,
    Plain150,
    Plain2000,
    Plain3000,
    Strict,
    Text2000,
    Text3000,
    Url,
)


class Section(Strict):
    """Text, or up to ten fields in two columns, with something beside it."""

    type: Literal["section"]
    block_id: Identifier | None = None
    text: Text3000 | None = None
    fields: Annotated[list[Text2000], Field(min_length=1, max_length=10)] | None = None
    accessory: Accessory | None = None
    expand: bool | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.text is None and self.fields is None:
            message = "must define either `text` or `fields`"
            raise ValueError(message)
        return self


class Header(Strict):
    """A headline."""

    type: Literal["header"]
    block_id: Identifier | None = None
    text: Plain150


class Context(Strict):
    """Small print."""

    type: Literal["context"]
    block_id: Identifier | None = None
    elements: Annotated[
        list[Annotated[Plain3000 | Mrkdwn3000 | ImageElement, Field(discriminator="type")]],
        Field(min_length=1, max_length=10),
    ]


class Actions(Strict):
    """A row of things to press."""

    type: Literal["actions"]
    block_id: Identifier | None = None
    elements: Annotated[list[ActionElement], Field(min_length=1, max_length=25)]


class Divider(Strict):
    """A line."""

    type: Literal["divider"]
    block_id: Identifier | None = None


class Image(Strict):
    """A picture."""

    type: Literal["image"]
    block_id: Identifier | None = None
    image_url: Url
    alt_text: Annotated[str, Field(min_length=1, max_length=2000)]
    title: Plain2000 | None = None


class Input(Strict):
    """A question."""

    type: Literal["input"]
    block_id: Identifier | None = None
    label: Plain2000
    element: InputElement
    hint: Plain2000 | None = None
    optional: bool | None = None
    dispatch_action: bool | None = None


Block = Annotated[
    Section | Header | Context | Actions | Divider | Image | Input | RichText, Field(discriminator="type")
]


class MessageBlocks(Strict):
    """A message holds at most fifty."""

    blocks: Annotated[list[Block], Field(max_length=50)]


class ViewBlocks(Strict):
    """A dialog, or a Home tab, holds at most a hundred."""

    blocks: Annotated[list[Block], Field(max_length=100)]


class Modal(ViewBlocks):
    """A dialog. https://docs.slack.dev/reference/views/modal-views ."""

    type: Literal["modal"]
    title: Plain24
    submit: Plain24 | None = None
    close: Plain24 | None = None
    private_metadata: Annotated[str, Field(max_length=3000)] | None = None
    callback_id: Annotated[str, Field(max_length=255)] | None = None
    external_id: Annotated[str, Field(max_length=255)] | None = None
    clear_on_close: bool | None = None
    notify_on_close: bool | None = None
    submit_disabled: bool | None = None

    @model_validator(mode="after")
    def _can_be_sent(self) -> Self:
        if self.submit is None and any(block.type == "input" for block in self.blocks):
            message = "missing required field: submit"
            raise ValueError(message)
        return self


class Home(ViewBlocks):
    """A Home tab: it has no title, and nothing sends it. https://docs.slack.dev/reference/views/home-tab-views ."""

    type: Literal["home"]
    private_metadata: Annotated[str, Field(max_length=3000)] | None = None
    callback_id: Annotated[str, Field(max_length=255)] | None = None
    external_id: Annotated[str, Field(max_length=255)] | None = None
