"""What can be wrong with the store itself, each in one line that says what to do."""

from bot.core.errors import PerhapsWritten, Unavailable


class StoreUnusable(Exception):
    """The database cannot be used as it is configured."""


class SchemaTooNew(StoreUnusable):
    """The database was written by a newer version of this program."""


class StoreClosed(Unavailable):
    """Something was brought to a store that is closing or closed; nothing of it was written."""


class StoreUnreachable(Unavailable):
    """The database does not answer, or went on refusing what should pass; nothing was written."""


class CommitUnknown(PerhapsWritten):
    """The connection broke during COMMIT: the database knows whether it happened, we do not.

    Never replayed by itself: what was written once must not be written twice.
    """
