"""Settings: what only a user knows, each with the day from which it counts."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Callable, NamedTuple

from sqlalchemy import Connection, insert, select

from ledger import regions
from ledger.database import next_id
from ledger.errors import BookError, UsageError
from ledger.schema import Setting


class Known(NamedTuple):
    """A setting that the program reads."""

    name: str
    choices: tuple[str, ...]
    default: str | None
    per_region: bool
    about: str


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
        )
        for row in tomllib.loads(text)["setting"]
    }


def put(connection: Connection, row: SettingRow) -> None:
    """Add a dated setting; UsageError when the name or the value is not one."""
    setting = known().get(row.name)
    if setting is None:
        raise UsageError(f"没有“{row.name}”这项设置；可设置：{'、'.join(known())}")
    if setting.choices and row.value not in setting.choices:
        choices = "、".join(setting.choices)
        raise UsageError(f"{row.name}不能设为“{row.value}”，应为{choices}之一")
    if row.region and (
        not setting.per_region or regions.today_code(row.region) != row.region
    ):
        raise UsageError(
            f"{row.name}不能按地区“{row.region}”设置；请去掉 --region 或改正代码"
        )
    table = Setting.__table__
    connection.execute(
        insert(table).values(id=next_id(connection, table), **row._asdict())
    )


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
        return in_force[-1] if in_force else known()[name].default

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
