"""Everything we say to callers: the signed callback, and to native sources what they understand."""

from bot.delivery.callbacks import CallbackCourier, CallbackTerms, draw_callback
from bot.delivery.guard import TargetRefused, is_public, read_target
from bot.delivery.names import Names
from bot.delivery.signing import SecretUnusable, callback_id, is_callback_id, read_secret
from bot.delivery.ways import Ways

__all__ = [
    "CallbackCourier",
    "CallbackTerms",
    "Names",
    "SecretUnusable",
    "TargetRefused",
    "Ways",
    "callback_id",
    "draw_callback",
    "is_callback_id",
    "is_public",
    "read_secret",
    "read_target",
]
