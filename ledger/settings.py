"""Settings: what only a user knows, each with the day from which it counts.

A name may be a pattern: "average-pension-{year}" holds the figure of every year. A
published figure is set once; another value needs to be said to be a correction.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Callable, NamedTuple

from sqlalchemy import Connection, insert, select

from ledger import regions
from ledger.database import next_id
from ledger.errors import BookError, UsageError
from ledger.schema import Setting

FIELDS = {  # what a name's {…} may be
    "year": "[12][0-9]{3}",
    "kind": "[^-]+",
    "scope": "跨省|省内",
    "fund": "[0-9]{3}",
}
AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?")
NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?(/[1-9][0-9]{0,3})?")


class Known(NamedTuple):
    """A setting that the program reads; `name` may be a pattern.

    `money`: yuan to the fen, above zero, with `zero` also nothing, such as `example`;
    of a pooling region or, with `payers`, of any that pays advances. `number`: 5, 1/2.
    `figure`: published, so set once for a region, and counting from the command that
    sets it. `kinds`: what {kind} may be. `title`: the name in words, a pattern too.
    `ranges`: by kind the least and the most that a number may be, and what it has to be
    a multiple of ("" for anything).
    """

    name: str
    choices: tuple[str, ...]
    default: str | None
    per_region: bool
    about: str
    money: bool = False
    figure: bool = False
    kinds: tuple[str, ...] = ()
    zero: bool = False
    example: str = ""
    title: str = ""
    payers: bool = False
    number: bool = False
    ranges: dict[str, list[str]] = {}

    def named(self, name: str) -> bool:
        """Whether this is the setting of that name."""
        found = self._match(name)
        return found is not None and (not self.kinds or found["kind"] in self.kinds)

    def in_words(self, name: str) -> str:
        """The name with its title: 2021年…（average-pension-2021）."""
        found = self._match(name)
        if not found or not self.title:
            return name
        return f"{self.title.format(**found.groupdict())}（{name}）"

    def out_of_range(self, name: str, value: str) -> str:
        """How a number is out of its range, in words; "" when it is not."""
        found = self._match(name)
        least, most, step = self.ranges.get(found["kind"], ("", "", ""))
        number = Fraction(*map(Fraction, value.split("/")))
        if least and number < Fraction(least) or most and number > Fraction(most):
            return f"应在{least}至{most}之间"
        if step and number % Fraction(step):
            return f"应为{step}的整数倍"
        return ""

    def _match(self, name: str) -> re.Match | None:
        pattern = re.escape(self.name)
        for field, form in FIELDS.items():
            pattern = pattern.replace(rf"\{{{field}\}}", f"(?P<{field}>{form})")
        return re.fullmatch(pattern, name)


class SettingRow(NamedTuple):
    name: str
    region: str
    from_day: date | None
    value: str
    cite: str
    set_by: str
    set_at: str


@cache
def known() -> dict[str, Known]:
    text = (files("ledger") / "settings.toml").read_text("utf-8")
    return {
        row["name"]: Known(
            row["name"],
            tuple(row["choices"]),
            row.get("default"),
            row["per_region"],
            row["about"],
            row.get("money", False),
            row.get("figure", False),
            tuple(row.get("kinds", ())),
            row.get("zero", False),
            row.get("example", ""),
            row.get("title", ""),
            row.get("payers", False),
            row.get("number", False),
            row.get("ranges", {}),
        )
        for row in tomllib.loads(text)["setting"]
    }


def setting_named(name: str) -> Known:
    """The setting of that name; UsageError where there is none."""
    for setting in known().values():
        if setting.named(name):
            return setting
    kinds = {kind for setting in known().values() for kind in setting.kinds}
    more = f"；{{kind}}是{'、'.join(sorted(kinds))}之一" if kinds else ""
    raise UsageError(f"没有“{name}”这项设置；可设置：{'、'.join(known())}{more}")


def put(connection: Connection, row: SettingRow, correct: bool = False) -> bool:
    """Add a dated setting; False when a figure of this very value stands already.

    UsageError when the name or the value is not one; BookError for a published
    figure that stands with another value, unless this corrects it.
    """
    setting = setting_named(row.name)
    if setting.choices and row.value not in setting.choices:
        choices = "、".join(setting.choices)
        raise UsageError(f"{row.name}不能设为“{row.value}”，应为{choices}之一")
    if row.region and (
        not setting.per_region or regions.today_code(row.region) != row.region
    ):
        raise UsageError(
            f"{row.name}不能按地区“{row.region}”设置；请去掉 --region 或改正代码"
        )
    if setting.number and not NUMBER.fullmatch(row.value):
        raise UsageError(
            f"{row.name}不能设为“{row.value}”，应为数或分数，如 5、0.6、1/2"
        )
    wrong = setting.number and setting.out_of_range(row.name, row.value)
    if wrong:
        raise UsageError(f"{row.name}不能设为“{row.value}”，{wrong}")
    if setting.money:
        row = row._replace(value=_amount(connection, setting, row))
    if setting.figure:
        if _stands(connection, row, correct):
            return False
    elif correct:
        raise UsageError(f"{row.name}不是公布的数字，直接设置即可；请去掉 --correct")
    table = Setting.__table__
    connection.execute(
        insert(table).values(id=next_id(connection, table), **row._asdict())
    )
    return True


def _amount(connection: Connection, setting: Known, row: SettingRow) -> str:
    """An amount as it is kept: 3350.00; of a region of the home's province."""
    right = AMOUNT.fullmatch(row.value) and (setting.zero or Decimal(row.value))
    if not right:
        least = "零或大于零" if setting.zero else "大于零"
        raise UsageError(
            f"{row.name}不能设为“{row.value}”，应为{least}、以元为单位、到分为止的金额，"
            f"如 {setting.example}"
        )
    home = province(connection)
    if setting.payers:
        known = row.region not in ("", home) and regions.province_of(row.region) == home
        if not known:
            raise UsageError(
                f"{row.name}按付款方设置，“{row.region}”不是本省的市州、县区或本级；"
                "请用 --region 代码"
            )
    elif row.region not in regions.cities(home):
        raise UsageError(
            f"{row.name}按统筹区设置，“{row.region}”不是本省的市州；请用 --region 代码"
        )
    return f"{Decimal(row.value):.2f}"


def _stands(connection: Connection, row: SettingRow, correct: bool) -> bool:
    """Whether a published figure stands with this value already."""
    if row.from_day is not None:
        raise UsageError(f"{row.name}是公布的数字，自设置时起使用；请去掉 --from")
    first = figure(connection, row.name, row.region)
    if first is None and correct:
        raise BookError(f"{row.name}（{row.region}）还没有设过，不用 --correct")
    if first is None or first.value == row.value:
        return first is not None
    if not correct:
        raise BookError(
            f"{row.name}（{row.region}）已由{first.set_by}于{first.set_at[:10]}"
            f"设为{first.value}（依据：{first.cite}），与“{row.value}”不同，没有改动；"
            "确要更正请加 --correct，已计入各月的差额随后由 yibao make-up 补划"
        )
    return False


def figure(connection: Connection, name: str, region: str) -> SettingRow | None:
    """A region's published figure as last set, or None while it is not set."""
    columns = [getattr(Setting, field) for field in SettingRow._fields]
    row = connection.execute(
        select(*columns)
        .where(Setting.name == name, Setting.region == region)
        .order_by(Setting.id.desc())
        .limit(1)
    ).first()
    return row and SettingRow(*row)


def value(
    connection: Connection, name: str, on: date | None, region: str = ""
) -> str | None:
    """The value in force on a day; a region's own goes before the home's."""
    return dated(connection, name, region)(on)


def dated(
    connection: Connection, name: str, region: str = ""
) -> Callable[[date | None], str | None]:
    """A setting as a function of the day, read from the database once."""
    rows = connection.execute(
        select(Setting.region, Setting.from_day, Setting.value)
        .where(Setting.name == name, Setting.region.in_(["", region]))
        .order_by(Setting.id)
    ).all()
    ranked = sorted(rows, key=lambda row: (row.region != "", row.from_day or date.min))

    def on(day: date | None) -> str | None:
        in_force = [
            row.value
            for row in ranked
            if day is None or (row.from_day or date.min) <= day
        ]
        return in_force[-1] if in_force else setting_named(name).default

    return on


def province(connection: Connection) -> str:
    """The home's province code."""
    code = value(connection, "province", None)
    if code is None:
        raise BookError("本目录没有设置省份；请先运行 yibao init")
    return code


def is_set(connection: Connection, name: str) -> bool:
    """Whether a setting was ever made, for any region or day."""
    query = select(Setting.id).where(Setting.name == name).limit(1)
    return connection.execute(query).first() is not None


def rows(connection: Connection) -> list[SettingRow]:
    """Every setting that was ever made, in the order of making."""
    columns = [getattr(Setting, field) for field in SettingRow._fields]
    return [
        SettingRow(*row)
        for row in connection.execute(select(*columns).order_by(Setting.id))
    ]
