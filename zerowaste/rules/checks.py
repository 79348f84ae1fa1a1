"""Odd rules that no table can say, by the name a stream's file calls them by."""

from collections.abc import Callable, Mapping

from zerowaste.rules.catalogue import Catalogue
from zerowaste.rules.filed import Filing
from zerowaste.rules.parties import Carriage
from zerowaste.rules.state import Findings
from zerowaste.rules.streams import Stream

WASTE_OIL = "KW-4"
BURNING = frozenset({"Y10", "S1"})
HUMAN_TISSUE = "841-003-01"
DEDICATED = "dedicated_vehicle"

Check = Callable[[Filing, Catalogue, Findings], None]


def volume_needs_density(filing: Filing, catalogue: Catalogue, found: Findings) -> None:
    """Where mass comes from volume it must be near volume × density (HJ 1259 5.5.1, HW-UNIT)."""
    for line in filing.lines:
        density = line.waste.density_g_per_l if line.waste else None
        if not line.volume_l or not density:
            continue
        expected = line.volume_l * density
        if abs(expected - line.mass_g) * 2 > expected:
            found.warn("volume_and_mass_differ", f"{line.path}.volume_l", line=line.number,
                       volume_l=line.volume_l, mass_g=line.mass_g, expected_g=expected)  # fmt: skip


def dedicated_vehicle(filing: Filing, catalogue: Catalogue, found: Findings) -> None:
    """MW-MODE (医疗废物管理条例 15, 26): a vehicle built for medical waste and used for nothing else."""
    for leg in filing.legs:
        dedicated(leg, found)


def dedicated(leg: Carriage, found: Findings) -> None:
    """MW-MODE, of one vehicle."""
    if not leg.lorry.dedicated:
        found.error("vehicle_not_dedicated", f"{leg.path}.vehicle", vehicle=leg.lorry.plate)


def unfit_company(stream: Stream, other: Stream) -> str:
    """Why waste of one stream may not ride on one vehicle with another manifest's, of that or another
    stream: the code of the problem, empty where it may. CW-LIAN (法典 518): a stream without tours has one
    manifest a trip. MW-MODE: medical waste rides with nothing else."""
    if not (stream.tours and other.tours):
        return "one_manifest_a_trip"
    alone = DEDICATED in stream.checks or DEDICATED in other.checks
    return "trip_mixes_streams" if alone and stream.code != other.code else ""


def human_tissue_incinerated_only(filing: Filing, catalogue: Catalogue, found: Findings) -> None:
    """病理性废物 is burnt; steam, microwaves and chemicals do not end it (GB 39707-2020)."""
    for line in filing.lines:
        if line.waste_code == HUMAN_TISSUE and line.operation and line.operation not in BURNING:
            found.error("tissue_must_be_burnt", f"{line.path}.operation", line=line.number,
                        operation=line.operation)  # fmt: skip


def waste_oil_apart(filing: Filing, catalogue: Catalogue, found: Findings) -> None:
    """KW-UCO (南昌令153): waste oil is kept, weighed and carried apart from food waste."""
    codes = {line.waste_code for line in filing.lines}
    if WASTE_OIL in codes and len(codes) > 1:
        found.warn("waste_oil_apart", "lines")
    for other in filing.companions:
        aboard = codes | {waste.code for waste in other.wastes}
        if other.stream.code == filing.stream.code and WASTE_OIL in aboard and len(aboard) > 1:
            found.warn("waste_oil_on_trip", "trip", number=other.number)


CHECKS: Mapping[str, Check] = {
    "volume_needs_density": volume_needs_density,
    DEDICATED: dedicated_vehicle,
    "human_tissue_incinerated_only": human_tissue_incinerated_only,
    "waste_oil_apart": waste_oil_apart,
}
# Those that vehicles and trips decide.
OF_CARRIAGE = frozenset({DEDICATED, "waste_oil_apart"})
