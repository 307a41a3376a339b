"""Who acts when nobody does."""

from bot.core.people.identity import Actor, Via

TIMER = Actor(name="timer", via=Via.TIMER)
