"""The Merkle tree: RFC 6962's own vectors, and proofs that show what is so and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.outsider import continues, included
from zerowaste.rules.merkle import (
    EMPTY,
    consistency,
    inclusion,
    leaf_hash,
    node_hash,
    root_of,
)

# The leaves that implementations of RFC 6962 test with, and the roots over the first one to eight.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
SIZES = st.integers(1, 70)


def hashes(size: int) -> list[bytes]:
    return [leaf_hash(bytes([number])) for number in range(size)]


def span_of(leaves: list[bytes]) -> object:
    return lambda low, high: root_of(leaves[low:high])


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_are_those_of_the_standard(size: int) -> None:
    assert root_of([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_the_empty_tree_and_the_two_kinds_of_hash() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert leaf_hash(b"").hex() == ROOTS[0]
    told = "aa217fe888e47007fa15edab33c2b492a722cb106c64667fc2b044444de66bbb"
    assert node_hash(b"N123", b"N456").hex() == told
    told = "395aa064aa4c29f7010acfe3f25db9485bbd4b91897b6ad7ad547639252b4d56"
    assert leaf_hash(b"L123456").hex() == told


@given(size=SIZES, data=st.data())
def test_a_leaf_that_is_there_is_shown_to_be(size: int, data: st.DataObject) -> None:
    leaves, position = hashes(size), data.draw(st.integers(0, size - 1))
    proof = inclusion(position, size, span_of(leaves))  # type: ignore[arg-type]  # a span
    root = root_of(leaves)
    assert included(leaves[position], position, size, proof, root)
    assert not included(leaf_hash(b"other"), position, size, proof, root)
    assert not included(leaves[position], position, size, [*proof, root], root)
    for other in {0, size // 2, size - 1} - {position}:
        assert not included(leaves[position], other, size, proof, root)


@given(longer=SIZES, data=st.data())
def test_a_longer_list_is_shown_to_begin_with_a_shorter(longer: int, data: st.DataObject) -> None:
    leaves, shorter = hashes(longer), data.draw(st.integers(1, longer))
    proof = consistency(shorter, longer, span_of(leaves))  # type: ignore[arg-type]  # a span
    old, new = root_of(leaves[:shorter]), root_of(leaves)
    assert continues(shorter, longer, old, new, proof)
    assert not continues(shorter, longer, leaf_hash(b"other"), new, proof)
    assert not continues(shorter, longer, old, leaf_hash(b"other"), proof)
    changed = [leaf_hash(b"changed"), *leaves[1:]]
    assert not continues(shorter, longer, old, root_of(changed), proof)


@pytest.mark.parametrize(("position", "size"), [(-1, 3), (3, 3), (0, 0)])
def test_what_cannot_be_proved_is_not(position: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such leaf"):
        inclusion(position, size, span_of(hashes(size)))  # type: ignore[arg-type]  # a span
    assert not included(EMPTY, position, size, [], EMPTY)


@pytest.mark.parametrize(("shorter", "longer"), [(0, 3), (4, 3)])
def test_no_list_begins_with_nothing_or_with_more_than_itself(shorter: int, longer: int) -> None:
    with pytest.raises(ValueError, match="no beginning"):
        consistency(shorter, longer, span_of(hashes(longer)))  # type: ignore[arg-type]  # a span
    assert not continues(shorter, longer, EMPTY, EMPTY, [EMPTY])
