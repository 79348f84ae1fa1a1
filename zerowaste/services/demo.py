"""Who may sign in to the demo city, and how a database is known to hold it, or nothing yet."""

from sqlalchemy import select
from sqlmodel import Session

from zerowaste.models.tables import EVENT, ORGANISATION, USER

PASSWORD = "zerowaste-demo"  # noqa: S105 - everybody may know it; only a demo database knows these logins
# login → what it is (zh, en), in the order in which they are printed. As in manifests/demo/people.toml.
LOGINS = {
    "producer": ("医院：危险废物、医疗废物", "a hospital: hazardous and medical waste"),
    "restaurant": ("餐厅：餐厨垃圾", "restaurants: kitchen waste"),
    "builder": ("建筑工地", "building sites"),
    "driver": ("驾驶员（承运单位具备四类资质）", "a driver of a carrier licensed for all four streams"),
    "dispatcher": ("该承运单位调度员", "that carrier's dispatcher"),
    "facility": ("利用处置单位", "the operator of the treatment facilities"),
    "transfer": ("收集转运站", "transfer stations"),
    "regulator": ("市级监管", "regulator of the city"),
    "district": ("青山湖区监管", "regulator of one district"),
    "outsider": ("另一家产废单位", "an unrelated producer"),
    "admin": ("系统管理员", "administrator"),
}


def is_demo(session: Session) -> bool:
    """Whether this database was made by `flask demo`: its organisations are marked as invented."""
    return session.execute(select(ORGANISATION.c.id).where(ORGANISATION.c.demo).limit(1)).first() is not None


def is_empty(session: Session) -> bool:
    """Whether nobody has put anything into this database yet."""
    return all(
        session.execute(select(column).limit(1)).first() is None
        for column in (ORGANISATION.c.id, USER.c.id, EVENT.c.id)
    )
