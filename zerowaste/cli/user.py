"""`flask user`: accounts of people."""

from typing import Any

import click

from zerowaste import clock
from zerowaste.cli.workplace import Workplace, say, with_workplace
from zerowaste.vocabulary import Role


@click.group(short_help="账号管理。 Accounts.")
def user() -> None:
    """账号管理。 Accounts."""


@user.command(short_help="新增账号。 Make an account.")
@click.argument("login")
@click.option("--name", required=True, help="姓名。 The person's name.")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]), help="角色。 Role.")
@click.option(
    "--organisation",
    required=True,
    help="所在单位的统一社会信用代码（监管人员、管理员填其机关）。 Credit code of where the person works.",
)
@click.option("--site", "sites", multiple=True, help="只限该单位的这些场所。 Only these of its sites.")
@click.option("--region", "regions", multiple=True, help="监管区域代码。 Region a regulator oversees.")
@click.option("--phone", help="电话。 Telephone.")
@click.option("--language", type=click.Choice(["zh", "en"]), help="语言。 Language.")
@click.option("--licence-number", help="从业资格证号。 Number of a driver's licence.")
@click.option("--licence-to", help="从业资格证有效期，如 2027-12-31。 Last day of a driver's licence.")
@click.password_option(help="密码（不填则询问）。 Password (asked for if not given).")
@with_workplace
def add(place: Workplace, **given: Any) -> None:
    """新增账号。 Make an account.

    \b
    例 Example:
      flask user add wang --name 王敏 --role regulator --organisation 11360100… --region 3601
    """
    from zerowaste.services.identity.passwords import Passwords
    from zerowaste.services.masterdata import masterdata
    from zerowaste.services.masterdata.files import RawRow

    values = {key: value for key, value in given.items() if value not in (None, ())}
    row = RawRow("person", values, "user add", 1)
    how = masterdata.Loading(
        city=place.settings.city, passwords=Passwords(place.settings.password_cost), now=clock.now()
    )
    with place.database() as database:
        database.transact(lambda session: masterdata.add_person(session, place.law, row, how))
    say(f"已新增账号 {values['login']}。", f"The account {values['login']} was made.")
