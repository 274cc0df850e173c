"""Calendars to subscribe to: sittings and events as iCalendar."""
