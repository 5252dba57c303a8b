"""Places: a code and the name beside it, on the day of the line."""

from datetime import date

from importers.cells import WRONG, plain
from importers.faults import Wrong
from ledger import regions
from ledger.periods import Month, Quarter


class Places(dict):
    """Today's code by (code, name, day or period); WRONG where there is none.

    Only the code counts; a name is looked at only to see whether it is that of
    another region. Own people (本级) may stand under the name of their region, and
    who lives elsewhere under that of the province.
    """

    def __missing__(self, key):
        found = WRONG if WRONG in key or self.fault(*key) else _today(*key)
        self[key] = found
        return found

    def fault(self, code: str, name: str, day) -> tuple[str, str, Wrong] | None:
        """What is wrong: with the "code" or the "name", the cell and why."""
        if not code:
            return None
        if not _today(code, name, day):
            now = regions.today_code(code)
            if not now:
                wrong = Wrong("不是已知的行政区划代码", "行政区划代码，如520102")
            else:
                now += regions.name(now)
                wrong = Wrong(f"在{_day(day)}不是有效的行政区划代码，今为{now}", now)
            return "code", code, wrong
        today = _today(code, name, day)
        named = regions.codes_named(plain(name)) if name else []
        allowed = {today, regions.province_of(today)}
        if regions.level(today) == "own":
            allowed.add(regions.parent(today))
        if named and allowed.isdisjoint(named):
            right = f"{code}{regions.name(today, _day(day))}"
            other = f"{named[0]}{name}"
            return "name", name, Wrong(f"是{other}，与代码{right}不一致", right)
        return None


def _today(code: str, name: str, day) -> str:
    return regions.today_code(code, _day(day)) or "" if code else ""


def _day(day: date | Month | Quarter | None) -> date | None:
    """A period's first day: a code that ended in it was still right for a part."""
    return day if day is None or isinstance(day, date) else day.first_day
