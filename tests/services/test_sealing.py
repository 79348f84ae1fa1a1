"""Seals: every event has its place under a signed root, and whoever changes one afterwards is found."""

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, insert, select, text, update
from sqlmodel import Session

from tests.cast import ADA, DAN, FAY, OLAF, PAULA, RITA, RUTH
from tests.city import LORRY, NOW, PLANT, WORKS, City
from tests.outsider import continues, included
from tests.story import Story, the_law
from zerowaste.config import SigningKeys, signing_keys
from zerowaste.db import Database
from zerowaste.models.tables import EVENT, MANIFEST, SEAL, SEAL_LEAF
from zerowaste.rules.merkle import leaf_hash, root_of
from zerowaste.services.history import sealing
from zerowaste.services.history.seal_proofs import prove_consistency, prove_events, seal_faults, visible_event
from zerowaste.services.history.sealing import Sealed, seal, seal_when_due
from zerowaste.services.history.verify import verify
from zerowaste.services.requests import LineRequest
from zerowaste.vocabulary import Act


@pytest.fixture
def signing(tmp_path: Path) -> SigningKeys:
    return signing_keys(tmp_path)


@pytest.fixture
def story(session: Session, city: City) -> Story:
    return Story(session, city)


def load(story: Story) -> str:
    """Half a tonne of oil on its way."""
    filed = story.file(
        PAULA, stream="hazardous", consignor=WORKS, consignee=PLANT, legs=[story.leg(LORRY, DAN)],
        lines=[LineRequest("900-249-08", 500_000, packages=1, packaging="桶")],
    )  # fmt: skip
    assert filed.number
    story.act(DAN, filed.number, Act.PICKUP)
    return filed.number


def sealed(story: Story, signing: SigningKeys) -> Sealed:
    made = seal(story.session, signing, now=story.now)
    assert made
    return made


def hashes(session: Session) -> dict[object, str]:
    return {row.id: row.hash for row in session.execute(select(EVENT.c.id, EVENT.c.hash))}


def faults(session: Session, signing: SigningKeys) -> list[str]:
    return [fault.code for fault in seal_faults(session, signing.public)]


def test_a_seal_takes_every_event_once_and_names_the_one_before(story: Story, signing: SigningKeys) -> None:
    load(story)
    first = sealed(story, signing)
    assert seal(story.session, signing, now=story.now) is None
    story.wait(hours=1)
    load(story)
    second = sealed(story, signing)
    assert (first.number, second.number, second.size) == (1, 2, len(hashes(story.session)))
    assert second.content["previous"] == first.hash
    leaves = story.session.execute(select(SEAL_LEAF.c.hash).order_by(SEAL_LEAF.c.position)).scalars().all()
    assert second.root == root_of([leaf_hash(content) for content in leaves])
    assert faults(story.session, signing) == []


def test_each_event_is_shown_to_be_under_the_root(story: Story, signing: SigningKeys) -> None:
    for _ in range(3):
        load(story)
    last, known = sealed(story, signing), hashes(story.session)
    proofs = prove_events(story.session, known)  # type: ignore[arg-type]  # ids and hashes
    assert {proof.event for proof in proofs} == set(known)
    for proof in proofs:
        path = [bytes.fromhex(step) for step in proof.path]
        assert included(leaf_hash(bytes.fromhex(proof.hash)), proof.position, last.size, path, last.root)


def test_a_later_history_begins_with_an_earlier(story: Story, signing: SigningKeys) -> None:
    for _ in range(4):
        load(story)
        sealed(story, signing)
        story.wait(hours=1)
    for earlier in range(1, 5):
        first, second, path = prove_consistency(story.session, earlier, 4)
        steps = [bytes.fromhex(step) for step in path]
        assert continues(first.size, second.size, first.root, second.root, steps)


def test_kept_blocks_give_the_same_roots_and_proofs(
    story: Story, signing: SigningKeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With blocks of two instead of 256, so that some are full."""
    monkeypatch.setattr(sealing, "BLOCK_LEVEL", 1)
    monkeypatch.setattr(sealing, "BLOCK", 2)
    for _ in range(5):
        load(story)
        last = sealed(story, signing)
        story.wait(hours=1)
    leaves = story.session.execute(select(SEAL_LEAF.c.hash).order_by(SEAL_LEAF.c.position)).scalars().all()
    assert last.root == root_of([leaf_hash(content) for content in leaves])
    for proof in prove_events(story.session, hashes(story.session)):  # type: ignore[arg-type]  # ids and hashes
        path = [bytes.fromhex(step) for step in proof.path]
        assert included(leaf_hash(bytes.fromhex(proof.hash)), proof.position, last.size, path, last.root)
    assert faults(story.session, signing) == []


def test_an_event_written_with_an_older_moment_is_sealed_within_a_day(
    story: Story, signing: SigningKeys
) -> None:
    """A history that was loaded: its moments lie before the last seal."""
    load(story)
    sealed(story, signing)
    old, story.now = story.now, story.now - timedelta(days=40)
    load(story)
    story.now = old + timedelta(hours=2)
    assert seal(story.session, signing, now=story.now) is None
    story.now = old + timedelta(days=2)
    assert seal(story.session, signing, now=story.now) is not None
    assert len(hashes(story.session)) == sealing.latest(story.session).size  # type: ignore[union-attr]  # there is one


def test_a_clock_seals_every_ten_minutes(story: Story, signing: SigningKeys) -> None:
    load(story)
    assert seal_when_due(story.session, signing, now=story.now)
    story.wait(minutes=9)
    load(story)
    assert seal_when_due(story.session, signing, now=story.now) is None
    story.wait(minutes=2)
    assert seal_when_due(story.session, signing, now=story.now)


def test_a_history_rewritten_as_a_whole_is_found(story: Story, signing: SigningKeys, unguarded: None) -> None:
    """An insider rewrites an event, its hash and the head that is kept beside: only the seal knows."""
    number = load(story)
    sealed(story, signing)
    last = select(EVENT.c.id).where(EVENT.c.kind == "pickup")
    event = story.session.execute(last).scalar_one()
    story.session.execute(update(EVENT).where(EVENT.c.id == event).values(hash="0" * 64))
    story.session.execute(update(MANIFEST).where(MANIFEST.c.number == number).values(head="0" * 64))
    assert faults(story.session, signing) == ["sealed_event_altered"]


def test_a_seal_that_was_changed_or_taken_out_is_found(
    story: Story, signing: SigningKeys, tmp_path: Path
) -> None:
    for _ in range(3):
        load(story)
        sealed(story, signing)
        story.wait(hours=1)
    before = story.session.begin_nested()
    story.session.execute(update(SEAL).where(SEAL.c.number == 2).values(text=SEAL.c.text + " "))
    assert faults(story.session, signing) == ["seal_altered"]
    before.rollback()
    before = story.session.begin_nested()
    story.session.execute(delete(SEAL).where(SEAL.c.number == 1))
    assert faults(story.session, signing)[0] == "seal_missing"
    before.rollback()
    before = story.session.begin_nested()
    story.session.execute(delete(SEAL_LEAF).where(SEAL_LEAF.c.position == 1))
    assert "seal_leaf_missing" in faults(story.session, signing)
    before.rollback()
    (tmp_path / "other").mkdir()
    assert faults(story.session, signing_keys(tmp_path / "other")) == ["seal_altered"]


def test_leaves_put_in_another_order_do_not_give_the_root(story: Story, signing: SigningKeys) -> None:
    load(story)
    sealed(story, signing)
    first, second = story.session.execute(select(SEAL_LEAF).order_by(SEAL_LEAF.c.position).limit(2)).all()
    story.session.execute(delete(SEAL_LEAF).where(SEAL_LEAF.c.position < 2))
    swapped = [
        {"position": 0, "event_id": second.event_id, "hash": second.hash},
        {"position": 1, "event_id": first.event_id, "hash": first.hash},
    ]
    story.session.execute(insert(SEAL_LEAF), swapped)
    assert "seal_root_differs" in faults(story.session, signing)


def test_who_may_see_an_event_may_have_its_proof(story: Story, signing: SigningKeys) -> None:
    load(story)
    event = story.session.execute(select(EVENT.c.id).where(EVENT.c.kind == "pickup")).scalar_one()
    for person, may in ((PAULA, True), (DAN, True), (FAY, True), (RITA, True), (RUTH, True), (ADA, True),
                        (OLAF, False)):  # fmt: skip
        seen = visible_event(story.session, story.city.actor(person), event)
        assert (seen is not None) is may, person.login


def test_two_that_seal_at_once_seal_everything_once(
    database: Database, city: City, signing: SigningKeys
) -> None:
    database.transact(lambda session: load(Story(session, city)))
    barrier = threading.Barrier(4)

    def work() -> None:
        barrier.wait(10)
        database.transact(lambda session: seal(session, signing, now=NOW))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    with database.session_for(write=False) as session:
        assert sealing.latest(session).size == len(hashes(session))  # type: ignore[union-attr]  # there is one
        assert [fault.code for fault in seal_faults(session, signing.public)] == []
        assert verify(session, the_law()) == []


@pytest.fixture
def unguarded(session: Session) -> None:
    """Somebody with the database's own rights, who has taken its guards away."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("ALTER TABLE event DISABLE TRIGGER event_only_added"))
    else:
        session.execute(text("DROP TRIGGER event_no_update"))
