"""Deadlines: everything somebody must do by a moment, as rows that can be asked for."""
