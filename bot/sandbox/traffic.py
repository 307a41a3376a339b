"""What goes over the wire, for whoever watches: answers of the Web API, and what was sent to the app."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.sandbox.outbound import Ack, Delivery, Line

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """A call of the Web API answered; *document* is the whole answer."""

    method: str
    document: Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """Something sent to the app, and what came back."""

    delivery: Delivery
    ack: Ack


Watcher = Callable[[Answered | Sent], None]


class Traffic:
    """Tells everybody who watches."""

    def __init__(self) -> None:
        self._watchers: list[Watcher] = []

    def watch(self, watcher: Watcher) -> None:
        """Tell *watcher* from now on."""
        self._watchers.append(watcher)

    def tell(self, seen: Answered | Sent) -> None:
        """Tell everybody."""
        for watcher in self._watchers:
            watcher(seen)


class WatchedLine:
    """A line to the app with somebody looking on."""

    def __init__(self, line: Line, traffic: Traffic) -> None:
        self._line = line
        self._traffic = traffic

    async def send(self, delivery: Delivery) -> Ack:
        """Send and wait for the ack."""
        ack = await self._line.send(delivery)
        self._traffic.tell(Sent(delivery=delivery, ack=ack))
        return ack
