"""HW-MIX: what reacts never shares a vehicle; what does not react may."""

from zerowaste.rules.catalogue import WasteCode
from zerowaste.rules.law import read_law
from zerowaste.rules.mixing import incompatible
from zerowaste.rules.streams import MANIFESTS

CATALOGUE = read_law(MANIFESTS).catalogue


def wastes(*codes: str) -> list[WasteCode]:
    found = [CATALOGUE.waste("hazardous", code) for code in codes]
    assert None not in found
    return [waste for waste in found if waste]


def test_hw_mix_cyanide_and_acid() -> None:
    (clash,) = incompatible(wastes("900-300-34", "336-104-33"))
    assert (clash.first, clash.second) == ("336-104-33", "900-300-34")
    assert "氰化氢" in clash.danger["zh"]
    assert "hydrogen cyanide" in clash.danger["en"]


def test_hw_mix_acid_and_alkali_in_either_order() -> None:
    there = incompatible(wastes("900-300-34", "900-352-35"))
    back = incompatible(wastes("900-352-35", "900-300-34"))
    assert there == back
    assert len(there) == 1


def test_plating_sludge_fears_nitric_acid_but_not_phosphoric() -> None:
    assert len(incompatible(wastes("336-054-17", "900-306-34"))) == 1
    assert incompatible(wastes("336-054-17", "900-303-34")) == []


def test_identified_waste_counts_by_its_category() -> None:
    assert len(incompatible(wastes("900-000-33", "900-000-34"))) == 1


def test_oil_and_paint_may_travel_together_and_a_waste_with_itself() -> None:
    assert incompatible(wastes("900-214-08", "900-252-12")) == []
    assert incompatible(wastes("900-300-34", "900-300-34")) == []
    assert incompatible([]) == []


def test_every_pair_in_a_mixed_load_is_named() -> None:
    found = incompatible(wastes("900-300-34", "900-352-35", "336-104-33", "900-214-08"))
    assert [(c.first, c.second) for c in found] == [
        ("336-104-33", "900-300-34"),
        ("900-300-34", "900-352-35"),
    ]
