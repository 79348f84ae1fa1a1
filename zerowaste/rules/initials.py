"""The initials of a Chinese name in pinyin, as people type them to find it: 废矿物油 is `fkwy`."""

from functools import cache


@cache
def initials(name: str) -> str:
    """One small letter for each character; what is no Chinese stays as it is."""
    from pypinyin import Style, lazy_pinyin  # late: its dictionaries take a third of a second to read

    return "".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).casefold()
