"""History: replay, verification, seals and proofs: that the books are what the events say."""
