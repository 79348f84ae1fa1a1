"""Queries: what may be looked at, each scoped to who looks; nothing here changes anything."""
