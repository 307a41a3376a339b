"""The signatures kept of one test: what it failed with on the base ref, and which of these came and went by itself.

Packed they begin with a zero. What was kept before has none, and tells neither on which ref nor at which commit a test
failed or passed so: it reads as nothing, for what isn't known excuses nothing.
"""

import struct
from typing import NamedTuple

from bot.core.evidence.runs import SIGNATURE_BYTES

_PACKED = b"\0"
_NONE = bytes(SIGNATURE_BYTES)
_HEAD = struct.Struct(f">x{SIGNATURE_BYTES}s{SIGNATURE_BYTES}s")
_FLAKE = struct.Struct(f">{SIGNATURE_BYTES}sq")


class Flake(NamedTuple):
    """A failure (its packed signature, empty: it had none) at a commit of the base ref where the test passed, too."""

    sign: bytes
    commit: int


class Signs(NamedTuple):
    """What the runs failed with that are the base and the earlier one; and the newest flakes."""

    base: bytes = b""
    earlier: bytes = b""
    flakes: tuple[Flake, ...] = ()


UNSIGNED = Signs()


def pack_signs(signs: Signs) -> bytes:
    """Return *signs* as they are stored."""
    if signs == UNSIGNED:
        return _PACKED
    flakes = (_FLAKE.pack(flake.sign or _NONE, flake.commit) for flake in signs.flakes)
    return _HEAD.pack(signs.base or _NONE, signs.earlier or _NONE) + b"".join(flakes)


def read_signs(packed: bytes) -> Signs:
    """Return what :func:`pack_signs` made *packed* of; nothing for what was stored before."""
    if len(packed) < _HEAD.size or is_of_before(packed):
        return UNSIGNED
    base, earlier = _HEAD.unpack_from(packed)
    flakes = _FLAKE.iter_unpack(packed[_HEAD.size :])
    return Signs(_sign(base), _sign(earlier), tuple(Flake(_sign(sign), commit) for sign, commit in flakes))


def is_of_before(packed: bytes) -> bool:
    """Tell whether *packed* was stored when it wasn't told apart on which ref a test failed or passed."""
    return not packed.startswith(_PACKED)


def _sign(packed: bytes) -> bytes:
    return b"" if packed == _NONE else packed
