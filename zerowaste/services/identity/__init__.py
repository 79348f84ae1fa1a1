"""Identity: accounts, the ways to sign in, tokens, and what becomes of them; each change is an event."""
