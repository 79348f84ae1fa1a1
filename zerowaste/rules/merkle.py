"""A Merkle tree over a growing list (RFC 9162 2.1): its root, and proofs that something is in it or that a
longer list begins with a shorter one.

Hashes are SHA-256 and 32 bytes long; leaves and nodes are told apart by their first byte. Proofs are made of
`span(low, high)`, the hash of the leaves from low on and before high: whoever has them stored hashes nothing
again."""

from collections.abc import Callable, Sequence
from hashlib import sha256

Span = Callable[[int, int], bytes]
EMPTY = sha256(b"").digest()


def leaf_hash(content: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two hashes."""
    return sha256(b"\x01" + left + right).digest()


def split(size: int) -> int:
    """The greatest power of two below `size` (at least 2): so many leaves stand on the left."""
    return 1 << (size - 1).bit_length() - 1


def root_of(leaves: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    middle = split(len(leaves))
    return node_hash(root_of(leaves[:middle]), root_of(leaves[middle:]))


def inclusion(position: int, size: int, span: Span) -> list[bytes]:
    """The proof that the leaf at `position` is in a tree of that size. ValueError: it cannot be."""
    if not 0 <= position < size:
        raise ValueError("no such leaf")
    low, high, path = 0, size, []
    while high - low > 1:
        middle = low + split(high - low)
        if position < middle:
            path.append(span(middle, high))
            high = middle
        else:
            path.append(span(low, middle))
            low = middle
    return path[::-1]


def consistency(shorter: int, longer: int, span: Span) -> list[bytes]:
    """The proof that the first `shorter` leaves of a longer list are the whole of the shorter one.
    ValueError: it is no beginning."""
    if not 0 < shorter <= longer:
        raise ValueError("no beginning of it")
    low, high, whole, path = 0, longer, True, []
    while shorter < high:
        middle = low + split(high - low)
        if shorter <= middle:
            path.append(span(middle, high))
            high = middle
        else:
            path.append(span(low, middle))
            low, whole = middle, False
    return ([] if whole else [span(low, high)]) + path[::-1]
