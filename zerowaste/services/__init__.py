"""Use cases: (session, actor, input, *, now) → outcome. They never commit and know no HTTP."""
