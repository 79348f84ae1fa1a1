"""The waste code: what one row of a code list says, what covers it, and its CSV."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from zerowaste.errors import Problem, Refusal
from zerowaste.rules.stream_fields import Name

COLUMNS = (
    "code", "category", "name_zh", "name_en", "industry", "hazards", "form", "density_g_per_l",
    "methods", "residue", "edition", "valid_from", "valid_to",
)  # fmt: skip
NEEDED_COLUMNS = ("code", "category", "name_zh")
HAZARDS = ("T", "C", "I", "R", "In")  # 毒性 腐蚀性 易燃性 反应性 感染性
_CODE = re.compile(r"[0-9A-Z]{1,4}(-[0-9A-Z]{1,4}){1,3}")
_CATALOGUE_CODE = re.compile(r"[0-9]{3}-[0-9]{3}-([0-9]{2})")
_EDITION = re.compile(r"[0-9A-Za-z]{1,16}")


@dataclass(frozen=True, slots=True)
class WasteCode:
    """One waste of one stream. `hazards`: T C I R In; `form`: solid, semi_solid, liquid or None;
    `allowed_methods`: operation codes (empty: any of the stream's); `valid_to`: the last day.

    `residue`: a code of our own for what treatment leaves; `identified`: found hazardous by testing
    (900-000-NN), so a person should look at it."""

    code: str
    stream: str
    category: str
    category_name: Name
    name: Name
    edition: str
    valid_from: date
    valid_to: date | None = None
    hazards: tuple[str, ...] = ()
    form: str | None = None
    density_g_per_l: int | None = None
    allowed_methods: tuple[str, ...] = ()
    industry: str = ""
    residue: bool = False
    identified: bool = False

    @property
    def key(self) -> str:
        """Its place in lists that mix streams; what `search(after=…)` takes."""
        return f"{self.code} {self.stream}"


def covers(pattern: str, code: str, category: str) -> bool:
    """Whether a pattern on a permit speaks of this waste.

    `*` everything · `HW08` a category · `900-249-08` one code · `900-*-08` any middle ·
    `CW` or `900-249` all codes that begin so (whole parts only)."""
    if pattern in ("*", code, category):
        return True
    wanted, parts = pattern.split("-"), code.split("-")
    if len(wanted) > len(parts) or ("*" in pattern and len(wanted) != len(parts)):
        return False
    return all(want in ("*", part) for want, part in zip(wanted, parts, strict=False))


def split(text: str) -> tuple[str, ...]:
    """The values of a cell that holds several, separated by `|`."""
    return tuple(part.strip() for part in text.split("|") if part.strip())


def waste_of(row: Mapping[str, str], stream: str, categories: Mapping[str, Name]) -> WasteCode:
    """A row as a value. Where no English name is given, the category's stands in for it. ValueError
    or KeyError: the row is not one of ours."""
    category = categories.get(row["category"], Name(zh=row["category"], en=row["category"]))
    return WasteCode(
        code=row["code"],
        stream=stream,
        category=row["category"],
        category_name=category,
        name=Name(zh=row["name_zh"], en=row.get("name_en") or category.en),
        edition=row["edition"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row.get("valid_to") else None,
        hazards=split(row.get("hazards") or ""),
        form=row.get("form") or None,
        density_g_per_l=int(row["density_g_per_l"]) if row.get("density_g_per_l") else None,
        allowed_methods=split(row.get("methods") or ""),
        industry=row.get("industry") or "",
        residue=row.get("residue") == "1",
    )


def parse_edition_csv(text: str) -> list[WasteCode]:
    """The rows of a new edition, as a clerk hands it in: columns code, category, name_zh, and if he
    has them name_en, industry, hazards, form, density_g_per_l, methods, residue.

    Refusal `catalogue_invalid` with every fault, each at its line (`line.12`)."""
    reader = csv.DictReader(text.removeprefix("\ufeff").splitlines())
    columns = [name.strip() for name in reader.fieldnames or ()]
    reader.fieldnames = columns
    missing = [name for name in NEEDED_COLUMNS if name not in columns]
    if missing:
        names = ", ".join(missing)
        raise Refusal("catalogue_invalid", Problem("catalogue_columns", "line.1", {"names": names}))
    rows: dict[str, WasteCode] = {}
    faults: list[Problem] = []
    for number, row in enumerate(reader, start=2):
        clean = {key: (row.get(key) or "").strip() for key in COLUMNS}
        found = list(_faults(clean, number))
        if clean["code"] in rows:
            found.append(_fault("catalogue_code_twice", number, clean["code"]))
        faults.extend(found)
        if not found:
            clean |= {"edition": "new", "valid_from": date.min.isoformat(), "valid_to": ""}
            rows[clean["code"]] = waste_of(clean, "", {})
    if not rows and not faults:
        faults.append(Problem("catalogue_empty", "line.2"))
    if faults:
        raise Refusal("catalogue_invalid", *faults, count=len(faults))
    return list(rows.values())


def _fault(problem: str, number: int, value: str) -> Problem:
    return Problem(problem, f"line.{number}", {"line": number, "value": value})


def _faults(row: Mapping[str, str], number: int) -> Iterator[Problem]:
    code = row["code"]
    if not _CODE.fullmatch(code):
        yield _fault("catalogue_code", number, code)
    official = _CATALOGUE_CODE.fullmatch(code)
    if not row["category"] or (official and row["category"] != f"HW{official[1]}"):
        yield _fault("catalogue_category", number, row["category"] or "—")
    if not row["name_zh"]:
        yield _fault("catalogue_name", number, code)
    for hazard in split(row["hazards"]):
        if hazard not in HAZARDS:
            yield _fault("catalogue_hazard", number, hazard)
    density = row["density_g_per_l"]
    if density and not re.fullmatch(r"[1-9][0-9]{0,5}", density):
        yield _fault("catalogue_density", number, density)
    if row["residue"] not in ("", "0", "1"):
        yield _fault("catalogue_residue", number, row["residue"])


def write_edition(
    folder: Path,
    rows: Iterable[WasteCode],
    edition: str,
    valid_from: date,
    *,
    code_list: str = "hazardous",
) -> Path:
    """Write a new edition of a code list beside the others, in force from that day on; the edition
    before it ends by itself. Refusal: that edition is there already, or is misnamed."""
    if not _EDITION.fullmatch(edition):
        raise Refusal("catalogue_edition_name", edition=edition)
    file = folder / "catalogues" / f"{code_list}-{edition}.csv"
    if file.exists():
        raise Refusal("catalogue_edition_exists", edition=edition, file=file.name)
    written = [replace(row, edition=edition, valid_from=valid_from, valid_to=None) for row in rows]
    # Written beside and renamed: a service that starts meanwhile sees the whole file or none.
    draft = file.with_suffix(".draft")
    with draft.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(_cells(row) for row in written)
    draft.replace(file)
    return file


def _cells(row: WasteCode) -> Sequence[str]:
    english = "" if row.name.en == row.category_name.en else row.name.en
    return (
        row.code, row.category, row.name.zh, english, row.industry, "|".join(row.hazards),
        row.form or "", str(row.density_g_per_l or ""), "|".join(row.allowed_methods),
        str(int(row.residue)), row.edition, row.valid_from.isoformat(), "",
    )  # fmt: skip
