"""Who could take what: exact, near, and never more than is granted or where it is not allowed."""

from hypothesis import given
from hypothesis import strategies as st

from zerowaste.graph.allocation import allocate

A, B = ("360102", "hazardous HW08"), ("360111", "hazardous HW08")


def test_the_nearer_plant_is_filled_first() -> None:
    found = allocate({A: 10}, {"near": 6, "far": 20}, {(A, "near"): 3, (A, "far"): 40})
    assert (found.taken, found.unserved) == ({(A, "near"): 6, (A, "far"): 4}, {})


def test_what_finds_no_room_is_told_and_where_it_is_stuck() -> None:
    found = allocate({A: 10, B: 5}, {"plant": 12, "idle": 9}, {(A, "plant"): 3, (B, "plant"): 1})
    assert sum(found.unserved.values()) == 3
    assert found.full == ("plant",)


def test_what_nobody_may_take_has_no_place() -> None:
    found = allocate({A: 10}, {"plant": 99}, {})
    assert (found.unserved, found.taken, found.full) == ({A: 10}, {}, ())


def test_what_a_line_takes_the_wider_line_around_it_takes_too() -> None:
    """Of ten that the plant may take in all, four may be oil: both lines count."""
    oil, acid = ("360102", "hazardous HW08"), ("360102", "hazardous HW34")
    ways = {(oil, "oil"): 3, (acid, "all"): 3}
    found = allocate({oil: 9, acid: 8}, {"oil": 4, "all": 10}, ways, {"oil": "all"})
    assert sum(found.taken.values()) == 10
    assert found.taken[oil, "oil"] <= 4
    assert sum(found.unserved.values()) == 7
    assert set(found.full) == {"all"} | ({"oil"} if found.taken[oil, "oil"] == 4 else set())


AMOUNTS = st.integers(0, 50)


@given(st.lists(AMOUNTS, min_size=3, max_size=3), st.lists(AMOUNTS, min_size=2, max_size=2),
       st.sets(st.tuples(st.integers(0, 2), st.integers(0, 1))), st.integers(0, 30))  # fmt: skip
def test_nothing_is_lost_and_more_room_never_leaves_more_over(
    amounts: list[int], rooms: list[int], arcs: set[tuple[int, int]], more: int
) -> None:
    supplies = {(str(n), "w"): amount for n, amount in enumerate(amounts)}
    capacities = {f"p{n}": room for n, room in enumerate(rooms)}
    ways = {((str(s), "w"), f"p{p}"): s + p for s, p in arcs}
    found = allocate(supplies, capacities, ways)
    for supply, amount in supplies.items():
        sent = sum(kg for (each, _), kg in found.taken.items() if each == supply)
        assert sent + found.unserved.get(supply, 0) == amount
    for key, room in capacities.items():
        assert sum(kg for (_, each), kg in found.taken.items() if each == key) <= room
    assert set(found.taken) <= set(ways)
    wider = allocate(supplies, {**capacities, "p0": capacities["p0"] + more}, ways)
    assert sum(wider.unserved.values()) <= sum(found.unserved.values())
