"""A PostgreSQL for tests: one that is there, else one of our own, else a skip that says so once; logs kept apart."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
import structlog
from hypothesis import HealthCheck, settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.ready_made import ready_made_books, real_migrations

_USUAL = "postgresql://postgres@127.0.0.1:5432/postgres"
_NONE = "no PostgreSQL: set JIT_TEST_POSTGRES_URL, or run one at 127.0.0.1:5432, or put pg_ctl on the PATH"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a server's database in which we may create others."""
    given = os.environ.get("JIT_TEST_POSTGRES_URL")
    if given is not None:
        yield given  # named on purpose: when it does not answer, that is a failure
    elif _answers(_USUAL):
        yield _USUAL
    elif shutil.which("pg_ctl") is None:
        pytest.skip(_NONE)
    else:
        with _own_server() as url:
            yield url


@pytest.fixture(scope="session")
def postgres_database(postgres_server: str) -> Iterator[str]:
    """A database of this test process's own."""
    name = f"jit_test_{uuid4().hex}"
    with psycopg.connect(postgres_server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield make_conninfo(postgres_server, dbname=name)
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture(scope="session", autouse=True)
def _ready_made_books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with ready_made_books(tmp_path_factory.mktemp("books")):
        yield


@pytest.fixture
def migrations() -> Iterator[None]:
    """The migrations themselves, for tests that are about them."""
    with real_migrations():
        yield


@pytest.fixture
def postgres_url(postgres_database: str) -> Iterator[str]:
    """An empty schema of this test's own, as a URL."""
    with _empty_schema(postgres_database) as url:
        yield url


@pytest.fixture
def other_postgres_url(postgres_database: str) -> Iterator[str]:
    """A second one, for tests that compare two databases."""
    with _empty_schema(postgres_database) as url:
        yield url


@contextmanager
def _empty_schema(postgres_database: str) -> Generator[str, None, None]:
    name = f"t{uuid4().hex}"
    with psycopg.connect(postgres_database, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(name)))
        yield _url_of(connection, name)
        connection.execute("SET client_min_messages = warning")
        connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(name)))


def _url_of(connection: psycopg.Connection[tuple[object, ...]], schema: str) -> str:
    info = connection.info
    password = f":{info.password}" if info.password else ""
    return f"postgresql://{info.user}{password}@{info.host}:{info.port}/{info.dbname}?options=-csearch_path%3D{schema}"


def _answers(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2):
            return True
    except psycopg.OperationalError:
        return False


@contextmanager
def _own_server() -> Generator[str, None, None]:
    """A server that lives as long as this test process; never as root, which PostgreSQL refuses."""
    user = _somebody_else() if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="jit-postgres-"))
    if user is not None:
        shutil.chown(folder, user)
    port = _free_port()
    try:
        _pg_ctl(user, "initdb", "-s", "-D", str(folder / "data"), "-o", "-U postgres -A trust -E UTF8 --locale=C")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
        _pg_ctl(user, "start", "-s", "-w", "-D", str(folder / "data"), "-l", str(folder / "log"), "-o", options)
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _pg_ctl(user, "stop", "-s", "-w", "-m", "immediate", "-D", str(folder / "data"))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _pg_ctl(user: str | None, *arguments: str) -> None:
    subprocess.run(  # noqa: S603 - the database's own tool, with arguments of ours
        [shutil.which("pg_ctl") or "pg_ctl", *arguments],
        user=user,
        cwd="/",
        check=True,
        stdout=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )


def _somebody_else() -> str:
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody", "daemon") if name in known)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# A busy machine is no fault of the code: how long one example takes is never what a property test is about.
settings.register_profile("house", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("house")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a house of either kind keeps its books; the test runs on both."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jit.db"
    return request.getfixturevalue("postgres_url")


_UNMEASURED = (
    "tests/model/",
    "tests/handlers/slack/matrix/",
    "tests/relay/test_simulation.py",
    "tests/reports/test_every_reader.py",
    "tests/sandbox/",
    "tests/browser/",
    "tests/published/",
)
"""What drives the core ten thousand times over, or not at all: measuring there costs three times what these tests do.
All others reach every branch without them, which is the gate."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure coverage only where that is meant."""
    plugin: Any = item.config.pluginmanager.get_plugin("_cov")
    controller = getattr(plugin, "cov_controller", None)
    if controller is None or not item.nodeid.startswith(_UNMEASURED):
        return (yield)
    controller.pause()
    try:
        return (yield)
    finally:
        controller.resume()


def pytest_runtest_teardown() -> None:
    """Leave no test's way of logging to the next: what it logged to is closed by then."""
    structlog.reset_defaults()
