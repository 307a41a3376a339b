"""A real API with the hooks of native sources, over a real store on SQLite."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiohttp import web

from bot.core.judging.source import Source
from bot.delivery.native import AddressVault
from handlers import hooks
from handlers.api import ApiWiring
from handlers.door import Credentials, Token
from tests.fakes import github
from tests.handlers.api.house import TOKEN, Clock, House, a_policy, open_house

API_URL = "https://api.github.com"
VAULT = AddressVault("a secret key for tests that is long enough")
GITHUB = Source(
    name="github",
    kind="github",
    token_envs=("CI",),
    terms={"api_url": API_URL, "app_id": 12345, "check_run": True, "owners": ["acme", "Codertocat"]},
)
CREDENTIALS = {
    "github": Credentials(
        tokens=(Token(name="CI", value=TOKEN),),
        native={"webhook_secret": Token(name="HOOK", value=github.SECRET)},
    ),
    "ci": Credentials(tokens=(Token(name="CD", value="another token of ci"),)),
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncGenerator[House]:
    def more(app: web.Application, api: ApiWiring) -> None:
        wiring = hooks.HookWiring(desk=api.desk, policy=api.policy, credentials=api.credentials, seal=VAULT.seal)
        hooks.register(app, wiring)

    url = f"sqlite:///{tmp_path}/jit.db"
    async with open_house(url, Clock(), more=more, credentials=lambda: CREDENTIALS) as house:
        house.policy = a_policy(sources={"github": GITHUB, "ci": Source(name="ci", token_envs=("CD",))})
        yield house
