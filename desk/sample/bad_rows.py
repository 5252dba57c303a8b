"""Rows that cannot be taken, for lists that shall have some: one of each kind a list.

They take nothing from the good rows: they speak of strangers, whom no good row
registers, or say something else of a person whose good row stands above them.
"""

from __future__ import annotations

from collections.abc import Iterator

from desk.sample.city import (
    EMPLOYED,
    RETIRED,
    Change,
    City,
    Contribution,
    fate_of,
)
from desk.sample.people_rows import CHANGES, CONTRIBUTIONS, change, contribution, yuan
from ledger import regions


def bad_contributions(city: City, at: int) -> Iterator[tuple]:
    """Rows of G1, each wrong in one way."""
    person = _usual(city, at)
    good = contribution(city, Contribution(person, at, EMPLOYED, at))
    wage, month = city.base(person, at), str(city.months[at])
    strangers = iter(range(100 * at, 100 * at + 100))

    def stranger(**changed) -> tuple:
        who = next(strangers)
        return _with(CONTRIBUTIONS, good, 个人编号=f"{city.code}X{who:07d}", **changed)

    yield stranger(个人缴费=yuan(city.own(person, at) + 100), 其中计入个人账户="")
    yield stranger(其中计入个人账户=yuan(city.own(person, at) - 1))
    yield stranger(缴费基数=yuan(-wage))
    yield stranger(缴费基数="")
    yield stranger(统筹区代码="999999")
    yield stranger(所属期=month[:4] + "-13")
    late = {"人员类别": "退休", "退休待遇起始月": str(city.months[at].next)}
    yield stranger(**late)
    own = yuan(2 * city.own(person, at))
    twice = {"缴费基数": yuan(2 * wage), "个人缴费": own, "其中计入个人账户": ""}
    yield _with(CONTRIBUTIONS, good, **twice)
    yield _with(CONTRIBUTIONS, good, 统筹区代码=_another(city.code))
    if at:
        before = Contribution(person, at - 1, EMPLOYED, at, arrears=True)
        yield contribution(city, before)
    for dead, fate in city.fated():
        if fate == "dies" and city.when[dead] < at:
            yield contribution(city, Contribution(dead, at, RETIRED, since=at))
            break


def bad_changes(city: City, at: int) -> Iterator[tuple]:
    """Rows of G6, each wrong in one way."""
    person = _usual(city, at)

    def row(kind: str, amount: int, number: int, **changed) -> tuple:
        died = at if kind == "死亡" else None
        serial = f"{city.months[at]}-X{number}"
        made = change(city, Change(person, kind, amount, died), at, serial)
        return _with(CHANGES, made, **changed)

    unknown = f"{city.code}X9999999"
    yield row("转出", 12345, 1, 个人编号=unknown)
    yield row("死亡", 0, 2, 个人编号=unknown)
    yield row("转出", 99_999_999_99, 3)
    yield row("转出", 100, 4, 依据="")
    yield row("转出", -100, 5)


def _usual(city: City, at: int) -> int:
    """An employed person whom nothing befalls; another one every month."""
    found = [
        person
        for person in range(min(city.people, 2_000))
        if city.standings[person] == EMPLOYED and not fate_of(person)
    ]
    return found[at % len(found)]


def _another(code: str) -> str:
    cities = regions.cities(regions.province_of(code))
    return cities[0] if cities[0] != code else cities[1]


def _with(layout, row: tuple, **changed: str) -> tuple:
    cells = dict(zip(layout.columns, row)) | changed
    return tuple(cells.values())
