"""CEL: the one module that knows the engine. Conditions in, plain callables out."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from cel_expr_python import cel  # pyright: ignore[reportMissingTypeStubs] - its types are in cel.pyi, beside it

from bot.core.judging.counting import COUNTED
from bot.core.judging.facts import Condition, Facts, Unclear, Why
from bot.policy.conditions.complaints import Complaint, ConditionRejected, complaints_of, kind_of, plain
from bot.policy.conditions.cost import MAX_ENTRIES, MAX_TEXT, MAX_WEIGHT, TooCostly, require_bounded
from bot.policy.conditions.facts import FACTS, FREEZE_FACTS, TRIAGED, UNKNOWN, Fact, Kind
from bot.policy.conditions.parting import OR, parts_of
from bot.policy.conditions.readable import is_readable, weight
from bot.policy.conditions.syntax import Node, read_tree

MAX_CONDITION = 4_000
"""Characters in one condition. The engine itself stops at 32 levels of nesting."""

_WHY_LENGTH = 200
_PART, _PARTS = 120, 5

_TYPES = {
    Kind.TEXT: cel.Type.STRING,
    Kind.COUNT: cel.Type.INT,
    Kind.YES_NO: cel.Type.BOOL,
    Kind.TEXTS: cel.Type.List(cel.Type.STRING),
    Kind.FLAGS: cel.Type.Map(cel.Type.STRING, cel.Type.BOOL),
    Kind.TREE: cel.Type.Map(cel.Type.STRING, cel.Type.DYN),
    Kind.TIME: cel.Type.TIMESTAMP,
}


@dataclass(frozen=True, slots=True)
class _Bound:
    """The facts of one request as the engine reads them; naming one of the ``unreadable`` ones is an error.

    ``parts`` keeps what parts of conditions came out as.
    """

    facts: Facts
    activation: cel.Activation
    unreadable: tuple[str, ...]
    parts: dict[str, bool | Unclear] = field(default_factory=dict[str, bool | Unclear])


class Engine:
    """Compiles the conditions of one policy, and binds the facts of a request once for all of them.

    Safe to use from several threads: what is remembered is replaced whole, and compared by identity.
    """

    def __init__(self) -> None:
        self._env = _environment(FACTS)
        self._env_without_tests = _environment(fact for fact in FACTS if not fact.name.startswith("tests."))
        self._env_without_triage = _environment(fact for fact in FACTS if fact.name not in TRIAGED)
        self._env_without_unknown = _environment(fact for fact in FACTS if fact.name != UNKNOWN)
        self._used: dict[str, Fact] = {}
        self._last: _Bound | None = None

    def compile(self, text: str) -> Condition:
        """Return *text* as a callable that never raises and is true only when the engine says exactly ``true``.

        Raises ConditionRejected, with every complaint, for what does not type-check, does not yield true or false, or
        could take too long.
        """
        if len(text) > MAX_CONDITION:
            raise ConditionRejected((Complaint(-1, -1, f"a condition has at most {MAX_CONDITION} characters"),))
        try:
            expression = self._env.compile(text)
        except RuntimeError as error:
            raise ConditionRejected(complaints_of(str(error), text)) from error
        _require_bool(expression.return_type())
        try:
            require_bounded(read_tree(expression.serialize()))
        except TooCostly as costly:
            line, column = _place(text, costly.at)
            raise ConditionRejected((Complaint(line, column, costly.sentence),)) from None
        self._used |= {fact.name: fact for fact in FACTS if all(part in text for part in fact.name.split("."))}
        return lambda facts: self._evaluate(expression, facts)

    def why(self, text: str) -> Why:
        """Return what says which parts of *text*, which compiles, made it come out as it did.

        Of what is joined by ``&&`` those that are false, of what is joined by ``||`` those that hold.
        """
        tree = read_tree(self._env.compile(text).serialize())
        parts = [(_excerpt(part), self._part(part)) for part in parts_of(text, tree, self.tree)]
        is_choice = tree.name == OR

        def why(facts: Facts) -> str:
            found = [(said, part(facts)) for said, part in parts]
            holding = [said for said, value in found if value is True] if is_choice else []
            failing = [said for said, value in found if value is False]
            if holding:
                return f"{_listed(holding)} {'holds' if len(holding) == 1 else 'hold'}"
            return f"{_listed(failing)} {'is' if len(failing) == 1 else 'are'} false" if failing else ""

        return why

    def _part(self, text: str) -> Condition:
        """Return a part as a callable; rules have parts in common, and each is evaluated once for a request."""
        expression = self._env.compile(text)

        def evaluated(facts: Facts) -> bool | Unclear:
            bound = self._last
            if bound is None or bound.facts is not facts:
                return self._evaluate(expression, facts)
            value = bound.parts.get(text)
            if value is None:
                value = bound.parts[text] = self._evaluate(expression, facts)
            return value

        return evaluated

    def tree(self, text: str) -> Node | None:
        """Return *text* as a tree; None when it is no condition by itself."""
        try:
            expression = self._env.compile(text)
        except RuntimeError:
            return None
        return read_tree(expression.serialize()) if expression.return_type() == cel.Type.BOOL else None

    @property
    def counted(self) -> frozenset[str]:
        """Return the counts that any condition compiled so far may look at."""
        return frozenset(self._used) & frozenset(COUNTED)

    def reads_tests(self, text: str) -> bool:
        """Tell whether *text*, which compiles, names a fact about tests: without these facts it means nothing."""
        return not _compiles(text, self._env_without_tests)

    def overlooks_unknown(self, text: str) -> bool:
        """Tell whether *text*, which compiles, looks at what is new, say, and not at what nothing is known of."""
        return not _compiles(text, self._env_without_triage) and _compiles(text, self._env_without_unknown)

    def outlasts(self, text: str) -> bool:
        """Tell whether *text*, which compiles, only names facts that an open request still has (FREEZE_FACTS)."""
        return _compiles(text, _environment(fact for fact in FACTS if fact.name.startswith(FREEZE_FACTS)))

    def blocker(self, text: str) -> Callable[[str, str], bool]:
        """Return what tells whether *text*, which compiles, is false as soon as a fact has a value.

        Nothing else is bound then: what depends on more is an error, and an error is not false.
        """
        expression = self._env.compile(text)

        def blocks(fact: str, value: str) -> bool:
            try:
                return expression.eval(self._env.Activation({fact: value})).value() is False
            except Exception:  # noqa: BLE001 - as in _evaluate: what the engine raises is an error like those it returns
                return False

        return blocks

    def _evaluate(self, expression: cel.Expression, facts: Facts) -> bool | Unclear:
        """Evaluate; the engine returns most errors as values and raises a few, and all of them ask a person."""
        try:
            bound = self._last
            if bound is None or bound.facts is not facts:
                bound = self._last = self._bind(facts)
            value: object = expression.eval(bound.activation).value()
        except Exception as error:  # noqa: BLE001 - whatever the engine throws, a person is asked and told why
            return Unclear(_why(str(error), ()))
        return value if isinstance(value, bool) else Unclear(_why(str(value), bound.unreadable))

    def _bind(self, facts: Facts) -> _Bound:
        values = {name: fact.read(facts) for name, fact in self._used.items()}
        unreadable = tuple(
            name for name, value in values.items() if not is_readable(value, 0) or weight(value) > MAX_WEIGHT
        )
        readable = {name: value for name, value in values.items() if name not in unreadable}
        return _Bound(facts, self._env.Activation(readable), unreadable)


def _excerpt(part: str) -> str:
    part = " ".join(part.split())
    return part if len(part) <= _PART else part[:_PART] + "…"


def _listed(parts: list[str]) -> str:
    more = [f"{len(parts) - _PARTS} more"] if len(parts) > _PARTS else []
    return ", ".join([*parts[:_PARTS], *more])


def _environment(facts: Iterable[Fact]) -> cel.Env:
    return cel.NewEnv(variables={fact.name: _TYPES[fact.kind] for fact in facts})


def _compiles(text: str, env: cel.Env) -> bool:
    try:
        env.compile(text)
    except RuntimeError:
        return False
    return True


def _place(text: str, at: int) -> tuple[int, int]:
    """Return line and column of the character at *at*, counted from 1."""
    before = text[:at].split("\n")
    return len(before), len(before[-1]) + 1


def _require_bool(kind: cel.Type) -> None:
    if kind == cel.Type.BOOL:
        return
    if kind == cel.Type.DYN:
        sentence = "must yield true or false; this yields whatever the caller sent, so compare it (… == true)"
    else:
        what = kind_of(kind.name().lower())
        sentence = f"must yield true or false; this yields {what}: compare it with something"
    raise ConditionRejected((Complaint(1, 1, sentence),))


def _why(message: str, unreadable: tuple[str, ...]) -> str:
    for name in unreadable:
        if name in message:
            return (
                f"{name} is too large to look into: lists and mappings of at most {MAX_ENTRIES} entries, "
                f"texts of at most {MAX_TEXT} characters, {MAX_WEIGHT} together"
            )
    said = plain(message)
    if said.startswith("Key not found in map : "):
        said = f"there is no key {said.removeprefix('Key not found in map : ')} (ask with has(…) or in first)"
    return said if len(said) <= _WHY_LENGTH else said[:_WHY_LENGTH] + "…"
