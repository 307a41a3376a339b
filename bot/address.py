"""The address that the house listens at, and what to do when it cannot."""

import errno
import os

_REMEDIES = {
    errno.EADDRINUSE: "stop what listens there, or choose another port",
    errno.EACCES: "choose a port above 1023",
}
_REMEDY = "name an address of this machine"


class CannotListen(OSError):
    """Nobody can be let in at the address that the settings name."""

    def __init__(self, error: OSError | UnicodeError, host: str, port: int) -> None:
        number = (error.errno if isinstance(error, OSError) else None) or 0
        why = os.strerror(number) if number > 0 else "there is no such host"  # what the resolver says is negative
        super().__init__(number, why)
        remedy = _REMEDIES.get(number, _REMEDY)
        self._sentence = f"JIT_HOST, JIT_PORT: cannot listen on {host}:{port}: {why}; {remedy}"

    def __str__(self) -> str:
        """Return the sentence."""
        return self._sentence
