"""What the audits of acts share: what was found at the time of an act, one finding for each."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from zerowaste.audits.finding import Finding, Severity
from zerowaste.graph.city import City
from zerowaste.graph.remarks import Remark


def remarked(city: City, audit: str, rules: Mapping[str, str], severity: Severity) -> Iterator[Finding]:
    """A finding for each remark whose code is in `rules` (code → rule)."""
    for remark in city.remarks:
        if remark.code in rules:
            yield finding_of(remark, audit, rules[remark.code], severity)


def finding_of(remark: Remark, audit: str, rule: str, severity: Severity) -> Finding:
    """The remark as a finding: it stands for as long as its act is not taken back."""
    subject, _, key = remark.chain.partition(":")
    lines = ((UUID(key), 1),) if subject == "manifest" else ()
    return Finding(
        audit=audit,
        rule=rule,
        severity=severity,
        subject=f"event:{remark.event}",
        anchor=remark.chain,
        grams=int(remark.params.get("mass_g") or remark.params.get("gain_g") or 0),
        holder=remark.holder,
        since=remark.at,
        place=key if subject == "site" else "",
        lines=lines,
        events=(remark.event,),
        detail=_detail(remark),
    )


def _detail(remark: Remark) -> str:
    """The code, and what of several things it was said of."""
    said = (remark.params.get(name) for name in ("tag", "line", "kind"))
    return " ".join([remark.code, *(str(each) for each in said if each)])[:120]
