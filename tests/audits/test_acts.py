"""The audits of acts: what was found when somebody acted stands until the act is taken back."""

import uuid
from dataclasses import replace
from typing import Any

import pytest

from tests.audits.drawn_city import city_of
from tests.city import NOW
from zerowaste.audits import (
    ALL,
    Finding,
    back_dated,
    contradicted,
    differs_at_gate,
    elsewhere,
    expired_papers,
    incompatible,
    not_permitted,
    package_astray,
    scan_missing,
    unproved,
)
from zerowaste.errors import catalogue
from zerowaste.graph.city import City, Unproved
from zerowaste.graph.packages import Astray
from zerowaste.graph.remarks import Remark
from zerowaste.vocabulary import Verdict

MANIFEST = uuid.UUID(int=7)


def remark(code: str, **params: Any) -> Remark:
    """Something found at the third event of a manifest."""
    return Remark(
        uuid.UUID(int=3), f"manifest:{MANIFEST}", 3, "pickup", Verdict.APPLIED, NOW, NOW, "dan", code, "",
        params, "承运人",
    )  # fmt: skip


def city(*remarks: Remark, **more: Any) -> City:
    return replace(city_of(""), remarks=remarks, **more)


def found(whole: City) -> list[Finding]:
    return [finding for audit in ALL for finding in audit.find(whole)]


@pytest.mark.parametrize(
    ("code", "audit", "rule"),
    [
        ("permit_expired", expired_papers, "HW-PERMIT"),
        ("approval_suspended", expired_papers, "CW-LIC"),
        ("driver_licence_expired", expired_papers, "setting"),
        ("permit_code", not_permitted, "HW-PERMIT"),
        ("consent_missing", not_permitted, "HW-XPROV"),
        ("vehicle_not_dedicated", not_permitted, "MW-MODE"),
        ("incompatible", incompatible, "HW-MIX"),
        ("waste_oil_on_trip", incompatible, "KW-UCO"),
        ("far_from_site", elsewhere, "HW-DEST"),
        ("code_differs", differs_at_gate, "HW-DIFF"),
        ("contradicts_what_is_known", contradicted, "setting"),
        ("lot_overdrawn", contradicted, "ledger"),
        ("loaded_beyond_stock", contradicted, "HW-BAL"),
        ("back_dated", back_dated, "setting"),
        ("times_contradict", back_dated, "setting"),
        ("tag_on_open_manifest", package_astray, "setting"),
        ("tag_not_on_manifest", package_astray, "setting"),
    ],
)
def test_each_remark_is_one_audits_business(code: str, audit: Any, rule: str) -> None:
    (finding,) = found(city(remark(code)))
    assert (finding.audit, finding.rule) == (audit.NAME, rule)
    assert (finding.anchor, finding.lines) == (f"manifest:{MANIFEST}", ((MANIFEST, 1),))
    assert finding.events == (uuid.UUID(int=3),)
    assert (finding.holder, finding.since) == ("承运人", NOW)


def test_every_code_an_audit_listens_for_is_one_that_is_said() -> None:
    for audit in (expired_papers, not_permitted, incompatible, contradicted, back_dated, differs_at_gate):
        assert set(audit.RULES) <= catalogue().keys(), audit.NAME


def test_what_was_only_worth_a_remark_is_no_finding() -> None:
    assert found(city(remark("mass_refused"), remark("scan_late", kind="pickup"))) == []


def test_a_scan_that_came_late_is_not_missing_any_more() -> None:
    (missing,) = scan_missing.find(city(remark("scan_missing", kind="pickup")))
    assert missing.rule == "HW-RELAY"
    told = city(remark("scan_missing", kind="pickup"), remark("scan_late", kind="pickup"))
    assert list(scan_missing.find(told)) == []
    other = city(remark("scan_missing", kind="pickup"), remark("scan_late", kind="handover"))
    assert len(list(scan_missing.find(other))) == 1


def test_two_tags_of_one_act_are_two_findings() -> None:
    two = city(remark("tag_on_open_manifest", tag="A"), remark("tag_on_open_manifest", tag="B"))
    assert len({finding.key for finding in package_astray.find(two)}) == 2


def test_a_box_that_was_loaded_and_not_received_is_named() -> None:
    (finding,) = package_astray.find(city(astray=(Astray(MANIFEST, "20263601000001", 2, "MW-9", "处置厂"),)))
    assert (finding.subject, finding.detail) == ("manifest:20263601000001/2", "tag_missing MW-9")


def test_a_fault_in_the_proof_is_a_finding() -> None:
    fault = Unproved("site", "CLINIC", "", "chain_cut")
    (finding,) = unproved.find(city(unproved=(fault,)))
    assert (finding.rule, finding.place, finding.detail) == ("ledger", "CLINIC", "chain_cut")
