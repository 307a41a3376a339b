"""What all answers have in common, and whoever they name, as models."""

from pydantic import BaseModel, ConfigDict


class Answered(BaseModel):
    """What all answers have in common: nothing is in them that is not written here."""

    model_config = ConfigDict(extra="forbid")


class Who(Answered):
    """Somebody or something that acted; ``person`` is null for a machine."""

    name: str
    person: str | None
    slack_id: str | None
    email: str | None


class PersonAnswered(Answered):
    """A person a request names; ``person`` is who the policy knows them as."""

    person: str
    email: str | None
    slack_id: str | None
    github: str | None
