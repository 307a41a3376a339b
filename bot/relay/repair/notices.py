"""What the people who run the house see of repairs: log events and metrics."""

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.relay.repair.judging import MEDDLED, Found, Judged

_log = structlog.get_logger("repair")


class RepairNotices:
    """The reconciler's numbers, in *registry*, and its lines in the log."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._looks = Counter("jit_card_looks", "Cards looked at, by what was found.", ["found"], registry=registry)
        self._repairs = Counter("jit_card_repairs", "Cards put right, by what was wrong.", ["found"], registry=registry)
        self._waiting = Gauge("jit_card_looks_waiting", "Cards whose look is due.", registry=registry)

    def looked(self, judged: Judged) -> None:
        """Say what was found of one card."""
        self._looks.labels(judged.found).inc()
        if judged.is_repaired:
            self._repairs.labels(judged.found).inc()
        if judged.is_repaired or judged.is_news:
            card, fields = judged.look.card, {"request": judged.look.request, "repaired": judged.is_repaired}
            say = _log.warning if judged.found in MEDDLED | {Found.CLOSED} else _log.info
            say(f"repair.card_{judged.found}", **fields, channel=card.channel, ts=card.ts, why=judged.why)

    def retried(self, cards: int, lines: int) -> None:
        """Say that what was given up is tried again."""
        if cards or lines:
            self._repairs.labels("given_up").inc(cards)
            _log.info("repair.retried", cards=cards, lines=lines)

    def posted(self, count: int) -> None:
        """Say that cards were missing."""
        if count:
            self._repairs.labels(Found.MISSING).inc(count)
            _log.warning("repair.card_missing", cards=count)

    def held(self, why: str, seconds: float) -> None:
        """Say that Slack does not want to be asked now."""
        _log.info("repair.resting", why=why, seconds=seconds)

    def waiting(self, count: int) -> None:
        """Show how many cards wait for a look."""
        self._waiting.set(count)
