"""Which tests a run had and what came of each, packed: eight bytes a test, as a hash of its id.

Two ids share a hash once in 2^64; the decision about the history says what that would cost.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

HASH_BYTES = 8

_BLANK = blake2b(digest_size=HASH_BYTES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Hashes one after the other. ``retried`` are tests that failed and then passed when they were run again."""

    passed: bytes = b""
    failed: bytes = b""
    skipped: bytes = b""
    retried: bytes = b""


def hash_of(test_id: str) -> bytes:
    """Return the eight bytes by which the test *test_id* is known, everywhere and for ever."""
    blank = _BLANK.copy()  # half the price of a new one
    blank.update(test_id.encode())
    return blank.digest()


def pack(test_ids: Iterable[str]) -> bytes:
    """Return the hashes of *test_ids*, one after the other."""
    packed, copy = bytearray(), _BLANK.copy
    for test_id in test_ids:  # hash_of, written out: there are 200 000
        blank = copy()
        blank.update(test_id.encode())
        packed += blank.digest()
    return bytes(packed)


def number_of(test_id: str) -> int:
    """Return the same as a signed integer."""
    return int.from_bytes(hash_of(test_id), "little", signed=True)


def numbers_of(packed: bytes) -> tuple[int, ...]:
    """Return the hashes in *packed* as signed integers."""
    return struct.unpack(f"<{len(packed) // HASH_BYTES}q", packed)


def together(parts: Iterable[Outcomes]) -> Outcomes:
    """Return the outcomes of several reports of one run, one after the other."""
    whole = tuple(parts)
    return Outcomes(
        passed=b"".join(part.passed for part in whole),
        failed=b"".join(part.failed for part in whole),
        skipped=b"".join(part.skipped for part in whole),
        retried=b"".join(part.retried for part in whole),
    )
