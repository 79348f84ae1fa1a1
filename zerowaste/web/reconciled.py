"""A month's reconciled masses as they were asked for: which month, narrowed, a page at a time."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from zerowaste.clock import local_day
from zerowaste.services.reporting.reconciled import Ends, seen, sites_of
from zerowaste.services.reporting.reconciliation import Mass, Month, reconcile_month
from zerowaste.web.paging import BETWEEN, page_of_all
from zerowaste.web.reporting import period_of
from zerowaste.web.schemas.reconciliation import ReconciliationQuery
from zerowaste.web.views import Call

Found = tuple[Month, Mapping[int, Ends], Sequence[Mass], str | None]


def reconciled(call: Call[None, ReconciliationQuery]) -> Found:
    """(the month, all sites, the masses of this page, where the list goes on). Raises `invalid`."""
    query = call.query
    last = local_day(call.now).replace(day=1) - timedelta(days=1)
    month = reconcile_month(
        call.session, call.service.law, period_of(query.month or f"{last:%Y-%m}", call.now)
    )
    sites = sites_of(call.session)
    listed = seen(month.masses, call.actor, sites, stream=query.stream, region=query.region)
    items, following = page_of_all(listed, query, _key)
    return month, sites, items, following


def _key(mass: Mass) -> str:
    return BETWEEN.join((mass.kind, str(mass.origin), str(mass.target), mass.stream, mass.group))
