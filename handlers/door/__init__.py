"""Who and what is let in over HTTP: authentication, rates, sizes and slowness."""

from handlers.door.connections import ConnectionLimits, make_runner
from handlers.door.credentials import Credentials, twins

__all__ = ["ConnectionLimits", "Credentials", "make_runner", "twins"]
