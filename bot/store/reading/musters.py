"""Reading when it is to be asked who is there: in a look through all that is open, or into the groups of one."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import read_request
from bot.store.reading.part import Part


class Musters(Part):
    """When somebody went, and which groups are to be looked into."""

    def next(self) -> datetime | None:
        """Return from when on the open requests are to be looked through because somebody went; None: not at all."""
        return self._moment(self._first("next_muster"))

    def roll_calls(self, most: int, now: datetime) -> Mapping[RequestId, ApprovalRequest | None]:
        """Return up to *most* requests whose live groups are to be looked into *now*, the longest due first.

        None stands for one that cannot be read.
        """
        rows = self._rows("due_roll_calls", self._database.moment(now), most)
        return {RequestId(row[0]): _read(row[1]) for row in rows}


def _read(document: str | bytes) -> ApprovalRequest | None:
    try:
        return read_request(document)
    except ValueError:
        return None  # whoever locks it complains of it
