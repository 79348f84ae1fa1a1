"""Labels and tags for the packages of a manifest (HJ 1276-2022; 医疗废物专用包装袋、容器和警示标志标准)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from zerowaste.clock import local_day
from zerowaste.documents.label import labels_pdf, tags_pdf
from zerowaste.documents.paper import LabelPaper, LabelSize, TagPaper, digital_id
from zerowaste.errors import Problem, Refusal
from zerowaste.rules.balance import LineFacts
from zerowaste.services.queries.manifests import Whole
from zerowaste.services.queries.papers_lines import form_of
from zerowaste.services.queries.papers_sheet import Sheet, shown

MOST = 500  # pages of one print: what has more is printed in parts
_MOST_NUMBERED = 999  # the digital id has three digits for it
_SMALL_L, _MEDIUM_L = 50, 450  # litres a container holds at most, by label size
Address = Callable[[UUID], str]  # a package's id → what its QR code says


def package_id(tag: str) -> UUID:
    """The id a package's QR code carries: the same for the same tag, wherever it travels."""
    return uuid5(NAMESPACE_URL, f"package:{tag}")


class Package(NamedTuple):
    """What one label is for: a package of a line. `number`: its running number on the manifest."""

    line: LineFacts
    name: str
    number: int
    alone: bool


def label_parts(found: Whole) -> int:
    """In how many parts its labels are printed."""
    return -(-sum(_count(found, line.number, line.packages) for line in found.lines) // MOST)


def labels(sheet: Sheet, address: Address, size: LabelSize | None, part: int | None) -> bytes:
    """What is stuck on the packages of a manifest, one a page, as its stream wants it.

    `size`: of HJ 1276 labels; else by the containers' volume. `part`: counted from 1; only what fits in one
    print needs none. Raises `no_labels` where the stream has none or nothing is packed yet,
    `labels_in_parts` rather than leave some out, `invalid` for a part there is not."""
    if sheet.state is None or sheet.stream.paper.labels == "none":
        raise Refusal("no_labels")
    packages = list(_packages(sheet.found, sheet.state.lines, _part(sheet.found, part)))
    if sheet.stream.paper.labels == "tag":
        return tags_pdf(_tags(sheet, packages, address), sheet.language)
    wanted = size or _size_for(sheet.state.lines)
    return labels_pdf(_labels(sheet, packages, address), wanted, sheet.language)


def _part(found: Whole, part: int | None) -> range:
    """The packages of a part, counted from 0."""
    parts = label_parts(found)
    if part is None and parts > 1:
        raise Refusal("labels_in_parts", most=MOST, parts=parts)
    if part is not None and part > parts:
        raise Refusal("invalid", Problem("above_most", "part", {"limit": parts}))
    first = ((part or 1) - 1) * MOST
    return range(first, first + MOST)


def _count(found: Whole, line: int, packages: int) -> int:
    return max(1, packages, len(found.tags.get(line, ())))


def _packages(found: Whole, lines: Iterable[LineFacts], wanted: range) -> Iterator[Package]:
    """The packages wanted, each called by its tag, else by manifest, line and running number."""
    before = 0
    for line in lines:
        tags, count = found.tags.get(line.number, ()), _count(found, line.number, line.packages)
        for at in range(max(0, wanted.start - before), min(count, wanted.stop - before)):
            name = tags[at] if at < len(tags) else f"{found.row.number}-{line.number}-{at + 1}"
            yield Package(line, name, before + at + 1, count == 1)
        before += count


def _size_for(lines: Sequence[LineFacts]) -> LabelSize:
    """The size the largest container asks for; where no volume is known, the middle one."""
    volumes = [line.volume_l / max(1, line.packages) for line in lines if line.volume_l]
    largest = max(volumes, default=_MEDIUM_L)
    if largest <= _SMALL_L:
        return LabelSize.SMALL
    return LabelSize.MEDIUM if largest <= _MEDIUM_L else LabelSize.LARGE


def _labels(sheet: Sheet, packages: Iterable[Package], address: Address) -> list[LabelPaper]:
    party = sheet.parties[sheet.found.row.consignor_id]
    made = local_day(sheet.found.row.filed_at)
    papers: list[LabelPaper] = []
    for line, name, number, alone in packages:
        waste = sheet.waste(line.waste_code)
        papers.append(
            LabelPaper(
                name=sheet.name_of(line.waste_code),
                category=f"{waste.category} {sheet.say(waste.category_name)}" if waste else "",
                code=line.waste_code,
                qr_url=address(package_id(name)),
                form=form_of(sheet, waste),
                hazards=tuple(sheet.hazard(mark) for mark in waste.hazards) if waste else (),
                harmful=sheet.field("harmful_components"),
                precautions=sheet.field("emergency_measures"),
                digital_id=_digital_id(party.credit_code, line.waste_code, sheet, number),
                organisation=party.organisation,
                contact=f"{party.contact} {party.phone}".strip(),
                generated_on=made,
                mass_g=line.declared_g if alone else None,
                notes=name,
                watermarks=sheet.watermarks,
            )
        )
    return papers


def _digital_id(credit_code: str, waste_code: str, sheet: Sheet, sequence: int) -> str:
    """数字识别码; empty where the code has not the eight digits the standard speaks of, and where its
    running numbers are used up: no two packages bear the same."""
    if sequence > _MOST_NUMBERED:
        return ""
    try:
        return digital_id(credit_code, waste_code, local_day(sheet.found.row.filed_at), sequence)
    except ValueError:
        return ""


def _tags(sheet: Sheet, packages: Iterable[Package], address: Address) -> list[TagPaper]:
    party = sheet.parties[sheet.found.row.consignor_id]
    department = next((field for field in sheet.stream.fields if field.name == "department"), None)
    ward = shown(department, sheet.found.fields.get("department"), sheet.language) if department else ""
    return [
        TagPaper(
            tag=name,
            waste=sheet.name_of(line.waste_code),
            code=line.waste_code,
            organisation=party.organisation,
            qr_url=address(package_id(name)),
            department=ward,
            generated_on=local_day(sheet.found.row.filed_at),
            mass_g=line.declared_g if alone else None,
            notes=sheet.field("remark"),
            watermarks=sheet.watermarks,
        )
        for line, name, _, alone in packages
    ]
