"""A small payments API, as a service might ship it, with mistakes a gate should find. Standard library only."""

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Ledger:
    """Payments in cents, by id."""

    payments: dict[str, int] = field(default_factory=dict)
    refunds: dict[str, int] = field(default_factory=dict)

    def pay(self, amount: int) -> str:
        payment = f"pay_{len(self.payments) + 1}"
        self.payments[payment] = amount
        return payment

    def refund(self, payment: str, amount: int) -> int:
        # The mistake: nobody compares with what is left of the payment.
        self.refunds[payment] = self.refunds.get(payment, 0) + amount
        return self.refunds[payment]


class Handler(BaseHTTPRequestHandler):
    """POST /payments, POST /payments/{id}/refunds, GET /payments/{id}, GET /health."""

    ledger: Ledger

    def do_GET(self) -> None:
        if self.path == "/health":
            return self.answer(HTTPStatus.OK, {"status": "ok"})
        payment = self.path.removeprefix("/payments/")
        if payment not in self.ledger.payments:
            return self.answer(HTTPStatus.NOT_FOUND, {"error": "no such payment"})
        body = {
            "id": payment,
            "amount": self.ledger.payments[payment],
            "refunded": self.ledger.refunds.get(payment, 0),
        }
        return self.answer(HTTPStatus.OK, body)

    def do_POST(self) -> None:
        if self.headers.get("Authorization") != "Bearer test":
            return self.answer(HTTPStatus.UNAUTHORIZED, {"error": "who are you?"})
        length = int(self.headers.get("Content-Length", 0))
        try:
            body = json.loads(self.rfile.read(length))
            amount = body["amount"]
        except (ValueError, KeyError, TypeError):
            # The mistake: a body without an amount is the caller's fault, not ours.
            return self.answer(HTTPStatus.INTERNAL_SERVER_ERROR, {"error": "internal error"})
        if not isinstance(amount, int) or amount <= 0:
            return self.answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": "amount must be a positive number of cents"})
        return self.book(amount)

    def book(self, amount: int) -> None:
        if self.path == "/payments":
            return self.answer(HTTPStatus.CREATED, {"id": self.ledger.pay(amount), "amount": amount})
        payment = self.path.removeprefix("/payments/").removesuffix("/refunds")
        if payment not in self.ledger.payments:
            return self.answer(HTTPStatus.NOT_FOUND, {"error": "no such payment"})
        return self.answer(HTTPStatus.CREATED, {"refunded": self.ledger.refund(payment, amount)})

    def answer(self, status: HTTPStatus, body: dict[str, object]) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        """Say nothing: the tests speak."""


def serve() -> ThreadingHTTPServer:
    """Return a server on a free local port, not yet running."""
    handler = type("BoundHandler", (Handler,), {"ledger": Ledger()})
    return ThreadingHTTPServer(("127.0.0.1", 0), handler)
