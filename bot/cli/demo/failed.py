"""What the demo says when it cannot go on."""


class DemoFailed(Exception):
    """The demo cannot go on; the message says what to do."""
