"""Everything we say to callers: today the signed callback."""

from bot.delivery.callbacks import CallbackCourier, CallbackTerms, draw_callback
from bot.delivery.guard import TargetRefused, is_named, is_public, open_public_socket, read_target
from bot.delivery.names import Names
from bot.delivery.signing import SecretUnusable, callback_id, is_callback_id, read_secret

__all__ = [
    "CallbackCourier",
    "CallbackTerms",
    "Names",
    "SecretUnusable",
    "TargetRefused",
    "callback_id",
    "draw_callback",
    "is_callback_id",
    "is_named",
    "is_public",
    "open_public_socket",
    "read_secret",
    "read_target",
]
