"""The bell between replicas, PostgreSQL's LISTEN and NOTIFY: hears what others commit, on a connection of its own."""

import select
import socket
import threading
from collections.abc import Callable, Iterator

import psycopg

from bot.store.faults import StoreUnusable

CHANNEL = "jit_commit"

Connect = Callable[[], psycopg.Connection[tuple[object, ...]]]

_PAUSE = 1.0  # seconds before the next try, once the connection broke


class Bell:
    """Listens in a thread until it is closed. ``hear`` gets each text, and None once listening begins (again)."""

    def __init__(self, connect: Connect, hear: Callable[[str | None], None]) -> None:
        self._connect = connect
        self._hear = hear
        self._awake, self._wake = socket.socketpair()
        self._thread = threading.Thread(target=self._listen, name="store-bell")
        self._thread.start()

    def close(self) -> None:
        """Stop listening; returns when the thread has ended."""
        self._wake.send(b".")
        self._thread.join()
        self._wake.close()
        self._awake.close()

    def _listen(self) -> None:
        wait = 0.0
        while not select.select([self._awake], [], [], wait)[0]:
            try:
                with self._connect() as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    # Something may have been missed while nobody listened.
                    self._hear(None)
                    self._serve(connection)
                    return
            except (psycopg.OperationalError, StoreUnusable):
                wait = _PAUSE

    def _serve(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        while True:
            ready, _, _ = select.select([connection, self._awake], [], [])
            if self._awake in ready:
                return
            for text in _heard(connection):
                self._hear(text)


def _heard(connection: psycopg.Connection[tuple[object, ...]]) -> Iterator[str]:
    for notice in connection.notifies(timeout=0):
        yield notice.payload
