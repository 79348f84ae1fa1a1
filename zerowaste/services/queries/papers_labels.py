"""Labels and tags for the packages of a manifest (HJ 1276-2022; 医疗废物专用包装袋、容器和警示标志标准)."""

from collections.abc import Callable, Sequence
from uuid import NAMESPACE_URL, UUID, uuid5

from zerowaste.clock import local_day
from zerowaste.documents.label import labels_pdf, tags_pdf
from zerowaste.documents.paper import LabelPaper, LabelSize, TagPaper, digital_id
from zerowaste.errors import Refusal
from zerowaste.rules.balance import LineFacts
from zerowaste.services.queries.papers_lines import form_of
from zerowaste.services.queries.papers_sheet import Sheet, shown

MOST = 500  # pages of one print
_SMALL_L, _MEDIUM_L = 50, 450  # litres a container holds at most, by label size
Address = Callable[[UUID], str]  # a package's id → what its QR code says


def package_id(tag: str) -> UUID:
    """The id a package's QR code carries: the same for the same tag, wherever it travels."""
    return uuid5(NAMESPACE_URL, f"package:{tag}")


def labels(sheet: Sheet, address: Address, size: LabelSize | None) -> bytes:
    """What is stuck on the packages of a manifest, one a page, as its stream wants it.

    `size`: of HJ 1276 labels; else by the containers' volume. Raises `no_labels` where the stream has
    none or nothing is packed yet."""
    if sheet.state is None or sheet.stream.paper.labels == "none":
        raise Refusal("no_labels")
    if sheet.stream.paper.labels == "tag":
        return tags_pdf(_tags(sheet, sheet.state.lines, address), sheet.language)
    wanted = size or _size_for(sheet.state.lines)
    return labels_pdf(_labels(sheet, sheet.state.lines, address), wanted, sheet.language)


def _size_for(lines: Sequence[LineFacts]) -> LabelSize:
    """The size the largest container asks for; where no volume is known, the middle one."""
    volumes = [line.volume_l / max(1, line.packages) for line in lines if line.volume_l]
    largest = max(volumes, default=_MEDIUM_L)
    if largest <= _SMALL_L:
        return LabelSize.SMALL
    return LabelSize.MEDIUM if largest <= _MEDIUM_L else LabelSize.LARGE


def _names(sheet: Sheet, line: LineFacts) -> list[str]:
    """A name for each package of a line: its tag, else manifest, line and running number."""
    tags = list(sheet.found.tags.get(line.number, ()))
    count = min(MOST, max(1, line.packages))
    number = sheet.found.row.number
    return tags + [f"{number}-{line.number}-{at}" for at in range(len(tags) + 1, count + 1)]


def _labels(sheet: Sheet, lines: Sequence[LineFacts], address: Address) -> list[LabelPaper]:
    party = sheet.parties[sheet.found.row.consignor_id]
    made = local_day(sheet.found.row.filed_at)
    papers: list[LabelPaper] = []
    for line in lines:
        waste, names = sheet.waste(line.waste_code), _names(sheet, line)
        for at, name in enumerate(names, 1):
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
                    digital_id=_digital_id(party.credit_code, line.waste_code, sheet, len(papers) + 1),
                    organisation=party.organisation,
                    contact=f"{party.contact} {party.phone}".strip(),
                    generated_on=made,
                    mass_g=line.declared_g // len(names) if len(names) == 1 else None,
                    notes=name if at else "",
                    watermarks=sheet.watermarks,
                )
            )
    return papers[:MOST]


def _digital_id(credit_code: str, waste_code: str, sheet: Sheet, sequence: int) -> str:
    """数字识别码; empty where the code has not the eight digits the standard speaks of."""
    try:
        return digital_id(credit_code, waste_code, local_day(sheet.found.row.filed_at), sequence % 1000)
    except ValueError:
        return ""


def _tags(sheet: Sheet, lines: Sequence[LineFacts], address: Address) -> list[TagPaper]:
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
            mass_g=line.declared_g if max(1, line.packages) == 1 else None,
            notes=sheet.field("remark"),
            watermarks=sheet.watermarks,
        )
        for line in lines
        for name in _names(sheet, line)
    ][:MOST]
