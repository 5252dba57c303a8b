"""Which lines of a clearing list a command means: by region, and by --line."""

from __future__ import annotations

from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from ledger import regions, settings
from ledger.advances.waiting_lines import Waiting
from ledger.errors import UsageError, YibaoError
from ledger.funds import fund_codes
from ledger.periods import period

SCOPES = ("跨省", "省内")
SHAPE = "参保地/就医地/险种/范围/清算期"


class Spot(NamedTuple):
    """What a line has to have; "" is anything. A city or province takes in all below
    it."""

    insured: str = ""
    place: str = ""
    fund: str = ""
    scope: str = ""
    period: str = ""


def spot(text: str) -> Spot:
    """Read 参保地/就医地/险种/范围/清算期, any of them empty, the last ones left out.

    >>> spot("520102/440000//跨省")
    Spot(insured='520102', place='440000', fund='', scope='跨省', period='')
    """
    cells = [cell.strip() for cell in text.split("/")]
    if len(cells) > len(Spot._fields) or not any(cells):
        raise _wrong(text, f"一行写作 {SHAPE}，可以只写前几项")
    read = Spot(*cells)
    for code in (read.insured, read.place):
        if code and regions.today_code(code) is None:
            raise _wrong(text, f"“{code}”不是地区代码")
    fund = fund_codes().get(read.fund) if read.fund else ""
    if fund is None:
        raise _wrong(text, f"险种“{read.fund}”不认识；例如 310 职工医保")
    if read.scope and read.scope not in SCOPES:
        raise _wrong(text, f"范围“{read.scope}”应为{'或'.join(SCOPES)}")
    return Spot(
        regions.today_code(read.insured) if read.insured else "",
        regions.today_code(read.place) if read.place else "",
        fund,
        read.scope,
        _period(text, read.period),
    )


def matching(lines: Sequence[Waiting], spots: Sequence[Spot]) -> list[Waiting]:
    """The lines that are at one of the spots; all where none is given."""
    if not spots:
        return list(lines)
    return [line for line in lines if any(_at(line, where) for where in spots)]


def checked_region(connection: Connection, code: str) -> None:
    """UsageError unless the code is a city of the province, or its 省本级."""
    province = settings.province(connection)
    own = regions.own_people(province)
    if code in (*regions.cities(province), own):
        return
    hint = ""
    today = regions.today_code(code)
    if today and regions.province_of(today) == province and today != province:
        city = regions.city_of(today)
        hint = f"；{regions.name(today)}由{regions.name(city)}确认，请用 {city}"
    raise UsageError(f"“{code}”不是本省的市（州）代码或省本级{own}{hint}")


def _at(line: Waiting, where: Spot) -> bool:
    return (
        _within(line.insured, where.insured)
        and _within(line.place, where.place)
        and where.fund in ("", line.fund)
        and where.scope in ("", line.scope)
        and where.period in ("", str(line.period), str(line.period.quarter))
    )


def _within(code: str, region: str) -> bool:
    above = (code, regions.city_of(code), regions.province_of(code))
    return not region or region in above


def _period(text: str, printed: str) -> str:
    try:
        return str(period(printed)) if printed else ""
    except YibaoError as error:
        raise _wrong(text, str(error)) from error


def _wrong(text: str, why: str) -> UsageError:
    return UsageError(f"--line “{text}”：{why}")
