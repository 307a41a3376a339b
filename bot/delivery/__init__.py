"""Everything we say to callers: today the signed callback."""

from bot.delivery.callbacks import CallbackCourier, CallbackTerms, draw_callback
from bot.delivery.guard import TargetRefused, is_public, read_target
from bot.delivery.signing import SecretUnusable, callback_id, is_callback_id, read_secret

__all__ = [
    "CallbackCourier",
    "CallbackTerms",
    "SecretUnusable",
    "TargetRefused",
    "callback_id",
    "draw_callback",
    "is_callback_id",
    "is_public",
    "read_secret",
    "read_target",
]
