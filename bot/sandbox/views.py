"""Open dialogs: up to three on top of each other for each person, each with a hash that changes with it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from bot.sandbox.blocks.complete import complete_blocks
from bot.sandbox.mint import Mint
from bot.sandbox.refusal import SlackRefusal

Json = dict[str, Any]

STACK_LIMIT = 3


def _nothing() -> dict[str, str]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A dialog as one person has it before them. ``errors`` are shown at the inputs, by block id."""

    id: str
    user: str
    content: Json
    hash: str
    root: str
    previous: str | None = None
    errors: Mapping[str, str] = field(default_factory=_nothing)

    @property
    def blocks(self) -> list[Json]:
        """Return its blocks, every one with a block_id."""
        return self.content["blocks"]


class ViewStacks:
    """What is open before whom."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._stacks: dict[str, list[View]] = {}

    def top(self, user: str) -> View | None:
        """Return the dialog *user* sees."""
        stack = self._stacks.get(user)
        return stack[-1] if stack else None

    def stack(self, user: str) -> tuple[View, ...]:
        """Return everything open before *user*, the visible one last."""
        return tuple(self._stacks.get(user, ()))

    def get(self, view_id: str) -> View:
        """Return an open dialog. Raises SlackRefusal not_found."""
        return next(self._matching("id", view_id), None) or self._missing()

    def by_external_id(self, external_id: str) -> View:
        """Return the open dialog that the app gave this id. Raises SlackRefusal not_found."""
        return next(self._matching("external_id", external_id), None) or self._missing()

    def open(self, user: str, content: Json) -> View:
        """Show a dialog to *user*, in place of whatever was open."""
        self._refuse_twin(content)
        view = self._new(user, content, None)
        self._stacks[user] = [view]
        return view

    def push(self, user: str, content: Json) -> View:
        """Show a dialog on top of the open ones. Raises SlackRefusal push_limit_reached."""
        stack = self._stacks.get(user) or []
        if not stack:
            raise SlackRefusal("not_found")
        if len(stack) >= STACK_LIMIT:
            raise SlackRefusal("push_limit_reached")
        self._refuse_twin(content)
        view = self._new(user, content, stack[-1])
        stack.append(view)
        return view

    def update(self, view: View, content: Json, expected_hash: str | None = None) -> View:
        """Change a dialog. Raises SlackRefusal hash_conflict when it is not the one the app last saw."""
        if expected_hash is not None and expected_hash != view.hash:
            raise SlackRefusal("hash_conflict")
        external_id = content.get("external_id")
        if external_id and external_id != view.content.get("external_id"):
            self._refuse_twin(content)
        return self._put(replace(view, content=self._complete(content), hash=self._hash(), errors={}))

    def complain(self, view: View, errors: Mapping[str, str]) -> View:
        """Show errors at the inputs."""
        return self._put(replace(view, errors=dict(errors)))

    def close(self, view: View) -> None:
        """Take a dialog away, with everything on top of it."""
        stack = self._stacks.get(view.user, [])
        places = [index for index, open_view in enumerate(stack) if open_view.id == view.id]
        del stack[places[0] if places else len(stack) :]

    def clear(self, user: str) -> None:
        """Take every dialog of *user* away."""
        self._stacks.pop(user, None)

    def _put(self, view: View) -> View:
        stack = self._stacks[view.user]
        stack[[open_view.id for open_view in stack].index(view.id)] = view
        return view

    def _new(self, user: str, content: Json, below: View | None) -> View:
        view_id = self._mint.name("V")
        return View(
            id=view_id,
            user=user,
            content=self._complete(content),
            hash=self._hash(),
            root=below.root if below else view_id,
            previous=below.id if below else None,
        )

    def _complete(self, content: Json) -> Json:
        return {**content, "blocks": list(complete_blocks(content["blocks"], self._mint))}

    def _hash(self) -> str:
        return f"{self._mint.stamp().partition('.')[0]}.{self._mint.secret()[:8]}"

    def _refuse_twin(self, content: Json) -> None:
        external_id = content.get("external_id")
        if external_id and next(self._matching("external_id", external_id), None):
            raise SlackRefusal("duplicate_external_id")

    def _matching(self, key: str, wanted: str) -> Iterator[View]:
        for stack in self._stacks.values():
            for view in stack:
                if wanted == (view.id if key == "id" else view.content.get(key)):
                    yield view

    @staticmethod
    def _missing() -> View:
        raise SlackRefusal("not_found")
