"""Who and what is let in over HTTP: authentication, rates, sizes and slowness."""

from handlers.door.connections import ConnectionLimits, make_runner
from handlers.door.credentials import Credentials, SigningSecret, Token, twins

__all__ = ["ConnectionLimits", "Credentials", "SigningSecret", "Token", "make_runner", "twins"]
