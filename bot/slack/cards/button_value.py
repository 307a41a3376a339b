"""What a button, or a choice of the menu, carries: request, revision, stage and action, under a MAC of ours alone."""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.errors import Refusal, Refused
from bot.core.request import RequestId
from bot.core.ruling import Verdict

_PURPOSE = b"jit-approvals: button values, v1"
_MAC_BYTES = 18  # 144 bits, and no padding in base64
_SHAPE = re.compile(
    r"(?P<body>1\.(?P<request>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"\.(?P<revision>[0-9]{1,9})\.(?P<stage>[0-9]{1,4})\.(?P<action>[a-z_]{1,20})"
    r"(?:\.(?P<question>[0-9]{1,9}))?(?:\.e(?P<step>[0-9]{1,4}))?(?:\.s(?P<others>[0-9]{1,19}(?:-[0-9]{1,19})*))?)"
    r"\.(?P<mac>[A-Za-z0-9_-]{24})"
)


class Press(StrEnum):
    """What pressing a button asks for."""

    APPROVE = "approve"
    APPROVE_WITH_REASON = "approve_reason"
    REJECT = "reject"
    UNDO = "undo"
    ASK = "ask"
    CLAIM = "claim"
    ESCALATE = "escalate"
    WAIVE = "waive"
    ANSWER = "answer"
    BREAK_GLASS = "break_glass"
    DETAILS = "details"
    SELECT = "select"

    @property
    def action_id(self) -> str:
        """The button's name in what Slack sends."""
        return f"jit_{self.value}"

    @property
    def verdict(self) -> Verdict | None:
        """The answer it leads to, when it is one."""
        approving = dict.fromkeys((Press.APPROVE, Press.APPROVE_WITH_REASON), Verdict.APPROVE)
        return {**approving, Press.REJECT: Verdict.REJECT}.get(self)


MENU = "jit_more"
"""The menu's name in what Slack sends; which of its choices it was, the value of that says."""

IN_THE_MENU = (Press.ASK, Press.CLAIM, Press.ESCALATE, Press.WAIVE)
"""What is rarer than an answer. Cards of earlier versions have buttons for some of these: they go on to work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """What a button says that it is.

    ``question`` is which of the request's questions an answer is to, ``step`` how many steps of the stage's escalation
    were taken when the next was offered. ``others`` are the numbers of those who
    follow the request and whom its card showed: exactly these are answered with it.
    """

    request: RequestId
    revision: int
    stage: int
    press: Press
    question: int | None = None
    step: int | None = None
    others: tuple[int, ...] = ()


class Seal:
    """Makes and checks the MACs. Its key is derived from the house's secret key, for this purpose alone."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.new(secret_key.encode(), _PURPOSE, hashlib.sha256).digest()

    def draw_value(self, pressed: Pressed) -> str:
        """Return the value for a button or a choice: about 80 characters, 600 when fifty share a card.

        Slack allows 2000 to a button and 150 to a choice of a menu, which therefore names no *others*.
        """
        body = f"1.{pressed.request}.{pressed.revision}.{pressed.stage}.{pressed.press.value}"
        body += "" if pressed.question is None else f".{pressed.question}"
        body += "" if pressed.step is None else f".e{pressed.step}"
        body += f".s{'-'.join(map(str, pressed.others))}" if pressed.others else ""
        return f"{body}.{self._mac(body)}"

    def read_value(self, value: str) -> Pressed:
        """Return what the button said when we drew it.

        Raises Refused (STALE) for everything we did not draw, or drew under another key.
        """
        found = _SHAPE.fullmatch(value)
        # Compared in full and in constant time; the shape is public and may fail at once.
        if found is None or not hmac.compare_digest(self._mac(found["body"]), found["mac"]):
            raise Refused(
                Refusal.STALE, "This button isn't valid any more, so nothing was counted. Use the newest card."
            )
        return Pressed(
            request=RequestId(found["request"]),
            revision=int(found["revision"]),
            stage=int(found["stage"]),
            press=Press(found["action"]),
            question=int(found["question"]) if found["question"] else None,
            step=int(found["step"]) if found["step"] else None,
            others=tuple(map(int, (found["others"] or "").split("-"))) if found["others"] else (),
        )

    def draw_note(self, kind: str, text: str) -> str:
        """Return *text* under a MAC, for where a view keeps it; *kind* tells notes of different purposes apart."""
        body = f"note.{kind}.{text}"
        return f"{body}.{self._mac(body)}"

    def read_note(self, kind: str, note: str) -> str:
        """Return the text of a note of ours. Raises Refused (STALE) for everything that we did not draw."""
        body, _, mac = note.rpartition(".")
        begin = f"note.{kind}."
        if not (mac.isascii() and body.startswith(begin) and hmac.compare_digest(self._mac(body), mac)):
            raise Refused(Refusal.STALE, "This isn't valid any more, so nothing was done. Open it again.")
        return body.removeprefix(begin)

    def _mac(self, body: str) -> str:
        mac = hmac.digest(self._key, body.encode(), "sha256")[:_MAC_BYTES]
        return base64.urlsafe_b64encode(mac).decode()
