"""Calendars, holidays, freezes and quiet hours of a policy file."""
