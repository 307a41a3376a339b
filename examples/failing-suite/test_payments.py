"""Taking payments."""

import pytest


def test_the_service_says_that_it_is_up(call):
    assert call("GET", "/health") == (200, {"status": "ok"})


def test_a_payment_is_booked(call):
    assert call("POST", "/payments", {"amount": 1000}) == (201, {"id": "pay_1", "amount": 1000})


def test_a_booked_payment_can_be_read_again(call):
    _, booked = call("POST", "/payments", {"amount": 1000})

    assert call("GET", f"/payments/{booked['id']}") == (200, {"id": "pay_1", "amount": 1000, "refunded": 0})


def test_an_unknown_payment_is_not_found(call):
    assert call("GET", "/payments/pay_99")[0] == 404


def test_a_stranger_may_not_pay(call):
    assert call("POST", "/payments", {"amount": 1000}, token="wrong")[0] == 401


@pytest.mark.parametrize("amount", [0, -1, "ten"])
def test_an_amount_is_a_positive_number_of_cents(call, amount):
    assert call("POST", "/payments", {"amount": amount})[0] == 422


def test_a_payment_without_an_amount_is_the_callers_mistake(call):
    status, body = call("POST", "/payments", {"currency": "EUR"})

    assert status == 422, f"POST /payments without an amount answered {status} {body['error']!r}, expected 422"


@pytest.mark.xfail(reason="the currency service is not connected yet")
def test_a_payment_in_another_currency_is_converted(call):
    assert call("POST", "/payments", {"amount": 1000, "currency": "USD"})[1]["amount"] == 920
