"""That it is the bot who answers: certificates, names, proxies, and where a token may go."""

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from jit_gate import BadInput
from jit_gate.wire.address import read_address

from tests.journeys.living import TOKEN
from tests.sdk.impostor import ID, Impostor, a_yes, http, impostor
from tests.sdk.running import run

WAIT = ("wait", ID, "--retry-for=0s")


def a_certificate(folder: Path, name: x509.GeneralName, *, days: int = 1) -> Path:
    """Write a certificate that signs itself, and its key, into one file."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a bot for tests")])
    begins = now - timedelta(days=10)
    built = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = folder / f"{name.value}-{days}.pem"
    file.write_bytes(built.public_bytes(pem) + plain)
    return file


@asynccontextmanager
async def secured(certificate: Path) -> AsyncGenerator[Impostor]:
    """Serve a yes over TLS."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    it = Impostor([http(a_yes())])
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0, ssl=context)
    it.url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield it
    finally:
        server.close()


@pytest.fixture
def here(tmp_path: Path) -> Path:
    return a_certificate(tmp_path, x509.IPAddress(IPv4Address("127.0.0.1")))


async def test_a_bot_whose_certificate_is_trusted_is_believed(here: Path) -> None:
    async with secured(here) as it:
        by_flag = await run(*WAIT, f"--ca-file={here}", url=it.url)
        by_variable = await run(*WAIT, url=it.url, env={"JIT_CA_FILE": str(here)})

    assert (by_flag.code, by_variable.code) == (0, 0)


@pytest.mark.parametrize("kind", ["nobody's", "another's", "of another name", "expired"])
async def test_whoever_can_not_prove_who_they_are_hears_nothing(kind: str, tmp_path: Path, here: Path) -> None:
    address = x509.IPAddress(IPv4Address("127.0.0.1"))
    served, trusted = {
        "nobody's": lambda: (here, None),
        "another's": lambda: (here, a_certificate(tmp_path, address, days=2)),
        "of another name": lambda: (a_certificate(tmp_path, x509.DNSName("jit.test")),) * 2,
        "expired": lambda: (a_certificate(tmp_path, address, days=-1),) * 2,
    }[kind]()
    async with secured(served) as it:
        ended = await run(*WAIT, *([f"--ca-file={trusted}"] if trusted else []), url=it.url)

    assert (ended.code, ended.out, it.heard) == (3, "", [])
    assert "is not trusted" in ended.err


async def test_a_handshake_that_never_ends_ends() -> None:
    async def drip(writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"\x16")
            await writer.drain()
            await asyncio.sleep(0.05)

    gone = asyncio.Event()

    async def at_once(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await drip(writer)
        except ConnectionError:
            return
        finally:
            writer.close()
            gone.set()

    server = await asyncio.start_server(at_once, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    ended = await run("request", "--title=t", "--action=a", "--retry-for=1s", url=url)
    server.close()
    async with asyncio.timeout(10):
        await gone.wait()

    assert ended.code == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://jit.test",
        "http://10.0.0.1:8080",
        "http://127.0.0.1.jit.test",
        "http://[::ffff:10.0.0.1]/",
        "http://localhost.test/",
        "ftp://127.0.0.1",
        "//127.0.0.1",
        "127.0.0.1",
        "https://",
        "https://ana:secret@jit.test",
        "https://jit.test?x=1",
        "https://jit.test#x",
        "https://jit.test:99999",
        "https://jit.test:x",
        "https://jit.test/\r\nHost: evil",
        "https://jit tests",
        "https://jit.tést",
        "",
    ],
)
def test_an_address_that_may_not_get_a_token_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_address(url, allow_http=False)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:1", "http://localhost", "http://[::1]:8080/x/", "https://jit.test/x"]
)
def test_this_machine_and_what_is_encrypted_may_get_one(url: str) -> None:
    assert read_address(url, allow_http=False).path in {"", "/x"}


def test_a_token_goes_unencrypted_where_somebody_says_so() -> None:
    assert not read_address("http://jit.test", allow_http=True).secure


async def test_a_proxy_is_asked_for_a_tunnel_and_never_sees_the_token() -> None:
    async with impostor(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n") as proxy:
        env = {"https_proxy": proxy.url.replace("http://", "http://ana:pass@")}
        ended = await run(*WAIT, url="https://jit.test", env=env)

    assert ended.code == 3
    (asked,) = proxy.heard
    assert asked.startswith(b"CONNECT jit.test:443 HTTP/1.")
    assert b"Proxy-Authorization: Basic YW5hOnBhc3M=" in asked
    assert TOKEN.encode() not in asked
    assert "pass@" not in ended.err


@pytest.mark.parametrize("env", [{"no_proxy": "127.0.0.1"}, {}])
async def test_a_proxy_is_not_on_the_way_to_this_machine(env: dict[str, str]) -> None:
    async with impostor(http(a_yes())) as it, impostor(b"") as proxy:
        ended = await run(*WAIT, url=it.url, env={"https_proxy": proxy.url, "http_proxy": proxy.url, **env})

    assert (ended.code, proxy.heard) == (0, [])


async def test_a_token_comes_from_a_file_or_the_environment(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file\n", encoding="utf-8")
    async with impostor(http(a_yes())) as it:
        await run(*WAIT, f"--token-file={file}", url=it.url)
        await run(*WAIT, url=it.url, env={"JIT_TOKEN": "", "JIT_TOKEN_FILE": str(file)})
        await run(*WAIT, url=it.url, env={"JIT_TOKEN": "from-the-environment"})

    told = [call.partition(b"Authorization: Bearer ")[2].partition(b"\r\n")[0] for call in it.heard]
    assert told == [b"from-a-file", b"from-a-file", b"from-the-environment"]


@pytest.mark.parametrize(
    "token", ["", "two words", "line\nHost: evil", "caf\u00e9"], ids=["none", "words", "lines", "letters"]
)
async def test_what_can_be_no_token_is_refused_and_not_shown(token: str) -> None:
    async with impostor(http(a_yes())) as it:
        ended = await run(*WAIT, url=it.url, env={"JIT_TOKEN": token})

    assert (ended.code, it.heard) == (3, [])
    assert not token or token not in ended.err


async def test_no_flag_takes_a_token() -> None:
    ended = await run(*WAIT, "--token=abc", url="http://127.0.0.1:1")

    assert ended.code == 3
    assert "unrecognized" in ended.err
