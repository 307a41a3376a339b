"""Text objects. A subclass differs in length only. https://docs.slack.dev/reference/block-kit/composition-objects ."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Nothing unknown, nothing converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Identifier = Annotated[str, Field(min_length=1, max_length=255)]
Url = Annotated[str, Field(min_length=1, max_length=3000, pattern=r"^(https?|mailto):")]


class Plain3000(Strict):
    """Text shown as it is."""

    type: Literal["plain_text"]
    text: Annotated[str, Field(min_length=1, max_length=3000)]
    emoji: bool | None = None


class Plain2000(Plain3000):
    """Labels and hints of inputs, fields of sections."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Plain300(Plain3000):
    """The question of a confirmation."""

    text: Annotated[str, Field(min_length=1, max_length=300)]


class Plain150(Plain3000):
    """Headers and placeholders."""

    text: Annotated[str, Field(min_length=1, max_length=150)]


class Plain100(Plain3000):
    """The title of a confirmation."""

    text: Annotated[str, Field(min_length=1, max_length=100)]


class Plain75(Plain3000):
    """Buttons and options."""

    text: Annotated[str, Field(min_length=1, max_length=75)]


class Plain30(Plain3000):
    """The two buttons of a confirmation."""

    text: Annotated[str, Field(min_length=1, max_length=30)]


class Plain24(Plain3000):
    """Title and buttons of a dialog."""

    text: Annotated[str, Field(min_length=1, max_length=24)]


class Mrkdwn3000(Strict):
    """Text in Slack's own markup."""

    type: Literal["mrkdwn"]
    text: Annotated[str, Field(min_length=1, max_length=3000)]
    verbatim: bool | None = None


class Mrkdwn2000(Mrkdwn3000):
    """Fields of sections."""

    text: Annotated[str, Field(min_length=1, max_length=2000)]


class Mrkdwn75(Mrkdwn3000):
    """What stands beside a box to tick."""

    text: Annotated[str, Field(min_length=1, max_length=75)]


class Mrkdwn300(Mrkdwn3000):
    """The question of a confirmation."""

    text: Annotated[str, Field(min_length=1, max_length=300)]


Text3000 = Annotated[Plain3000 | Mrkdwn3000, Field(discriminator="type")]
Text2000 = Annotated[Plain2000 | Mrkdwn2000, Field(discriminator="type")]
Text75 = Annotated[Plain75 | Mrkdwn75, Field(discriminator="type")]
Text300 = Annotated[Plain300 | Mrkdwn300, Field(discriminator="type")]
