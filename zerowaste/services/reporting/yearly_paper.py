"""A publication with its names: tables in both languages, for the page, the PDF and the open CSV."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zerowaste.documents.paper import Words
from zerowaste.documents.yearly import YearPaper, YearTable
from zerowaste.graph.suppression import TOTAL
from zerowaste.rules.law import Law
from zerowaste.rules.regions import districts
from zerowaste.services.reporting.publications import Published

SUBJECTS = {
    "generated": Words("产生量（按种类和区县）", "Generated, by kind and district"),
    "treated": Words("利用处置量（按种类）", "Recovered and disposed of, by kind"),
}
WAYS = {
    "recovered": Words("利用", "recovered"),
    "disposed": Words("处置", "disposed of"),
    TOTAL: Words("合计", "total"),
}
CAPACITY = Words("许可的利用处置能力", "Permitted capacity")
CAPACITY_HEADS = (Words("单位数", "plants"), Words("吨/年", "tonnes a year"))
CITIES = {"3601": Words("南昌市", "Nanchang")}
FIELDS = (
    ("year", "统计年", "year reported on", ""),
    ("version", "公开版本，空为草稿", "version published; empty: a draft", ""),
    ("stream", "废物类别", "waste stream", ""),
    ("subject", "generated 产生；treated 利用处置；capacity 许可能力",
     "generated; treated: recovered or disposed of; capacity: permitted", ""),
    ("row", "种类代码：危险废物为大类 HW，其余为代码；capacity 为处理方式；total 合计",
     "kind: category of hazardous waste, code of the others; of capacity the operation; total", ""),
    ("row_zh", "种类中文名", "kind in Chinese", ""),
    ("row_en", "种类英文名", "kind in English", ""),
    ("column", "区县代码；recovered 利用、disposed 处置；plants 单位数；total 合计",
     "district code; recovered, disposed; plants: how many; total", ""),
    ("value", "数值；空为不公开", "figure; empty: suppressed", "g; g/year of capacity; plants: number"),
    ("suppressed", "1：依据的产生单位过少，或可由合计推得",
     "1: rests on too few producers, or could be computed", ""),
)  # fmt: skip


def paper_of(law: Law, found: Published) -> YearPaper:
    """The publication as people read it."""
    content = found.content
    tables = [_capacity(law, content["capacity"])] if content["capacity"] else []
    tables += [_table(law, table) for table in content["tables"]]
    return YearPaper(
        year=found.year,
        version=found.version,
        city=CITIES.get(content["city"], Words(content["city"], content["city"])),
        through=content["through"],
        published_at=found.published_at,
        sha256=found.sha256,
        least_producers=content["least_producers"],
        tables=tuple(tables),
    )


def open_rows(law: Law, found: Published) -> Iterator[list[str | int]]:
    """The same, one figure a line, in the order of FIELDS."""
    version = found.version or ""
    content = found.content
    for stream, operation, plants, limit in content["capacity"]:
        name = _operation(law, operation)
        told = [found.year, version, stream, "capacity", operation, name.zh, name.en]
        yield [*told, "plants", plants, 0]
        yield [*told, TOTAL, limit, 0]
    for table in content["tables"]:
        for row, column, grams in table["cells"]:
            name = _kind(law, table["stream"], row)
            told = [found.year, version, table["stream"], table["subject"], row, name.zh, name.en, column]
            yield [*told, "" if grams is None else grams, int(grams is None)]


def _table(law: Law, table: Mapping[str, Any]) -> YearTable:
    stream = _stream(law, table["stream"])
    subject = SUBJECTS[table["subject"]]
    known = {(row, column): grams for row, column, grams in table["cells"]}
    columns = [*table["columns"], TOTAL]
    return YearTable(
        title=Words(f"{stream.zh}：{subject.zh}", f"{stream.en}: {subject.en}"),
        heads=tuple(_column(column) for column in columns),
        rows=tuple(
            (_kind(law, table["stream"], row), tuple(known.get((row, column), 0) for column in columns))
            for row in (*table["rows"], TOTAL)
        ),
    )


def _capacity(law: Law, rows: Sequence[Sequence[Any]]) -> YearTable:
    lines = []
    for stream, operation, plants, limit in rows:
        kind, way = _stream(law, stream), _operation(law, operation)
        lines.append((Words(f"{kind.zh}：{way.zh}", f"{kind.en}: {way.en}"), (plants, limit)))
    return YearTable(CAPACITY, CAPACITY_HEADS, tuple(lines), counts=(True, False))


def _column(code: str) -> Words:
    known = districts().get(code)
    return Words(known.zh, known.en) if known else WAYS.get(code, Words(code, code))


def _kind(law: Law, stream: str, row: str) -> Words:
    if row == TOTAL:
        return WAYS[TOTAL]
    waste = law.catalogue.waste(stream, row)
    name = waste.name if waste else law.catalogue.categories.get(row)
    return Words(f"{row} {name.zh}", f"{row} {name.en or name.zh}") if name else Words(row, row)


def _operation(law: Law, code: str) -> Words:
    known = law.catalogue.operation(code)
    return Words(f"{code} {known.name.zh}", f"{code} {known.name.en}") if known else Words(code, code)


def _stream(law: Law, code: str) -> Words:
    if code not in law.streams:
        return Words(code, code)
    known = law.streams.get(code).name
    return Words(known.zh, known.en)
