"""The grammar of native sources: who asks by a webhook of its own kind. A new kind is a part, and a line here."""

from collections.abc import Mapping

from bot.policy.grammar.native.github import GitHubPart
from bot.policy.grammar.native.part import NativePart

__all__ = ["NATIVE_PARTS", "GitHubPart", "NativePart"]

NATIVE_PARTS: Mapping[str, type[NativePart]] = {"github": GitHubPart}
"""What may stand in an entry of ``sources``, by its ``kind``."""
