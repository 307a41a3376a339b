"""GitHub's webhooks: a deployment that waits for us asks, a run that ended takes it back."""

from handlers.hooks.github.proof import prove
from handlers.hooks.github.reading import read
from handlers.hooks.kinds import Kind

__all__ = ["KIND"]

KIND = Kind(prove=prove, read=read)
