"""Canonical JSON (RFC 8785): the bytes that digests and the audit log are made of."""

import hashlib
from typing import Any, cast

import orjson
import rfc8785

_SAFE_INTEGER = 2**53 - 1
_OPTIONS = orjson.OPT_SORT_KEYS


def canonical_bytes(value: object) -> bytes:
    """Return the RFC 8785 form of plain JSON values, in UTF-8.

    Raises ValueError for what RFC 8785 has no form for: integers past 2^53, NaN, infinities, lone surrogates, other
    types; and for what is nested too deep to walk. Sorted orjson writes the same bytes twenty times faster for most
    values; the guard says which.
    """
    try:
        if _is_plain(value):
            return orjson.dumps(value, option=_OPTIONS)
        return rfc8785.dumps(cast("Any", value))
    except orjson.JSONEncodeError as error:  # a TypeError, for lone surrogates and depth
        raise ValueError(str(error)) from error
    except RecursionError as error:
        raise ValueError("nested too deep to be written down") from error


def sha256_digest(value: object) -> str:
    """Return ``sha256:`` and the hex hash of the canonical form of *value*."""
    return "sha256:" + hashlib.sha256(canonical_bytes(value)).hexdigest()


def _is_plain(value: object) -> bool:
    """Tell whether sorted orjson and RFC 8785 agree on *value*.

    They differ in floats, in integers past 2^53, and in keys that sort otherwise in UTF-16 (beyond the basic plane);
    U+007F and the C0 controls are written alike.
    """
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return True
    if kind is int:
        return -_SAFE_INTEGER <= cast("int", value) <= _SAFE_INTEGER
    if kind is list:
        return all(_is_plain(item) for item in cast("list[object]", value))
    if kind is dict:
        return all(
            type(key) is str and key.isascii() and _is_plain(item)
            for key, item in cast("dict[object, object]", value).items()
        )
    return False
