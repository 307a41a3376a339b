"""Home tabs: one view a person, published by the app, with a hash that changes with it."""

from typing import Any

from bot.sandbox.blocks.complete import complete_blocks
from bot.sandbox.mint import Mint
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.views import View

Json = dict[str, Any]


class Homes:
    """What the app has published to whom. https://docs.slack.dev/surfaces/app-home ."""

    def __init__(self, mint: Mint) -> None:
        self._mint = mint
        self._homes: dict[str, View] = {}

    def of(self, user: str) -> View | None:
        """Return the Home tab of *user*; None while nothing was published."""
        return self._homes.get(user)

    def get(self, view_id: str) -> View | None:
        """Return the Home tab with this id."""
        return next((view for view in self._homes.values() if view.id == view_id), None)

    def publish(self, user: str, content: Json, expected_hash: str | None = None) -> View:
        """Show *content* on the Home tab of *user*, under the id that it has had from the first time on.

        Raises SlackRefusal hash_conflict when it is not the one the app last saw, and duplicate_external_id.
        """
        before = self._homes.get(user)
        if expected_hash is not None and (before is None or before.hash != expected_hash):
            raise SlackRefusal("hash_conflict")
        self._refuse_twin(user, content.get("external_id"))
        view_id = before.id if before else self._mint.name("V")
        blocks = list(complete_blocks(content["blocks"], self._mint))
        stamp = self._mint.stamp().partition(".")[0]
        home = View(
            id=view_id,
            user=user,
            content={**content, "blocks": blocks},
            hash=f"{stamp}.{self._mint.secret()[:8]}",
            root=view_id,
        )
        self._homes[user] = home
        return home

    def _refuse_twin(self, user: str, external_id: str | None) -> None:
        others = (home for owner, home in self._homes.items() if owner != user)
        if external_id and any(home.content.get("external_id") == external_id for home in others):
            raise SlackRefusal("duplicate_external_id")
