"""A process of its own for tests of what survives it: `migrate` or `write`; says a line for everything that is done."""

import asyncio
import sys
import time

from bot.core.request import RequestId
from bot.machine import new_id, utc_now
from bot.store import Store, StoreWiring, upgrade_schema
from tests.factories import approval
from tests.store.asks import advancing, submitting

AT_ONCE = 6


def migrate() -> None:
    """Upgrade each database that is named on standard input, as soon as it is named."""
    say("ready")
    for line in sys.stdin:
        say(str(upgrade_schema(line.strip()).needed))


async def write(url: str) -> None:
    """Submit and approve until somebody kills us."""
    store = Store.open(
        url, wiring=StoreWiring(clock=utc_now, monotonic=time.monotonic, new_id=new_id, replica="killed", version="0")
    )
    await store.start()
    await asyncio.gather(*[keep_asking(store) for _ in range(AT_ONCE)])


async def keep_asking(store: Store) -> None:
    while True:
        made = await store.committer.run(submitting())
        say(f"{made.request.id} pending")
        request_id = RequestId(made.request.id)
        await store.committer.run(advancing(request_id, approval()), (request_id,))
        say(f"{request_id} approved")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "migrate":
        migrate()
    else:
        asyncio.run(write(sys.argv[2]))
