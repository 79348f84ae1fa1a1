"""`flask load`: a city's master data, all or nothing, every fault named."""

from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlmodel import Session
from stdnum.cn import uscc

from tests.cli.conftest import Clerk
from zerowaste.models.tables import EVENT, ORGANISATION, PERMIT, SITE, TERM, USER


def credit_code(number: int) -> str:
    body = f"91360100MA0LAD{number:03d}"
    return body + str(uscc.calc_check_digit(body))


WORKS, CARRIER = credit_code(1), credit_code(2)
CITY = f"""
[[organisation]]
credit_code = "{WORKS}"
name = "彭氏实业"

[[organisation]]
credit_code = "{CARRIER}"
name = "单氏运输"

[[site]]
code = "N-WORKS"
organisation = "{WORKS}"
kind = "producer"
name = "彭氏实业一厂"
street = "360102002"

[[permit]]
kind = "plan"
number = "计划-1"
organisation = "{WORKS}"
valid_from = 2026-01-01
valid_to = 2026-12-31
term = [{{ stream = "hazardous", pattern = "HW08", limit = 12.5 }}]

[[vehicle]]
plate = "赣A·10001"
organisation = "{CARRIER}"
streams = ["hazardous"]
licence_to = 2027-12-31

[[person]]
login = "paula"
name = "彭拉"
role = "producer"
organisation = "{WORKS}"
"""
FAULTY = f"""
[[organisation]]
credit_code = "{WORKS[:-1]}{"1" if WORKS[-1] != "1" else "2"}"
name = "校验码不符"

[[site]]
code = "N-ELSEWHERE"
organisation = "{CARRIER}"
kind = "palace"
street = "330110001"
name = "外地"

[[vehicle]]
plate = "赣A10001"
organisation = "{CARRIER}"
streams = ["nuclear"]
licence_to = 2027-12-31

[[person]]
login = "rita"
name = "芮督"
role = "regulator"
organisation = "{CARRIER}"
"""


@pytest.fixture
def city_file(tmp_path: Path) -> Path:
    file = tmp_path / "city.toml"
    file.write_text(CITY, encoding="utf-8")
    return file


def count(session: Session, column: object) -> int:
    return int(session.execute(select(func.count(column))).scalar_one())  # type: ignore[arg-type]


def test_a_city_is_loaded_and_loading_it_again_changes_nothing(
    clerk: Clerk, session: Session, city_file: Path
) -> None:
    first = clerk.flask("load", str(city_file))
    assert first.exit_code == 0
    assert "新增 6，更新 0，未变 0。" in first.output
    assert "  paula\t" in first.output  # a first password, shown this once
    assert count(session, EVENT.c.id) == 6
    session.rollback()
    again = clerk.flask("load", str(city_file))
    assert "0 new, 0 changed, 6 as they were." in again.output
    assert "paula" not in again.output
    assert count(session, EVENT.c.id) == 6


def test_a_dry_run_writes_nothing(clerk: Clerk, session: Session, city_file: Path) -> None:
    result = clerk.flask("load", "--dry-run", str(city_file))
    assert result.exit_code == 0
    assert "6 new" in result.output
    assert "nothing was written" in result.output
    assert count(session, ORGANISATION.c.id) + count(session, EVENT.c.id) == 0


def test_every_fault_is_named_where_it_stands(clerk: Clerk, session: Session, tmp_path: Path) -> None:
    file = tmp_path / "city.toml"
    file.write_text(FAULTY, encoding="utf-8")
    result = clerk.flask("load", str(file))
    assert result.exit_code == 1
    named = {line.partition("  ")[0] for line in result.stderr.splitlines()}
    assert {
        "city.toml:3:credit_code",
        "city.toml:9:kind",
        "city.toml:10:street",
        "city.toml:16:streams",
        "city.toml:22:role",
    } <= named
    assert count(session, ORGANISATION.c.id) == 0


def test_a_spreadsheet_does_too(clerk: Clerk, session: Session, tmp_path: Path) -> None:
    """As spreadsheets in China write it; a paper with two terms takes two lines."""
    organisations = tmp_path / "organisations.csv"
    organisations.write_bytes(f"credit_code,name\n{WORKS},彭氏实业\n".encode("gb18030"))
    sites = tmp_path / "sites-2026.csv"
    sites.write_text(
        f"code,organisation,kind,name,street\nN-PLANT,{WORKS},facility,一厂,360102002\n", encoding="utf-8-sig"
    )
    permits = tmp_path / "permits.csv"
    permits.write_text(
        "kind,number,organisation,site,valid_from,valid_to,stream,pattern,operation,period,limit\n"
        f"permit,证-1,{WORKS},N-PLANT,2026-01-01,2026-12-31,hazardous,HW08,R9,year,100\n"
        f"permit,证-1,{WORKS},,,,hazardous,HW49,D10,year,20\n",
        encoding="utf-8",
    )
    result = clerk.flask("load", str(permits), str(organisations), str(sites))
    assert result.exit_code == 0, result.stderr
    terms = session.execute(select(TERM.c.pattern, TERM.c.limit_g, TERM.c.hard_limit_g)).all()
    assert sorted(terms) == [("HW08", 100_000_000, 120_000_000), ("HW49", 20_000_000, 24_000_000)]
    assert count(session, PERMIT.c.id) == count(session, SITE.c.id) == 1


def test_passwords_never_reach_the_events(clerk: Clerk, session: Session, city_file: Path) -> None:
    said = CITY + 'password = "a-long-first-password"\n'
    city_file.write_text(said, encoding="utf-8")
    assert "paula\t" not in clerk.flask("load", str(city_file)).output
    assert session.execute(select(USER.c.password)).scalar_one().startswith("$argon2id$")
    texts = session.execute(select(EVENT.c.text)).scalars().all()
    assert not any("a-long-first-password" in text or "彭拉" in text for text in texts)
