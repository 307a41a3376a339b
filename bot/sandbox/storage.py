"""Keeps what was said in one SQLite file, so that a workspace goes on where it was. Without a file, nothing is kept."""

import sqlite3
from pathlib import Path

from pydantic import TypeAdapter

from bot.sandbox.history import Message
from bot.sandbox.people import Channel

_MESSAGE = TypeAdapter(Message)
_CHANNEL = TypeAdapter(Channel)

_TABLES = """
CREATE TABLE IF NOT EXISTS messages (channel TEXT, ts TEXT, document TEXT, PRIMARY KEY (channel, ts));
CREATE TABLE IF NOT EXISTS channels (id TEXT PRIMARY KEY, document TEXT);
CREATE TABLE IF NOT EXISTS marks (user TEXT, channel TEXT, ts TEXT, PRIMARY KEY (user, channel));
"""


class Archive:
    """Every write is on disk when it returns; a crash of the demo loses at most the message being written."""

    def __init__(self, path: Path | None) -> None:
        self._db = sqlite3.connect(path or ":memory:", isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)
        self._is_kept = path is not None

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    def messages(self) -> list[Message]:
        """Return everything ever said, oldest first."""
        rows = self._db.execute("SELECT document FROM messages ORDER BY ts")
        return [_MESSAGE.validate_json(document) for (document,) in rows]

    def channels(self) -> list[Channel]:
        """Return channels and direct messages that were opened or changed here."""
        rows = self._db.execute("SELECT document FROM channels")
        return [_CHANNEL.validate_json(document) for (document,) in rows]

    def marks(self) -> dict[tuple[str, str], str]:
        """Return up to where everybody has read, by person and channel."""
        return {(user, channel): ts for user, channel, ts in self._db.execute("SELECT user, channel, ts FROM marks")}

    def put_message(self, message: Message) -> None:
        """Keep a message."""
        document = _MESSAGE.dump_json(message).decode()
        self._write("INSERT OR REPLACE INTO messages VALUES (?, ?, ?)", message.channel, message.ts, document)

    def remove_message(self, message: Message) -> None:
        """Forget a message."""
        self._write("DELETE FROM messages WHERE channel = ? AND ts = ?", message.channel, message.ts)

    def put_channel(self, channel: Channel) -> None:
        """Keep a channel."""
        document = _CHANNEL.dump_json(channel).decode()
        self._write("INSERT OR REPLACE INTO channels VALUES (?, ?)", channel.id, document)

    def put_mark(self, user: str, channel: str, ts: str) -> None:
        """Keep up to where *user* has read."""
        self._write("INSERT OR REPLACE INTO marks VALUES (?, ?, ?)", user, channel, ts)

    def _write(self, statement: str, *values: str) -> None:
        if self._is_kept:
            self._db.execute(statement, values)
