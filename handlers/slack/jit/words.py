"""What people type after `/jit`, read into a command: pure, and forgiving about quotes, `#` and capitals."""

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

from bot.core.ruling import Verdict
from bot.slack.words.escape import line, lines, strip

LONGEST_REASON = 4000
LONGEST_ECHO = 200


class Word(StrEnum):
    """What can be asked for."""

    HELP = "help"
    REQUEST = "request"
    LIST = "list"
    SHOW = "show"
    POLICY = "policy"
    AUDIT = "audit"
    ON_CALL = "on-call"
    STATS = "stats"
    WHOAMI = "whoami"
    APPROVE = "approve"
    REJECT = "reject"
    UNDO = "undo"
    CANCEL = "cancel"
    ESCALATE = "escalate"
    LOOKING = "looking"
    DELEGATE = "delegate"
    UNDELEGATE = "undelegate"
    AWAY = "away"
    BACK = "back"
    ASK = "ask"
    ANSWER = "answer"
    BREAK_GLASS = "break-glass"
    REVIEWED = "reviewed"
    WAIVE = "waive"
    WAIVERS = "waivers"
    UNWAIVE = "unwaive"

    @property
    def verdict(self) -> Verdict | None:
        """The answer it gives, when it gives one."""
        return {Word.APPROVE: Verdict.APPROVE, Word.REJECT: Verdict.REJECT}.get(self)


class Choice(StrEnum):
    """Which open requests are listed."""

    FOR_ME = "for me"
    MINE = "mine"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command understood. ``which`` is what names the request, ``reason`` the words behind it.

    ``rest`` is what stands behind a word that is about no request, or whose words have parts of their own; ``choice``
    is which of them a list is to show. With ``is_public`` everybody in the channel is to see the answer.
    """

    word: Word
    choice: Choice | None = None
    which: str = ""
    reason: str = ""
    rest: str = ""
    is_public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Puzzle:
    """A command not understood: a sentence that says what would be."""

    sentence: str


USAGE = {
    Word.HELP: ("/jit help", "this list; behind list, on-call and stats, “in public” shows the answer to everybody"),
    Word.REQUEST: ("/jit request [what]", "ask for an approval; a dialog asks for the rest"),
    Word.LIST: (
        "/jit list [for me | mine | channel]",
        "open requests, newest first; those you can answer; your own; those with a card in this channel",
    ),
    Word.SHOW: ("/jit show N", "one request, with its buttons"),
    Word.POLICY: ("/jit policy explain N", "why it is asked, and who may answer"),
    Word.AUDIT: ("/jit audit N", "everything that happened to it"),
    Word.ON_CALL: ("/jit on-call [group or rule]", "who would be asked now: for this channel, or by name"),
    Word.STATS: ("/jit stats [30d]", "how much was asked, how it ended, and how long people took, by rule"),
    Word.WHOAMI: ("/jit whoami", "who you are to me"),
    Word.APPROVE: (
        "/jit approve N [reason]",
        "say yes; where that is wanted, with “if: max 10 %” or “in: production” at the end",
    ),
    Word.REJECT: (
        "/jit reject N reason",
        "say no, and why; also with a category: /jit reject N flaky: reason",
    ),
    Word.UNDO: ("/jit undo N", "take your own answer back, as long as it was not released"),
    Word.CANCEL: ("/jit cancel N [reason]", "take back what you asked for"),
    Word.ESCALATE: ("/jit escalate N", "ask the next people now, without waiting for the clock"),
    Word.LOOKING: ("/jit looking N", "say that you are looking at it: nobody is reminded for a while"),
    Word.DELEGATE: (
        "/jit delegate @somebody until friday",
        "let them answer in your name; also: for 3d, until 18:00; /jit delegate list",
    ),
    Word.UNDELEGATE: ("/jit undelegate", "take that back"),
    Word.AWAY: (
        "/jit away until friday [reason]",
        "say that you are away, so that others are asked sooner; also: for 3d; /jit away list",
    ),
    Word.BACK: ("/jit back", "say that you are back"),
    Word.ASK: ("/jit ask N question", "ask whoever asked; the clock stands until they answer"),
    Word.ANSWER: ("/jit answer N text", "answer what you were asked about your own request"),
    Word.BREAK_GLASS: ("/jit break-glass N [reason]", "approve alone, in an emergency; you are asked to confirm"),
    Word.REVIEWED: ("/jit reviewed N reason", "say what you found about a broken glass"),
    Word.WAIVE: (
        "/jit waive N test for 3d uses 5 ticket PAY-77 reason",
        "accept a failed test of it for a while: the identical failure then counts as waived",
    ),
    Word.WAIVERS: ("/jit waivers [all]", "what is waived, until when, by whom and why"),
    Word.UNWAIVE: ("/jit unwaive WAIVER [reason]", "take a waiver back"),
}

_ABOUT_NONE = frozenset(
    {
        Word.HELP,
        Word.REQUEST,
        Word.LIST,
        Word.ON_CALL,
        Word.STATS,
        Word.WHOAMI,
        Word.DELEGATE,
        Word.UNDELEGATE,
        Word.AWAY,
        Word.BACK,
        Word.WAIVERS,
        Word.UNWAIVE,
    }
)
"""The words that are about no single request."""

_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d", "\u201e": "\u201c", "\u00ab": "\u00bb", "\u2018": "\u2019"}
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
_REFERENCES = (
    (re.compile(r"<([@#])[A-Z0-9]+\|([^>]*)>"), r"\1\2"),
    (re.compile(r"<([@#][A-Z0-9]+)>"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>|]*)(?:\|[^>]*)?>"), r"\1"),
)
"""Nothing else that begins with a pointed bracket was typed as one: those are escaped."""

_PERSON = re.compile(r"<@([UW][A-Z0-9]{2,20})(?:\|[^>]*)?>")

_CHOICES = {
    "for me": Choice.FOR_ME,
    "me": Choice.FOR_ME,
    "mine": Choice.MINE,
    "channel": Choice.CHANNEL,
    "here": Choice.CHANNEL,
}
_FOR_ALL = frozenset({Word.LIST, Word.ON_CALL, Word.STATS, Word.WAIVERS})
"""What can be shown to everybody: a request has its card, which goes on being true, and an identity is one's own."""

_PUBLIC = re.compile(r"(^|\s)in\s+public$", re.IGNORECASE)
_EXPLAIN = re.compile(r"explain(?=\s|$)\s*", re.IGNORECASE)
_WHICH = re.compile(r"#?[0-9]{1,15}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def read_command(text: str) -> Command | Puzzle:
    """Return what *text* asks for. Slack escapes three characters in it, and refers to people by their ids."""
    first, _, rest = lines(text, 2 * LONGEST_REASON).partition(" ")
    first, rest = _unescaped(first), rest.strip()
    if not first:
        return Command(word=Word.HELP)
    try:
        word = Word(first.casefold())
    except ValueError:
        return Puzzle(sentence=_unknown(first, as_typed(rest)))
    if word in _FOR_ALL:
        asked = _PUBLIC.sub("", rest).rstrip()
        return _for_all(word, asked, is_public=asked != rest)
    if word in _ABOUT_NONE:
        return Command(word=word, rest=rest)
    if word is Word.POLICY:
        rest = _EXPLAIN.sub("", rest)
    return _with_request(word, as_typed(rest))


def said_to_us(text: str, bot_user_id: str) -> str | None:
    """Return what a message asks of the bot, on one line: what stands behind its name, with which it begins; else None.

    A name further on is talk about it, and no line that begins like this is meant for anybody else.
    """
    told = behind_our_name(text, bot_user_id)
    return None if told is None else " ".join(told.split())


def behind_our_name(text: str, bot_user_id: str) -> str | None:
    """Return what stands behind the bot's name, line by line; None for a message that does not begin with it."""
    told = re.match(rf"<@{re.escape(bot_user_id)}(?:\|[^>]*)?>[\s:,]*", strip(text).lstrip())
    return None if told is None else told.string[told.end() :]


def _for_all(word: Word, rest: str, *, is_public: bool) -> Command | Puzzle:
    if word is not Word.LIST:
        return Command(word=word, rest=rest, is_public=is_public)
    asked = " ".join(rest.casefold().split())
    choice = _CHOICES.get(asked)
    if asked and choice is None:
        return Puzzle(sentence=f"I can't list “{line(rest, 40)}”. Write it like this: {USAGE[Word.LIST][0]}")
    if is_public and choice in {Choice.FOR_ME, Choice.MINE}:
        return Puzzle(sentence="What is yours is shown to you alone. /jit list and /jit list channel can be in public.")
    return Command(word=Word.LIST, choice=choice, is_public=is_public)


def as_typed(text: str) -> str:
    """Return *text* as it was typed: Slack makes references of the people, channels and addresses in it."""
    for reference, typed in _REFERENCES:
        text = reference.sub(typed, text)
    return _unescaped(text)


def people_apart(text: str) -> list[str]:
    """Return *text* as it was typed, in pieces: every other one is the Slack id of somebody who is named there."""
    return [piece if at % 2 else as_typed(piece) for at, piece in enumerate(_PERSON.split(text))]


def _unescaped(text: str) -> str:
    for entity, character in _ENTITIES:
        text = text.replace(entity, character)
    return text


def unquoted(text: str) -> str:
    """Return *text* without the quotes around it."""
    text = text.strip()
    is_quoted = len(text) > 1 and _QUOTES.get(text[0]) == text[-1]
    return text[1:-1].strip() if is_quoted else text


def _with_request(word: Word, rest: str) -> Command | Puzzle:
    which, _, reason = rest.partition(" ")
    if _WHICH.fullmatch(which) is None:
        return Puzzle(sentence=f"Which request? Write it like this, with its number for N: {USAGE[word][0]}")
    if len(unquoted(reason)) > LONGEST_REASON:
        return Puzzle(sentence=f"That reason is too long; {LONGEST_REASON} characters are the most.")
    if word is Word.WAIVE:
        return Command(word=word, which=which.lower(), rest=reason.strip())  # the test at its front may be quoted
    return Command(word=word, which=which.lower(), reason=unquoted(reason))


def _unknown(first: str, rest: str) -> str:
    word = line(first, 40)
    near = difflib.get_close_matches(first.casefold(), [known.value for known in Word], n=1, cutoff=0.5)
    if not near:
        return f"There is no “{word}”. /jit help shows what there is."
    meant = Word(near[0])
    # What would be understood is given back whole, to be sent again as it stands.
    is_whole = bool(rest.strip()) and isinstance(read_command(f"{meant} {rest}"), Command)
    usage = f"/jit {meant} {line(rest, LONGEST_ECHO)}" if is_whole else USAGE[meant][0]
    return f"There is no “{word}”. Did you mean {usage}?"
