"""Arithmetic on the contract's calendar days. No clock and no time zone is involved."""

import datetime
from calendar import monthrange
from typing import Optional

from wit_world.imports.types import Date, Period


def day(text: str) -> Date:
    """The day that `YYYY-MM-DD` names."""
    year, month, day = (int(part) for part in text.split("-"))
    return Date(year, month, day)


def since(first: str) -> Period:
    """From the given day on, with no known end."""
    return Period(day(first), None)


def between(first: str, last: str) -> Period:
    """From one day to another, both counted."""
    return Period(day(first), day(last))


def order(date: Date) -> tuple[int, int, int]:
    """Days compare by this."""
    return (date.year, date.month, date.day)


def number(date: Date) -> int:
    """Days since 0001-01-01, that day being 1."""
    return datetime.date(date.year, date.month, date.day).toordinal()


def plus_days(date: Date, days: int) -> Date:
    """The day so many days later, or earlier if negative."""
    moved = datetime.date.fromordinal(number(date) + days)
    return Date(moved.year, moved.month, moved.day)


def minus_months(date: Date, months: int) -> Date:
    """The same day of the month so many months earlier; the month's last day where it has no such day."""
    year, month = divmod(date.year * 12 + date.month - 1 - months, 12)
    return Date(year, month + 1, min(date.day, monthrange(year, month + 1)[1]))


def age_on(date: Date, birth: Date) -> int:
    """Completed years from the birth date to this day."""
    passed = (date.month, date.day) >= (birth.month, birth.day)
    return max(date.year - birth.year - (0 if passed else 1), 0)


def in_period(period: Period, date: Date) -> bool:
    """Whether the day is in the period."""
    ended = period.last is not None and order(period.last) < order(date)
    return order(period.first) <= order(date) and not ended


def earliest(*dates: Optional[Date]) -> Optional[Date]:
    """The earliest of those that are known, if any is."""
    return min((date for date in dates if date is not None), key=order, default=None)


def shared_days(one: Period, other: Period) -> int:
    """Days that two periods share, both ends counted; one without an end is taken to end where the other does."""
    if one.last is None and other.last is None:
        return 0
    first = max(one.first, other.first, key=order)
    return max(number(earliest(one.last, other.last)) - number(first) + 1, 0)
