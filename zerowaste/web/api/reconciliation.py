"""Reconciled masses: what was reported, how well it is known, and what balances nearest to it."""

from collections.abc import Mapping

from zerowaste.services.reporting.reconciled import Ends
from zerowaste.services.reporting.reconciliation import Mass
from zerowaste.vocabulary import Role
from zerowaste.web.reconciled import reconciled
from zerowaste.web.schemas.reconciliation import (
    GlobalTestItem,
    MassItem,
    MeasuredItem,
    ReconciliationPage,
    ReconciliationQuery,
)
from zerowaste.web.views import Call, Reply, Views

views = Views("reconciliation")


@views.get(
    "/reconciliation",
    allow=(Role.REGULATOR, Role.ADMINISTRATOR),
    query=ReconciliationQuery,
    replies={200: ReconciliationPage},
)
def show_reconciliation(call: Call[None, ReconciliationQuery]) -> Reply:
    """A month's masses by weighted least squares, the most doubtful first, and the test of the whole.

    A report: what was recorded stays as it is."""
    month, sites, items, following = reconciled(call)
    test = GlobalTestItem(
        statistic=month.statistic, freedom=month.freedom, probability=month.probability,
        level=month.level, bound=month.bound, sound=month.sound,
    )  # fmt: skip
    return Reply(
        200,
        ReconciliationPage(
            items=[_item(mass, sites) for mass in items],
            next=following,
            month=month.span.text,
            test=test,
            undecided=month.undecided,
        ),
    )


def _item(mass: Mass, sites: Mapping[int, Ends]) -> MassItem:
    return MassItem(
        kind=mass.kind,
        origin=sites[mass.origin].code,
        target=sites[mass.target].code,
        stream=mass.stream,
        group=mass.group,
        loads=mass.loads,
        adjusted_g=mass.adjusted_g,
        measured=[
            MeasuredItem(
                what=each.what, reported_g=each.reported_g, sigma_g=each.sigma_g, score=each.score,
                suspect=each.suspect,
            )
            for each in mass.measured
        ],
    )  # fmt: skip
