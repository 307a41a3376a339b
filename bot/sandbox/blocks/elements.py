"""What people press and fill in. https://docs.slack.dev/reference/block-kit/block-elements ."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from bot.sandbox.blocks.text import Identifier, Plain30, Plain75, Plain100, Plain150, Strict, Text75, Text300, Url

Style = Literal["primary", "danger"]


class Confirm(Strict):
    """The question asked before an action is sent."""

    title: Plain100
    text: Text300
    confirm: Plain30
    deny: Plain30
    style: Style | None = None


class Button(Strict):
    """A button; one with a ``url`` opens it and is sent all the same."""

    type: Literal["button"]
    text: Plain75
    action_id: Identifier | None = None
    value: Annotated[str, Field(max_length=2000)] | None = None
    url: Url | None = None
    style: Style | None = None
    confirm: Confirm | None = None
    accessibility_label: Annotated[str, Field(min_length=1, max_length=75)] | None = None


class Option(Strict):
    """One choice."""

    text: Plain75
    value: Annotated[str, Field(min_length=1, max_length=150)]
    description: Plain75 | None = None


class MenuOption(Option):
    """One choice of a menu behind three dots; one with a ``url`` opens it and is sent all the same."""

    url: Url | None = None


class BoxOption(Strict):
    """A choice beside a box; unlike in a select, its words may be marked up."""

    text: Text75
    value: Annotated[str, Field(min_length=1, max_length=150)]
    description: Text75 | None = None


class OptionGroup(Strict):
    """Choices under a heading."""

    label: Plain75
    options: Annotated[list[Option], Field(min_length=1, max_length=100)]


class StaticSelect(Strict):
    """A choice of one."""

    type: Literal["static_select"]
    action_id: Identifier | None = None
    placeholder: Plain150 | None = None
    options: Annotated[list[Option], Field(min_length=1, max_length=100)] | None = None
    option_groups: Annotated[list[OptionGroup], Field(min_length=1, max_length=100)] | None = None
    initial_option: Option | None = None
    confirm: Confirm | None = None
    focus_on_load: bool | None = None

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if (self.options is None) == (self.option_groups is None):
            message = "must define either `options` or `option_groups`"
            raise ValueError(message)
        if self.initial_option is not None and self.initial_option not in self.choices():
            message = "`initial_option` must match one of the options"
            raise ValueError(message)
        return self

    def choices(self) -> list[Option]:
        """Return every option, whatever group it stands in."""
        grouped = [option for group in self.option_groups or [] for option in group.options]
        return [*(self.options or []), *grouped]


class Overflow(Strict):
    """A menu behind three dots, of at most five. Slack's documentation once said at least two; it takes one."""

    type: Literal["overflow"]
    action_id: Identifier | None = None
    options: Annotated[list[MenuOption], Field(min_length=1, max_length=5)]
    confirm: Confirm | None = None


class UsersSelect(Strict):
    """A choice of one of the workspace's people."""

    type: Literal["users_select"]
    action_id: Identifier | None = None
    placeholder: Plain150 | None = None
    initial_user: Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{2,20}$")] | None = None
    confirm: Confirm | None = None
    focus_on_load: bool | None = None


class DatetimePicker(Strict):
    """A day and a time, in the reader's own zone; what is initially chosen is in seconds since 1970, ten digits."""

    type: Literal["datetimepicker"]
    action_id: Identifier | None = None
    initial_date_time: Annotated[int, Field(ge=1_000_000_000, le=9_999_999_999)] | None = None
    confirm: Confirm | None = None
    focus_on_load: bool | None = None


class Checkboxes(Strict):
    """A choice of any, of at most ten."""

    type: Literal["checkboxes"]
    action_id: Identifier | None = None
    options: Annotated[list[BoxOption], Field(min_length=1, max_length=10)]
    initial_options: Annotated[list[BoxOption], Field(min_length=1, max_length=10)] | None = None
    confirm: Confirm | None = None
    focus_on_load: bool | None = None

    @model_validator(mode="after")
    def _chosen_of_them(self) -> Self:
        if any(option not in self.options for option in self.initial_options or []):
            message = "`initial_options` must match some of the options"
            raise ValueError(message)
        return self


class DispatchConfig(Strict):
    """When a text input tells the app at once."""

    trigger_actions_on: Annotated[
        list[Literal["on_enter_pressed", "on_character_entered"]], Field(min_length=1, max_length=2)
    ]


class PlainTextInput(Strict):
    """A line, or with ``multiline`` a box."""

    type: Literal["plain_text_input"]
    action_id: Identifier | None = None
    initial_value: Annotated[str, Field(max_length=3000)] | None = None
    multiline: bool | None = None
    min_length: Annotated[int, Field(ge=0, le=3000)] | None = None
    max_length: Annotated[int, Field(ge=1, le=3000)] | None = None
    dispatch_action_config: DispatchConfig | None = None
    focus_on_load: bool | None = None
    placeholder: Plain150 | None = None

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.min_length is not None and self.max_length is not None and self.min_length > self.max_length:
            message = "`min_length` must not be greater than `max_length`"
            raise ValueError(message)
        return self


class ImageElement(Strict):
    """A small picture in a section or a context."""

    type: Literal["image"]
    image_url: Url
    alt_text: Annotated[str, Field(min_length=1, max_length=2000)]


InputElement = Annotated[
    PlainTextInput | StaticSelect | UsersSelect | DatetimePicker | Checkboxes, Field(discriminator="type")
]
ActionElement = Annotated[
    Button | StaticSelect | Overflow | UsersSelect | DatetimePicker | Checkboxes, Field(discriminator="type")
]
Accessory = Annotated[
    Button | StaticSelect | Overflow | UsersSelect | Checkboxes | ImageElement, Field(discriminator="type")
]
