"""What is measured, for Prometheus: counted where it happens, in this process."""

from functools import cache

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from bot.core.request import ApprovalRequest
from bot.core.ruling import Handling

_DECISION_SECONDS = (1, 5, 15, 60, 300, 900, 1800, 3600, 4 * 3600, 24 * 3600)
_HTTP_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 60)


class CallMeters:
    """How many calls were answered, and how fast."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.registry = registry
        http = Counter("jit_http_requests", "Calls answered.", ("method", "route", "status"), registry=registry)
        http_seconds = Histogram(
            "jit_http_seconds", "From head to answer.", ("route",), buckets=_HTTP_SECONDS, registry=registry
        )
        self._http, self._http_seconds = cache(http.labels), cache(http_seconds.labels)

    def count_call(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count an answered call. *route* is the pattern, never the path: a path may be anything."""
        self._http(method, route, str(status)).inc()
        self._http_seconds(route).observe(seconds)


class Meters(CallMeters):
    """The numbers of one house, in one registry."""

    def __init__(self, registry: CollectorRegistry) -> None:
        super().__init__(registry)
        submitted = Counter(
            "jit_requests_submitted",
            "Requests made, by source and what the policy did.",
            ("source", "outcome"),
            registry=registry,
        )
        ended = Counter(
            "jit_requests_ended",
            "Requests that ended, by source and final state.",
            ("source", "state"),
            registry=registry,
        )
        decision_seconds = Histogram(
            "jit_decision_seconds",
            "From ask to end, for requests that waited for people.",
            ("state",),
            buckets=_DECISION_SECONDS,
            registry=registry,
        )
        # Looking a child up by its labels costs ten times what counting does; there are few, and they never go.
        self._submitted, self._ended = cache(submitted.labels), cache(ended.labels)
        self._decision_seconds = cache(decision_seconds.labels)
        key_used = Gauge(
            "jit_source_key_used_timestamp_seconds",
            "When a source last came with this one of its secrets: the name of the variable, or oidc.",
            ("source", "key"),
            registry=registry,
        )
        self._key_used = cache(key_used.labels)
        self.outbox_due = Gauge("jit_outbox_due", "Deliveries that wait.", registry=registry)
        self.outbox_dead = Gauge(
            "jit_outbox_dead", "Deliveries that were given up; somebody must look.", registry=registry
        )
        self.audit_seq = Gauge("jit_audit_seq", "Entries in the audit log.", registry=registry)

    def note_key(self, source: str, key: str) -> None:
        """Note that a source came just now with one of its secrets; the keys of issuers change, and are one."""
        self._key_used(source, key.partition(":")[0]).set_to_current_time()

    def count_submission(self, request: ApprovalRequest) -> None:
        """Count a new request."""
        self._submitted(request.source, request.ruling.handling.value).inc()

    def count_end(self, request: ApprovalRequest) -> None:
        """Count a request that has just ended, however it did."""
        self._ended(request.source, request.state.value).inc()
        if request.decision is not None and request.ruling.handling is Handling.REQUIRE_APPROVAL:
            waited = request.decision.at - request.created_at
            self._decision_seconds(request.state.value).observe(waited.total_seconds())
