"""Numbers and times as a form shows them: exact from whole grams and litres, in the city's zone."""

from datetime import date, datetime

from zerowaste import clock
from zerowaste.documents.paper import Language, MassUnit

_GRAMS = {MassUnit.TONNE: 1_000_000, MassUnit.KILOGRAM: 1_000}
_LITRES_PER_CUBIC_METRE = 1_000


def mass(grams: int | None, unit: MassUnit) -> str:
    """Grams as tonnes or kilograms, exact; at least three decimals for tonnes. Empty for None."""
    if grams is None:
        return ""
    return _decimal(grams, _GRAMS[unit], at_least=3 if unit is MassUnit.TONNE else 0)


def readable_mass(grams: int | None, language: Language) -> str:
    """A mass with its unit, for labels: kilograms up to a tonne, then tonnes. Empty for None."""
    if grams is None:
        return ""
    unit = MassUnit.KILOGRAM if grams < _GRAMS[MassUnit.TONNE] else MassUnit.TONNE
    names = {
        MassUnit.KILOGRAM: {"zh": "千克", "en": "kg"},
        MassUnit.TONNE: {"zh": "吨", "en": "t"},
    }
    return f"{mass(grams, unit)} {names[unit][language]}"


def cubic_metres(litres: int | None) -> str:
    """Litres as cubic metres, exact. Empty for None."""
    return "" if litres is None else _decimal(litres, _LITRES_PER_CUBIC_METRE, at_least=0)


def moment(at: datetime | None, language: Language) -> str:
    """A moment in the city (Asia/Shanghai) to the minute; the blank to fill in by hand for None."""
    if at is None:
        return "　　　年　月　日　时　分" if language == "zh" else "____-__-__  __:__"
    local = clock.local(at)
    if language == "zh":
        return f"{day(local, language)} {local.hour:02d}时{local.minute:02d}分"
    return f"{day(local, language)} {local.hour:02d}:{local.minute:02d}"


def day(on: date | None, language: Language) -> str:
    """A calendar day. Empty for None."""
    if on is None:
        return ""
    if language == "zh":
        return f"{on.year}年{on.month:02d}月{on.day:02d}日"
    return f"{on.year:04d}-{on.month:02d}-{on.day:02d}"


def _decimal(amount: int, per: int, *, at_least: int) -> str:
    sign = "-" if amount < 0 else ""
    whole, rest = divmod(abs(amount), per)
    places = len(str(per)) - 1
    decimals = f"{rest:0{places}d}".rstrip("0").ljust(at_least, "0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"
