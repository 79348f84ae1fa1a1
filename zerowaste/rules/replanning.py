"""Planning anew: who carries the legs of a filed manifest that have not begun.

A leg is given to somebody else or added, never left out: rows are not deleted."""

from collections.abc import Collection, Sequence
from itertools import pairwise

from zerowaste.rules.evolving import replace
from zerowaste.rules.parties import MOST_LEGS, Carriage
from zerowaste.rules.state import Findings, ManifestState, Report, Stretch


def replan(
    state: ManifestState, report: Report, found: Findings, *, only: Collection[int] | None = None
) -> ManifestState:
    """The manifest with these legs after those that have begun. `only`: the carriers whose legs the actor
    may plan (None: any)."""
    begun, planned = state.legs[: state.path.carried], state.legs[state.path.carried :]
    most = MOST_LEGS - len(begun)
    named = len(report.legs)
    if named < max(1, len(planned)):
        found.error("legs_left_out", "legs", planned=max(1, len(planned)), named=named)
    elif named > most:
        found.error("legs_too_many", "legs", most=most)
    if report.trip and begun:
        found.error("trip_has_begun", "trip")
    if only is not None:
        _others_stay(begun[-1:], planned, report, only, found)
    known = {leg.carriage.who for leg in planned}
    for before, leg in pairwise([*(each.carriage for each in begun[-1:]), *report.legs]):
        if before.who == leg.who not in known:
            found.error("leg_goes_on", f"legs.{leg.number - 1}.vehicle", vehicle=leg.lorry.plate)
    if not report.trip and [leg.carriage.who for leg in planned] == [leg.who for leg in report.legs]:
        found.error("nothing_planned_anew", "legs")
    anew = [Stretch(replace(leg, number=len(begun) + leg.number)) for leg in report.legs]
    legs = (*begun, *anew)
    # A way home that was taken back leaves its row, and its number, behind.
    back = tuple(leg for leg in state.back if leg.carriage.number > len(legs))
    return replace(state, legs=legs, back=back)


def _others_stay(
    under_way: Sequence[Stretch],
    planned: Sequence[Stretch],
    report: Report,
    only: Collection[int],
    found: Findings,
) -> None:
    """A dispatcher gives his company's legs to others of its lorries, and may make two of one; what others
    are to carry, and in which order, is not his to say."""
    before = [leg.carriage for leg in (*under_way, *planned)]
    after = [*(leg.carriage for leg in under_way), *report.legs]
    if _but_for(only, before) == _but_for(only, after):
        return
    others = {leg.who for leg in before}
    new = (leg for leg in report.legs if leg.carrier_id not in only and leg.who not in others)
    path = next((f"legs.{leg.number - 1}.carrier" for leg in new), "legs")
    found.error("leg_not_yours", path)


def _but_for(only: Collection[int], legs: Sequence[Carriage]) -> list[tuple[int, int, int] | None]:
    """Who carries the legs of others; None for one or several of one's own that follow each other."""
    told = [None if leg.carrier_id in only else leg.who for leg in legs]
    return [who for at, who in enumerate(told) if who or not at or told[at - 1]]
