"""Where a callback may go, and where it never may."""

import socket

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from bot.core.attempts import Attempt, GiveUp, TryLater
from bot.delivery import CallbackCourier, CallbackTerms, TargetRefused, read_target
from bot.delivery.guard import is_public, open_public_socket
from bot.delivery.names import Names
from tests.delivery.conftest import SECRET
from tests.delivery.receiver import Receiver
from tests.delivery.test_callbacks import a_letter, now

INNER = [
    "0.0.0.0",  # noqa: S104 - an address to refuse, not to listen on
    "10.1.2.3",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.168.1.1",
    "192.88.99.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:0:7f00:1",
    "::ffff:0:a9fe:a9fe",
    "::ffff:0:101:101",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
OUTER = ["1.1.1.1", "93.184.215.14", "203.0.114.1", "2606:4700:4700::1111", "2a00:1450:4001::8a", "::ffff:1.1.1.1"]


@pytest.mark.parametrize("address", INNER)
def test_an_inner_address_is_never_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OUTER)
def test_an_outer_address_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("address", INNER)
def test_no_socket_is_made_for_an_inner_address(address: str) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET

    with pytest.raises(TargetRefused):
        open_public_socket((family, socket.SOCK_STREAM, 6, "", (address, 443)))


def test_no_socket_is_made_for_another_family() -> None:
    with pytest.raises(TargetRefused):
        open_public_socket((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/docker.sock",)))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ci.acme.test/hooks",
        "//ci.acme.test/hooks",
        "http://ci.acme.test/hooks",
        "ftp://ci.acme.test/",
        "file:///etc/passwd",
        "unix:///run/docker.sock",
        "javascript:alert(1)",
        "https:///nohost",
        "https://ana:secret@ci.acme.test/",
        "https://ana@ci.acme.test/",
        "https://ci.acme.test:99999/",
        "https://ci.acme.test:0/",
        "https://[::1/",
    ],
)
def test_only_plain_https_is_a_target(url: str) -> None:
    with pytest.raises(TargetRefused):
        read_target(url, ())


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://ci.acme.test/hooks", "ci.acme.test"),
        ("http://CI.acme.test./hooks", "ci.acme.test"),
        ("http://ci.acme.test:8080/hooks", "ci.acme.test"),
        ("http://ci.acme.test:8080/hooks", "ci.acme.test:8080"),
        ("http://bücher.test/", "bücher.test"),
        ("http://xn--bcher-kva.test/", "bücher.test"),
        ("http://bücher.test/", "xn--bcher-kva.test"),
        ("http://127.0.0.1:9/", "127.0.0.1"),
        ("http://[::1]:9/", "::1"),
        ("http://[::1]:9/", "[::1]"),
        ("http://[::1]:9/", "[::1]:9"),
    ],
)
def test_a_host_of_the_policy_may_have_http(url: str, host: str) -> None:
    assert read_target(url, {host}).scheme == "http"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("http://ci.acme.test.evil.test/", "ci.acme.test"),
        ("http://evil.test/ci.acme.test", "ci.acme.test"),
        ("http://sub.ci.acme.test/", "ci.acme.test"),
        ("http://ci.acme.test:8081/", "ci.acme.test:8080"),
        ("http://ci.acme.test@evil.test/", "ci.acme.test"),
        ("http://evil.test#ci.acme.test", "ci.acme.test"),
        ("http://evil.test\\@ci.acme.test/", "ci.acme.test"),
    ],
)
def test_a_name_that_only_looks_like_the_policys_host_is_refused(url: str, host: str) -> None:
    with pytest.raises(TargetRefused):
        read_target(url, {host})


@pytest.mark.parametrize("literal", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0x7f.1", "localhost"])
async def test_a_literal_of_this_machine_is_refused_at_the_socket(literal: str) -> None:
    attempt = await sent_to(f"https://{literal}:9/")

    assert isinstance(attempt, GiveUp)
    assert "private" in attempt.why


@pytest.mark.parametrize("literal", ["2130706433", "127.1", "0", "0177.0.0.1", "a..b", "a" * 64])
async def test_a_host_that_is_neither_name_nor_address_is_refused(literal: str) -> None:
    assert isinstance(await sent_to(f"https://{literal}:9/"), GiveUp)


async def test_a_name_that_resolves_inside_is_refused_at_the_socket() -> None:
    attempt = await sent_to("https://ci.acme.test:9/", Rebinding(["127.0.0.1"]))

    assert isinstance(attempt, GiveUp)


async def test_a_name_that_resolves_inside_from_the_second_look_on_is_refused() -> None:
    rebinding = Rebinding([], ["10.0.0.1"])

    await sent_to("https://ci.acme.test:9/", rebinding)
    attempt = await sent_to("https://ci.acme.test:9/", rebinding)

    assert isinstance(attempt, GiveUp)


async def test_a_name_without_an_address_is_tried_again() -> None:
    assert isinstance(await sent_to("https://nowhere.invalid/", Names()), TryLater)


async def test_a_named_host_may_be_on_this_machine(courier: CallbackCourier, receiver: Receiver) -> None:
    await courier.send(a_letter(receiver.url), now())

    assert len(receiver.arrivals) == 1


async def test_a_host_that_is_not_named_is_not_reached_by_http(receiver: Receiver) -> None:
    assert isinstance(await sent_to(receiver.url), GiveUp)
    assert receiver.arrivals == []


async def sent_to(url: str, names: AbstractResolver | None = None) -> Attempt:
    """Send one callback for a source whose policy names no hosts."""
    terms = CallbackTerms(secrets=(SECRET,))
    async with CallbackCourier(lambda _source: terms, names=lambda: names or Names()) as courier:
        return await courier.send(a_letter(url), now())


class Rebinding(AbstractResolver):
    """Answers with other addresses each time it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        addresses = self._answers.pop(0)
        if not addresses:
            raise OSError("no address yet")
        return [
            ResolveResult(hostname=host, host=address, port=port, family=socket.AF_INET, proto=6, flags=0)
            for address in addresses
        ]

    async def close(self) -> None:
        pass
