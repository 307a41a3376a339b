"""What the people who run the house see of the relay: log events and metrics, never payloads."""

from collections.abc import Mapping
from datetime import datetime

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram

from bot.relay.errand import Errand
from bot.relay.settling import Arrived, Cause, Dead, Diverted, PutBack, Settlement

_LAGS = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 3600, 86400)

_log = structlog.get_logger("relay")


class Notices:
    """The relay's numbers, in *registry*, and its lines in the log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._endings = Counter(
            "jit_deliveries", "Attempts to deliver, by how they ended.", ["kind", "ending"], registry=registry
        )
        self._faults = Counter("jit_relay_faults", "Faults of our own in the relay.", ["event"], registry=registry)
        self._lag = Histogram(
            "jit_delivery_lag_seconds",
            "From the commit that asked for it to its arrival.",
            ["kind"],
            buckets=_LAGS,
            registry=registry,
        )

    def settled(self, errand: Errand, settlement: Settlement, now: datetime) -> None:
        """Say how an attempt ended."""
        kind = type(errand.effect).__name__
        fields = {
            "kind": kind,
            "row": errand.id,
            "request": errand.request,
            "destination": errand.destination,
            "attempts": errand.attempts,
        }
        match settlement:
            case Arrived():
                self._endings.labels(kind, "arrived").inc()
                self._lag.labels(kind).observe((now - errand.created_at).total_seconds())
                _log.info("relay.delivered", **fields)
            case PutBack():
                self._endings.labels(kind, "put_back").inc()
                _say_put_back(settlement, fields)
            case Diverted():
                self._endings.labels(kind, "diverted").inc()
                detour, closed = settlement.effect.detour, settlement.closed
                fields |= {"to": detour.to if detour else settlement.effect.channel, "why": closed.why}
                _log.error("relay.diverted", **fields, remedy=closed.remedy)
            case Dead():
                self._endings.labels(kind, "dead").inc()
                _log.error("relay.gave_up", **fields, why=settlement.why)

    def revived(self, count: int) -> None:
        """Say that what was given up is tried again."""
        _log.info("relay.revived", rows=count)

    def fault(self, event: str, where: str, error: BaseException) -> None:
        """Say that something of ours broke."""
        self._faults.labels(event).inc()
        _log.error(event, where=where, exc_info=error)


def _say_put_back(again: PutBack, fields: Mapping[str, object]) -> None:
    """Whose turn has not come is no news; what failed is, and louder when somebody has to do something for it."""
    fields = {**fields, "why": again.why, "due_at": again.due_at.isoformat()}
    if again.remedy is not None:
        _log.error("relay.put_back", **fields, remedy=again.remedy)
    elif again.cause is Cause.TURN:
        _log.info("relay.put_back", **fields)
    else:
        _log.warning("relay.put_back", **fields)
