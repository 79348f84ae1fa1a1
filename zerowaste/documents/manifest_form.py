"""The boxes of a transfer manifest (危险废物转移联单 and its family): three parts and remarks."""

from collections.abc import Iterable, Sequence

from zerowaste.documents import figures, wording
from zerowaste.documents.boxes import (
    SMALL,
    TABLE,
    WHOLE,
    Column,
    Field,
    bar,
    entries,
    fields,
    fields_in_thirds,
    subheading,
    table_head,
    table_row,
)
from zerowaste.documents.grid import Block, Cell, Row, Text
from zerowaste.documents.paper import (
    AcceptanceRow,
    CarrierLeg,
    ItemRow,
    Language,
    Layout,
    ManifestPaper,
    MassUnit,
    PartyOpinion,
    Words,
)

# A waste and its place in the list.
Item = tuple[int, ItemRow]
Accepted = tuple[int, AcceptanceRow]


def form(paper: ManifestPaper, language: Language) -> list[Block]:
    """All parts of one manifest, in the order of the official form."""
    return [
        *_consignor(paper, language),
        *_carriers(paper, language),
        *_consignee(paper, language),
        *_remarks(paper, language),
    ]


def _part(words: Words, paper: ManifestPaper) -> Words:
    english = paper.stream.en
    return Words(
        words.zh.format(waste=paper.stream.zh),
        words.en.format(waste=english[:1].upper() + english[1:]),
    )


def _consignor(paper: ManifestPaper, language: Language) -> list[Block]:
    who = paper.consignor
    official = paper.layout is Layout.OFFICIAL
    name = Field(wording.UNIT_NAME, who.name)
    emergency = Field(wording.EMERGENCY_PHONE, who.emergency_phone)
    rows = [
        fields_in_thirds(language, name, emergency) if official else fields(language, name),
        fields(language, Field(wording.ADDRESS, who.address)),
        fields_in_thirds(
            language,
            Field(wording.SENDING_AGENT, who.agent),
            Field(wording.PHONE, who.phone),
            Field(wording.HANDED_AT, figures.moment(who.handed_at, language)),
        ),
    ]
    if official:
        rows.append(fields(language, Field(wording.EMERGENCY_MEASURES, who.emergency_measures)))
    rows += entries(language, who.entries)
    words = _part(wording.PART_CONSIGNOR, paper)
    columns = _item_columns(paper, language)
    lines = [table_row(columns, item) for item in enumerate(paper.items, 1)]
    if len(paper.items) > 1:
        grams = sum(item.mass_g or 0 for item in paper.items)
        lines.append(_total(columns, figures.mass(grams, paper.mass_unit), language))
    return _with_table(words, language, rows, table_head(language, columns), lines)


def _with_table(
    words: Words, language: Language, rows: Iterable[Row], head: Row, lines: Iterable[Row]
) -> list[Block]:
    """A part: its boxes, then its table; both headings are repeated on a new page."""
    first, again = bar(words, language), bar(words, language, wording.CONTINUED)
    return [
        Block(tuple(rows), (first,), (again,), starts=True, whole=True),
        Block(tuple(lines), (head,), (again, head)),
    ]


def _item_columns(paper: ManifestPaper, language: Language) -> list[Column[Item]]:
    """What is asked about each waste: the official form's nine columns, or the plain family's."""
    tonnes = paper.mass_unit is MassUnit.TONNE
    mass = wording.MASS_OUT_T if tonnes else wording.MASS_OUT_KG
    first: list[Column[Item]] = [
        Column(wording.SEQUENCE, 9, lambda item: str(item[0])),
        Column(wording.WASTE_NAME, 38, lambda item: item[1].name, "left"),
        Column(wording.WASTE_CODE, 23, lambda item: item[1].code),
    ]
    packages: Column[Item] = Column(wording.PACKAGES, 15, lambda item: _count(item[1].packages))
    last: Column[Item] = Column(mass, 23, lambda item: figures.mass(item[1].mass_g, paper.mass_unit))
    if paper.layout is Layout.OFFICIAL:
        return [
            *first,
            Column(wording.HAZARD, 15, lambda item: item[1].hazard),
            Column(wording.FORM, 13, lambda item: item[1].form),
            Column(wording.HARMFUL, 30, lambda item: item[1].harmful, "left"),
            Column(wording.PACKAGING, 20, lambda item: item[1].packaging),
            packages,
            last,
        ]
    return [
        *first,
        Column(wording.FORM, 15, lambda item: item[1].form),
        Column(wording.PACKAGING, 24, lambda item: item[1].packaging),
        packages,
        Column(wording.VOLUME, 20, lambda item: figures.cubic_metres(item[1].volume_l)),
        Column(wording.BASIS, 19, lambda item: _basis(item[1], language)),
        last,
    ]


def _count(packages: int | None) -> str:
    return "" if packages is None else str(packages)


def _basis(item: ItemRow, language: Language) -> str:
    return "" if item.basis is None else wording.BASES[item.basis].of(language)


def _total(columns: Sequence[Column[Item]], mass: str, language: Language) -> Row:
    last = columns[-1].share
    return Row(
        (
            Cell((Text(wording.TOTAL.of(language), TABLE),), WHOLE - last, "centre"),
            Cell((Text(mass, TABLE),), last, "centre"),
        )
    )


def _carriers(paper: ManifestPaper, language: Language) -> list[Block]:
    words = _part(wording.PART_CARRIER, paper)
    again = (bar(words, language, wording.CONTINUED),)
    legs = paper.legs or (CarrierLeg(1, ""),)
    blocks = []
    for place, leg in enumerate(legs):
        rows = [_leg_heading(leg, paper, language)] if len(legs) > 1 or leg.back else []
        rows += _leg(leg, language)
        if place == 0:
            opening = (bar(words, language),)
            blocks.append(Block(tuple(rows), opening, again, starts=True, whole=True))
        else:
            blocks.append(Block(tuple(rows), (), again, whole=True))
    return blocks


def _leg_heading(leg: CarrierLeg, paper: ManifestPaper, language: Language) -> Row:
    outward = sum(not other.back for other in paper.legs)
    words = wording.LEG_BACK if leg.back else wording.LEG
    return subheading(words.of(language).format(number=leg.number, legs=outward))


def _leg(leg: CarrierLeg, language: Language) -> list[Row]:
    rows = []
    if leg.handover_at or leg.handover_place:
        rows.append(
            fields(
                language,
                Field(wording.HANDOVER_PLACE, leg.handover_place),
                Field(wording.HANDOVER_AT, figures.moment(leg.handover_at, language)),
            )
        )
    two_by_two = (
        (Field(wording.UNIT_NAME, leg.name), Field(wording.LICENCE, leg.licence_number)),
        (Field(wording.ADDRESS, leg.address), Field(wording.PHONE, leg.phone)),
        (Field(wording.DRIVER, leg.driver), Field(wording.PHONE, leg.driver_phone)),
        (Field(wording.VEHICLE, leg.vehicle), Field(wording.PLATE, leg.plate)),
        (
            Field(wording.START, leg.start),
            Field(wording.DEPARTED_AT, figures.moment(leg.departed_at, language)),
        ),
        (Field(wording.VIA, leg.via),),
        (
            Field(wording.END, leg.end),
            Field(wording.ARRIVED_AT, figures.moment(leg.arrived_at, language)),
        ),
    )
    rows += [fields(language, *boxes) for boxes in two_by_two]
    if leg.escort:
        rows.insert(-4, fields(language, Field(wording.ESCORT, leg.escort)))
    return rows + entries(language, leg.entries)


def _consignee(paper: ManifestPaper, language: Language) -> list[Block]:
    who = paper.consignee
    permit = who.permit_label or _part(wording.PERMIT, paper)
    rows = [
        fields(language, Field(wording.UNIT_NAME, who.name), Field(permit, who.permit_number)),
        fields(language, Field(wording.ADDRESS, who.address)),
        fields_in_thirds(
            language,
            Field(wording.RECEIVING_AGENT, who.agent),
            Field(wording.PHONE, who.phone),
            Field(wording.ACCEPTED_AT, figures.moment(who.accepted_at, language)),
        ),
        *entries(language, who.entries),
    ]
    # Before the gate has decided, the boxes stand open: the waste is named, nothing is answered.
    found = paper.acceptance or tuple(AcceptanceRow(item.name, item.code) for item in paper.items)
    columns = _acceptance_columns(paper, language)
    lines = [table_row(columns, row) for row in enumerate(found, 1)]
    words = _part(wording.PART_CONSIGNEE, paper)
    return _with_table(words, language, rows, table_head(language, columns), lines)


def _acceptance_columns(paper: ManifestPaper, language: Language) -> list[Column[Accepted]]:
    tonnes = paper.mass_unit is MassUnit.TONNE
    return [
        Column(wording.SEQUENCE, 9, lambda row: str(row[0])),
        Column(wording.WASTE_NAME, 38, lambda row: row[1].name, "left"),
        Column(wording.WASTE_CODE, 23, lambda row: row[1].code),
        Column(wording.MAJOR_DIFFERENCE, 34, lambda row: _difference(row[1], language)),
        Column(wording.OPINION, 28, lambda row: _decision(row[1], paper.mass_unit, language)),
        Column(wording.OPERATION, 31, lambda row: row[1].operation),
        Column(
            wording.MASS_IN_T if tonnes else wording.MASS_IN_KG,
            23,
            lambda row: figures.mass(row[1].accepted_g, paper.mass_unit),
        ),
    ]


def _difference(row: AcceptanceRow, language: Language) -> str:
    if row.major_difference is None:
        return row.difference_note
    answer = (wording.YES if row.major_difference else wording.NO).of(language)
    return f"{answer}{wording.COLON.of(language)}{row.difference_note}" if row.difference_note else answer


def _decision(row: AcceptanceRow, unit: MassUnit, language: Language) -> str:
    if row.opinion is None:
        return ""
    said = wording.OPINIONS[row.opinion].of(language)
    if row.refused_g:
        refused = wording.REFUSED.of(language).format(mass=figures.mass(row.refused_g, unit))
        return f"{said}\n{refused}"
    return said


def _remarks(paper: ManifestPaper, language: Language) -> list[Block]:
    first = bar(wording.PART_REMARKS, language)
    again = bar(wording.PART_REMARKS, language, wording.CONTINUED)
    blocks = []
    if paper.opinions:
        columns: list[Column[PartyOpinion]] = [
            Column(wording.PARTY, 46, lambda said: said.party, "left"),
            Column(wording.PARTY_OPINION, 96, lambda said: said.text, "left"),
            Column(wording.SAID_AT, 44, lambda said: figures.moment(said.at, language)),
        ]
        head = table_head(language, columns)
        lines = tuple(table_row(columns, said) for said in paper.opinions)
        blocks.append(Block(lines, (first, head), (again, head), starts=True))
    rows = [
        fields(language, Field(wording.REMARK, paper.notes)),
        _explanation(paper, language),
    ]
    opening = () if blocks else (first,)
    blocks.append(Block(tuple(rows), opening, (again,), starts=not blocks))
    return blocks


def _explanation(paper: ManifestPaper, language: Language) -> Row:
    sentences = [wording.CITY_TIME]
    if paper.nationally_numbered and paper.serial:
        sentences.append(wording.SERIAL_IS_OURS)
    if paper.legal_note is not None:
        sentences.append(paper.legal_note)
    said = "\n".join(words.of(language) for words in sentences)
    return fields(language, Field(wording.EXPLANATION, said), size=SMALL)
