"""Giving money back."""

import pytest


@pytest.fixture
def payment(call):
    return call("POST", "/payments", {"amount": 1000})[1]["id"]


def test_a_payment_can_be_refunded(call, payment):
    assert call("POST", f"/payments/{payment}/refunds", {"amount": 1000}) == (201, {"refunded": 1000})


def test_a_payment_can_be_refunded_in_parts(call, payment):
    call("POST", f"/payments/{payment}/refunds", {"amount": 400})

    assert call("POST", f"/payments/{payment}/refunds", {"amount": 600}) == (201, {"refunded": 1000})


def test_a_refund_cannot_exceed_the_payment(call, payment):
    status, body = call("POST", f"/payments/{payment}/refunds", {"amount": 1500})

    assert status == 409, f"refunding 15.00 of a 10.00 payment answered {status} {body}, expected 409"


def test_a_payment_cannot_be_refunded_twice(call, payment):
    call("POST", f"/payments/{payment}/refunds", {"amount": 1000})
    call("POST", f"/payments/{payment}/refunds", {"amount": 1000})

    refunded = call("GET", f"/payments/{payment}")[1]["refunded"]
    assert refunded == 1000, f"after two full refunds of a 10.00 payment {refunded / 100:.2f} had been paid out"


def test_an_unknown_payment_cannot_be_refunded(call):
    assert call("POST", "/payments/pay_99/refunds", {"amount": 100})[0] == 404
