"""The page for people: a small chat client, drawn on the server, live by event stream."""

from bot.sandbox.page.routes import register_page

__all__ = ["register_page"]
