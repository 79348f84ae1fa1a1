"""Booking: what judging reads from the books, and how an event and all it changes is written."""
