"""Who sees what of a chain: his own share, his own places whole, or everything in his region."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from sqlmodel import Session

from tests.cast import ADA, DAN, DORA, DREW, FAY, OLAF, PAULA, RITA, RUTH, TESS, Person
from tests.city import NOW, OTHER, PLANT, STATION, WORKS, City
from tests.graph.drawing import Drawing, Paper, draw
from tests.story import the_law
from zerowaste.errors import Refusal
from zerowaste.rules.access import Actor
from zerowaste.services.queries.chains import ChainView, NodeEntry, chain
from zerowaste.vocabulary import Role, Status

# Paula's 600 and Olaf's 300 meet at the plant; the ash goes on to the transfer station.
MIXED = """
    generation > p.yard 600
    p.yard > p.load.1 600
    p.load.1 > p.gate 600
    p.gate > p.accepted 600
    generation > q.load.1 300
    q.load.1 > q.gate 300
    q.gate > q.accepted 300
    p.accepted > t.batch 600
    q.accepted > t.batch 300
    t.batch > t.fate 600
    t.batch > t.residue:ash 300
    t.residue:ash > r.load.1 210
    r.load.1 > r.gate 210
    r.gate > r.accepted 210
"""
PAPERS = {
    "p": Paper(),
    "q": Paper(consignor=OTHER, driver=DREW),
    "r": Paper(consignor=PLANT, consignee=STATION, driver=DREW),
}
View = Callable[..., ChainView]


@pytest.fixture
def mixed() -> Drawing:
    return draw(MIXED)


@pytest.fixture
def view(session: Session, city: City, mixed: Drawing) -> View:
    """The chain of a manifest (`p` if not said) as one of the cast sees it."""
    mixed.write(session, city, PAPERS)

    def seen_by(person: Person, subject: str = "p", cap: int = 2_000) -> ChainView:
        return chain(session, the_law(), city.actor(person), f"2026-{subject}", now=NOW, cap=cap)

    return seen_by


def node(view: ChainView, drawing: Drawing, name: str) -> NodeEntry:
    return next(entry for entry in view.nodes if entry.id == drawing.id(name))


def whole(view: ChainView) -> set[int]:
    """The nodes the viewer sees whole."""
    return {entry.id for entry in view.nodes if entry.total_g is not None}


def test_the_sums_of_a_chain(view: View) -> None:
    paula = view(PAULA)
    assert (paula.settled, paula.treated, paula.closed) == (True, True, False)
    assert (paula.declared_g, paula.released_g, paula.origin_g) == (600, 0, 600)
    assert (paula.closed_g, paula.open_g, paula.outside_g, paula.variance_g) == (400, 200, 0, 0)
    assert not paula.truncated


def test_where_the_open_grams_are_and_who_holds_them(view: View, mixed: Drawing) -> None:
    entries = {entry.holding: entry for entry in view(PAULA).open}
    assert {i: (e.place, e.mass_g) for i, e in entries.items()} == {
        mixed.id("t.residue:ash"): (PLANT, 60),
        mixed.id("r.accepted"): (STATION, 140),
    }
    ash = entries[mixed.id("t.residue:ash")]
    assert ash.holder == "费氏环保（测试）"
    assert ash.due_at is not None
    assert ash.since == NOW


def test_the_producer_sees_only_her_share_of_the_batch(view: View, mixed: Drawing) -> None:
    paula = view(PAULA)
    batch = node(paula, mixed, "t.batch")
    assert (batch.mass_g, batch.left_g, batch.total_g, batch.place) == (600, 0, None, PLANT)
    assert node(paula, mixed, "r.load.1").mass_g == 140
    assert node(paula, mixed, "r.load.1").manifest is None, "others' manifests are theirs"
    assert node(paula, mixed, "p.gate").manifest == "2026-p"
    strangers = {mixed.id(name) for name in mixed.nodes if name.startswith("q.")}
    assert not strangers & {entry.id for entry in paula.nodes}
    assert {e.mass_g for e in paula.edges if e.target == mixed.id("t.fate")} == {400}


def test_nothing_in_a_partys_view_gives_the_totals_away(view: View) -> None:
    """The batch's 900 g and its outputs of 600, 300 and 210 g are nowhere in Paula's view but
    where they happen to be her own."""
    masses = {e.mass_g for e in view(PAULA).edges if e.mass_g != 600}
    masses |= {n.mass_g for n in view(PAULA).nodes if n.mass_g != 600}
    assert masses == {400, 200, 140}


def test_the_producer_sees_her_own_yard_whole(view: View, mixed: Drawing) -> None:
    assert node(view(PAULA), mixed, "p.yard").mass_g == 600
    assert whole(view(PAULA)) == set(), "what her yard gave is known; all it ever held was not asked"


def test_the_plant_sees_its_own_places_whole(view: View, mixed: Drawing) -> None:
    fay = view(FAY)
    assert node(fay, mixed, "t.batch").total_g == 900
    assert node(fay, mixed, "t.fate").total_g == 600
    assert node(fay, mixed, "t.batch").mass_g == 600
    assert node(fay, mixed, "r.accepted").total_g is None, "that lies at the station"
    assert node(fay, mixed, "r.load.1").total_g is None


def test_the_driver_sees_shares_only(view: View) -> None:
    assert whole(view(DAN)) == set()


def test_the_dispatcher_sees_his_loads_whole(view: View, mixed: Drawing) -> None:
    assert whole(view(DORA)) == {mixed.id("p.load.1")}


@pytest.mark.parametrize("person", [OLAF, TESS, DREW])
def test_to_everybody_else_there_is_no_such_chain(view: View, person: Person) -> None:
    """Tess holds the ash, Drew drove it, Olaf's waste is in it: none is a party of Paula's."""
    with pytest.raises(Refusal, match="not_found"):
        view(person)


@pytest.mark.parametrize("person", [RITA, ADA])
def test_the_citys_regulator_sees_all_of_it(view: View, mixed: Drawing, person: Person) -> None:
    seen = view(person)
    assert node(seen, mixed, "t.batch").total_g == 900
    assert node(seen, mixed, "r.load.1").manifest == "2026-r"


def test_a_districts_regulator_sees_chains_that_pass_through_it(
    view: View, mixed: Drawing, session: Session, city: City
) -> None:
    """Ruth oversees the lake district: Paula's works are not there, the plant is."""
    assert node(view(RUTH), mixed, "t.batch").total_g == 900
    elsewhere = draw("generation > x.lot 5", first=1000)
    paper = Paper(consignee="N-SMALL", draws={"x.lot": 5})
    elsewhere.write(session, city, {"x": paper})
    with pytest.raises(Refusal, match="not_found"):
        view(RUTH, "x")


def test_a_region_that_is_nobodys_sees_nothing(view: View, session: Session, city: City) -> None:
    far = Actor(1, "far", Role.REGULATOR, frozenset(), frozenset(), regions=("4401",))
    with pytest.raises(Refusal, match="not_found"):
        chain(session, the_law(), far, "2026-p", now=NOW)


def test_an_unknown_manifest_is_not_found(view: View) -> None:
    with pytest.raises(Refusal, match="not_found"):
        view(ADA, "none")


def test_a_draft_is_seen_by_its_author_alone(session: Session, city: City) -> None:
    drawing = draw("generation > x.lot 5")
    drawing.write(session, city, {"d": Paper(status=Status.DRAFT, declared_g=5)})

    def seen_by(person: Person) -> ChainView:
        return chain(session, the_law(), city.actor(person), "2026-d", now=NOW)

    seen = seen_by(PAULA)
    assert (seen.settled, seen.declared_g, seen.released_g, seen.origin_g) == (False, 5, 5, 0)
    assert seen_by(ADA).nodes == ()
    for person in (FAY, RITA, OLAF, DAN):
        with pytest.raises(Refusal, match="not_found"):
            seen_by(person)


def test_a_filed_manifest_shows_what_it_will_take_and_from_where(session: Session, city: City) -> None:
    drawing = draw("generation > a.lot 500")
    drawing.write(session, city, {"f": Paper(draws={"a.lot": 300})})
    seen = chain(session, the_law(), city.actor(PAULA), "2026-f", now=NOW)
    (entry,) = seen.open
    assert (entry.place, entry.mass_g, entry.promised_g) == (WORKS, 300, 300)
    assert node(seen, drawing, "a.lot").total_g == 500
    assert (
        node(chain(session, the_law(), city.actor(FAY), "2026-f", now=NOW), drawing, "a.lot").total_g is None
    )


def test_what_an_onward_manifest_holds_is_promised(session: Session, city: City) -> None:
    """Of Paula's half of the lot, half of what is promised is hers."""
    drawing = draw("""
        generation > p.load.1 100
        p.load.1 > o.load.1 100
        generation > b.lot 100
        b.lot > o.load.1 100
        o.load.1 > o.gate 200
        o.gate > o.accepted 200
    """)
    papers = {"o": Paper(consignor=STATION), "n": Paper(consignor=PLANT, draws={"o.accepted": 80})}
    drawing.write(session, city, papers)
    (entry,) = chain(session, the_law(), city.actor(PAULA), "2026-p", now=NOW).open
    assert (entry.mass_g, entry.promised_g) == (100, 40)


def test_a_truncated_chain_says_how_much_it_did_not_follow(view: View) -> None:
    seen = view(PAULA, cap=4)
    assert seen.truncated
    assert seen.unfollowed_g == 600
    assert (seen.open_g, seen.treated) == (600, False)


def test_the_tolerance_is_that_of_the_manifests_own_edition() -> None:
    from zerowaste.services.queries.chains import tolerance_of

    asked: list[tuple[str, int]] = []

    def get(stream: str, edition: int) -> SimpleNamespace:
        asked.append((stream, edition))
        return SimpleNamespace(tolerance_ppm=7, tolerance_min_g=8)

    law = cast("object", SimpleNamespace(streams=SimpleNamespace(get=get)))
    assert tolerance_of(law, "medical", 3) == (7, 8)
    assert asked == [("medical", 3)]
