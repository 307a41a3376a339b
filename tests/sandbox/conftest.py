"""What the sandbox's tests share: a running workspace, its client, and a small Bolt app on the other side."""

from collections.abc import AsyncGenerator

import pytest

from bot.sandbox import Workspace
from tests.fakes.slack import Api, api_of, running_workspace
from tests.sandbox.watch import Watch


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace() as running:
        yield running


@pytest.fixture
def api(workspace: Workspace) -> Api:
    return api_of(workspace)


@pytest.fixture
def watch() -> Watch:
    return Watch()
