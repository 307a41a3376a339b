"""What an organisation (Enterprise Grid) changes in what an app is sent. https://docs.slack.dev/enterprise ."""

from typing import Any

from bot.sandbox.config import SandboxConfig
from bot.sandbox.outbound import Kind

Json = dict[str, Any]

NAME = "Acme Group"


def draw_in_organisation(kind: Kind, payload: Json, config: SandboxConfig) -> Json:
    """Return *payload* as the app gets it where the workspace is one of an organisation's."""
    if config.enterprise is None:
        return payload
    match kind:
        case Kind.INTERACTION:
            return payload | _interaction(payload, config)
        case Kind.COMMAND:
            says = "true" if config.is_org_wide else "false"
            names = {"enterprise_id": config.enterprise, "enterprise_name": NAME}
            return payload | names | {"is_enterprise_install": says}
        case Kind.EVENT:
            authorizations = [one | _authorization(config) for one in payload["authorizations"]]
            return payload | {"enterprise_id": config.enterprise, "authorizations": authorizations}
        case _:
            return payload


def _interaction(payload: Json, config: SandboxConfig) -> Json:
    team = payload["team"] | {"enterprise_id": config.enterprise, "enterprise_name": NAME}
    return {
        "team": None if config.is_org_wide else team,
        "enterprise": {"id": config.enterprise, "name": NAME},
        "is_enterprise_install": config.is_org_wide,
    }


def _authorization(config: SandboxConfig) -> Json:
    wide = {"team_id": None} if config.is_org_wide else {}
    return {"enterprise_id": config.enterprise, "is_enterprise_install": config.is_org_wide, **wide}
