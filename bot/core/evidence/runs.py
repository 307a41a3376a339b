"""A test run as the history takes it in: where it was, and what came of each test, in pieces that take no time."""

import re
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.core.evidence.outcomes import HASH_BYTES, Outcomes, number_of, numbers_of
from bot.core.evidence.past import RefKind

PIECE = 500
"""How many tests are counted in one transaction: a few milliseconds."""

SIGNATURE_BYTES = 9
NONE_SIGNED: Mapping[str, str | None] = {}

_COUNT = struct.Struct("<I")
_SIGNED = 4
_SIGNATURE = re.compile(r"s([1-9]|[1-9][0-9]):([0-9a-f]{16})")


class Came(IntEnum):
    """What came of a test in a run; what was skipped says nothing. RETRIED: it failed first, and then passed."""

    PASSED = 0
    RETRIED = 1
    FAILED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Realm:
    """What has a history of its own. No source writes into, or reads from, what another one said."""

    source: str
    repository: str
    environment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestRun:
    """One run. ``at`` is aware UTC; ``commit`` None: not said. ``pieces`` are of :func:`pieces_of`."""

    __test__ = False  # the name starts with "Test", and pytest would try to collect it

    realm: Realm
    kind: RefKind
    commit: str | None
    at: datetime
    pieces: tuple[bytes, ...]


def pieces_of(
    outcomes: Outcomes, signatures: Mapping[str, str | None] = NONE_SIGNED, size: int = PIECE
) -> tuple[bytes, ...]:
    """Return what came of each test, in the order of the hashes, in pieces of at most *size* tests.

    A test that stands there twice has failed if one of them has. *signatures* has those of the failures, by the tests'
    ids. Takes a moment for 200 000 tests.
    """
    came = dict.fromkeys(numbers_of(outcomes.passed), int(Came.PASSED))
    came |= dict.fromkeys(numbers_of(outcomes.retried), int(Came.RETRIED))
    came |= dict.fromkeys(numbers_of(outcomes.failed), int(Came.FAILED))
    signed = {number_of(test): pack_signature(said) for test, said in signatures.items() if said is not None}
    signed = {test: sign for test, sign in signed.items() if sign and came.get(test)}
    tests = sorted(came)
    return tuple(_piece(tests[at : at + size], came, signed) for at in range(0, len(tests), size))


def read_piece(piece: bytes) -> Iterator[tuple[int, Came, bytes]]:
    """Yield the tests in *piece*, what came of each, and its failure's signature, packed; empty where none is known."""
    (count,) = _COUNT.unpack_from(piece)
    ends = _COUNT.size + count * HASH_BYTES
    at = ends + count
    for test, said in zip(numbers_of(piece[_COUNT.size : ends]), piece[ends:at], strict=True):
        sign = piece[at : at + SIGNATURE_BYTES] if said & _SIGNED else b""
        at += len(sign)
        yield test, Came(said & ~_SIGNED), sign


def pack_signature(signature: str) -> bytes:
    """Return *signature* (``s1:`` and sixteen hexadecimal digits) in nine bytes; nothing for what is none."""
    found = _SIGNATURE.fullmatch(signature)
    return b"" if found is None else bytes((int(found[1]),)) + bytes.fromhex(found[2])


def read_signature(packed: bytes) -> str:
    """Return the signature that *packed* is."""
    return f"s{packed[0]}:{packed[1:].hex()}"


def _piece(tests: list[int], came: Mapping[int, int], signed: Mapping[int, bytes]) -> bytes:
    said = bytes([came[test] | (_SIGNED if test in signed else 0) for test in tests])
    signs = b"".join([signed[test] for test in tests if test in signed])
    return _COUNT.pack(len(tests)) + struct.pack(f"<{len(tests)}q", *tests) + said + signs
