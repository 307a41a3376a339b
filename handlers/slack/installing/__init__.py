"""The app comes into its workspace by two pages, and goes again by two events."""

from handlers.slack.installing.pages import Installing, InstallPages, register

__all__ = ["InstallPages", "Installing", "register"]
