"""GitHub as a native source: how it is answered."""

from bot.delivery.native.github.key import read_private_key
from bot.delivery.native.github.receiver import GitHub

__all__ = ["GitHub", "read_private_key"]
