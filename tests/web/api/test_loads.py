"""What a driver takes along on his phone: his loads, and the keys that codes are checked with."""

from collections.abc import Callable
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.cast import DAN, DREW, PAULA, Person
from tests.city import PLANT, WORKS
from tests.web.acts import act, file, fresh, now
from tests.web.conftest import Caller, Running
from zerowaste.rules.token import TokenKind, verify

LogIn = Callable[[Person], Caller]


def load(caller: Caller, number: str) -> Any:
    items = caller.get("/loads").json["items"]
    return next((each for each in items if each["number"] == number), None)


def scans(load: Any) -> list[tuple[str, int]]:
    return [(scan["kind"], scan["leg"]) for scan in load["scans"]]


def test_a_load_brings_all_its_driver_needs_without_network(log_in: LogIn, oil: dict[str, Any]) -> None:
    oil["lines"][0]["tags"] = ["DRUM-1", "DRUM-2", "DRUM-3"]
    filed = file(log_in(PAULA), oil)
    found = load(log_in(DAN), filed["number"])
    assert (found["consignor"]["code"], found["consignee"]["code"]) == (WORKS, PLANT)
    assert scans(found) == [("pickup", 1), ("arrive", 1)]
    (line,) = found["lines"]
    assert (line["mass_g"], line["name"]["zh"]) == (500_000, line["name"]["zh"])
    assert [package["tag"] for package in line["tagged"]] == ["DRUM-1", "DRUM-2", "DRUM-3"]


def test_what_is_done_leaves_the_list(log_in: LogIn, oil: dict[str, Any]) -> None:
    filed, dan = file(log_in(PAULA), oil), log_in(DAN)
    act(dan, filed["number"], "pickup")
    assert scans(load(dan, filed["number"])) == [("arrive", 1)]
    act(dan, filed["number"], "arrive")
    assert load(dan, filed["number"]) is None


def test_nobody_elses_load_is_on_the_list(log_in: LogIn, oil: dict[str, Any]) -> None:
    filed = file(log_in(PAULA), oil)
    assert load(log_in(DREW), filed["number"]) is None


def test_what_is_planned_for_next_week_waits(log_in: LogIn, oil: dict[str, Any]) -> None:
    filed = file(log_in(PAULA), {**oil, "planned_at": now(days=4)})
    assert load(log_in(DAN), filed["number"]) is None


def test_the_keys_check_what_is_printed(running: Running, log_in: LogIn, oil: dict[str, Any]) -> None:
    told = running.client().get("/api/v1/keys").json
    keys = {item["id"]: Ed25519PublicKey.from_public_bytes(bytes.fromhex(item["public_key"]))
            for item in told["items"]}  # fmt: skip
    filed = file(log_in(PAULA), oil)
    token = verify(filed["qr_url"].rsplit("/", 1)[1], keys)
    assert token is not None
    assert (token.kind, str(token.id)) == (TokenKind.MANIFEST, filed["id"])
    signed = bytes.fromhex(told["signed"]) + token.body
    keys[token.key_id].verify(token.signature, signed)


def test_an_answer_that_was_lost_is_asked_for_again_as_offline(log_in: LogIn, oil: dict[str, Any]) -> None:
    """The phone tells an act, hears nothing, and tells it again, by then knowing it has no network."""
    filed, dan = file(log_in(PAULA), oil), log_in(DAN)
    told = {"id": fresh(), "kind": "pickup", "at": now(), "sent_at": now()}
    first = dan.post(f"/manifests/{filed['number']}/events", json=told)
    again = dan.post(f"/manifests/{filed['number']}/events", json={**told, "offline": True, "sent_at": now()})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json["number"] == first.json["number"]
