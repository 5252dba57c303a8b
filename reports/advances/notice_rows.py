"""A notice's table: the columns of the form that reads it back, and a row a line.

Titles are those of FORMS.md, so that what is issued here can be imported again.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Callable, NamedTuple, Sequence

from ledger import regions
from ledger.documents import Clearing, Funding, NoticeLine, ProvinceQuota, Quota
from ledger.funds import fund_names
from ledger.money import NOTHING
from posting_rules.policies import advance_policy
from reports.advances.notice_paper import Sum
from reports.words import amount_in_words
from reports.xlsx import Column


class Table(NamedTuple):
    """Columns, and what of a line stands in each."""

    columns: tuple[Column, ...]
    cells: Callable[[NamedTuple], tuple]

    def rows(self, lines: Sequence) -> list[tuple]:
        return [self.cells(line) for line in lines]

    def total(self, rows: Sequence[Sequence]) -> tuple:
        """The row 合计: sums of the figures, texts empty."""
        return tuple(
            "合计" if at == 0 else self._sum(column, [row[at] for row in rows])
            for at, column in enumerate(self.columns)
        )

    def _sum(self, column: Column, values: list):
        given = [value for value in values if value is not None]
        if column.kind == "money":
            return sum(given, NOTHING) if given else None
        if column.title == "人次":
            return sum(given) if given else None
        return ""


def directed(lines: Sequence[ProvinceQuota]) -> list[ProvinceQuota]:
    """F4 as it is printed: what is paid, then what comes in; increases first."""
    return sorted(lines, key=_direction)


def _direction(line: ProvinceQuota) -> tuple[bool, bool]:
    return line.direction != "付款", line.change < 0


def direction_sums(lines: Sequence[ProvinceQuota]) -> list[Sum]:
    """小计 of each direction of F4, of what goes up and down in it apart.

    What is paid and what comes in are never added. None where all of it is paid and
    goes up: 合计 says it. `lines` as `directed` has them.
    """
    if not any(map(any, map(_direction, lines))):
        return []
    found, first = [], 0
    for away, group in groupby(lines, key=lambda line: _direction(line)[0]):
        group = list(group)
        word, last = "收款" if away else "付款", first + len(group)
        parts = [
            (f"{word}{name}小计", [line for line in group if (line.change < 0) == down])
            for name, down in (("调增", False), ("调减", True))
        ]
        if all(part for _, part in parts):
            found.append(_sum(first + len(parts[0][1]), *parts[0]))
            found.append(_sum(last, *parts[1]))
        found.append(_sum(last, f"{word}小计", group, told=True))
        first = last
    return found


def _sum(
    after: int, label: str, lines: Sequence[ProvinceQuota], told: bool = False
) -> Sum:
    before, later, change = (
        sum((getattr(line, name) or NOTHING for line in lines), NOTHING)
        for name in ("before", "after", "change")
    )
    row: tuple[str | Decimal, ...] = (label, "", "", "", before, later, change, "")
    return Sum(after, row, change, amount_in_words(change) if told else "")


def _text(*titles: str, width: int = 12) -> tuple[Column, ...]:
    return tuple(Column(title, "text", width) for title in titles)


def _money(*titles: str) -> tuple[Column, ...]:
    return tuple(Column(title, "money", 16) for title in titles)


def _quota(line: Quota) -> tuple:
    return (
        str(line.quarter),
        line.edition,
        line.kind,
        line.region,
        regions.name(line.region, line.quarter.first_day),
        fund_names()[line.fund],
        line.abroad,
        line.home,
        line.total,
        line.note,
    )


def _clearing(line: Clearing) -> tuple:
    on = line.period.first_day
    return (
        line.list_number,
        line.nature,
        str(line.period),
        line.scope,
        line.insured,
        _place(line.insured, line.place, on),
        line.place,
        _place(line.place, line.insured, on),
        fund_names()[line.fund],
        line.category,
        line.visits,
        line.total_cost,
        line.pooled,
        line.serious,
        line.civil,
        line.personal,
        line.other,
        line.amount,
        line.confirmed_on,
        line.note,
    )


def _place(region: str, other: str, on: date) -> str:
    """A region's name beside another: of another province that province's.

    The code stands beside it; 310100 is named 市辖区, which says nothing.
    """
    province = regions.province_of(region)
    away = province != regions.province_of(other)
    ours = advance_policy(province) is not None
    return regions.name(province if away and not ours else region, on)


def _province_quota(line: ProvinceQuota) -> tuple:
    return (
        str(line.year),
        line.province,
        regions.name(line.province),
        line.direction,
        line.before,
        line.after,
        line.change,
        line.term,
    )


def _funding(line: Funding) -> tuple:
    return (
        str(line.quarter),
        line.place,
        regions.name(line.place, line.quarter.first_day),
        line.institution,
        line.institution_name,
        fund_names()[line.fund],
        line.at_home,
        line.elsewhere,
        line.total,
        line.province,
    )


def _notice(line: NoticeLine) -> tuple:
    return (
        line.number,
        str(line.period),
        line.region,
        regions.name(line.region),
        line.scope,
        fund_names()[line.fund],
        line.amount,
        line.due_day,
        line.payee_name,
        line.payee_account,
        line.payee_bank,
        line.note,
    )


TABLES = {
    "F2": Table(
        (
            *_text("清算单号", "清算性质", "清算期", "范围", "参保地代码", "参保地"),
            *_text("就医地代码", "就医地", "险种", "医疗类别"),
            Column("人次", "number", 8),
            *_money("医疗总费用", "统筹支付", "大病支付", "公务员补助"),
            *_money("个人账户支付", "其他基金", "基金支付"),
            Column("确认日期", "day", 12),
            *_text("备注"),
        ),
        _clearing,
    ),
    "F3": Table(
        (
            *_text("季度"),
            Column("版次", "number", 8),
            *_text("类型", "统筹区代码", "统筹区", "险种"),
            *_money("跨省核定额", "省内核定额", "合计"),
            *_text("备注"),
        ),
        _quota,
    ),
    "F4": Table(
        (
            *_text("年度", "省份代码", "省份", "方向"),
            *_money("原额度", "调整后额度", "调整额"),
            *_text("期限"),
        ),
        _province_quota,
    ),
    "F5": Table(
        (
            *_text("季度", "就医地代码", "就医地", "机构代码"),
            *_text("机构名称", width=28),
            *_text("险种"),
            *_money("省内参保", "外省参保", "合计"),
            *_text("参保省份代码"),
        ),
        _funding,
    ),
    "F8": Table(
        (
            *_text("通知书编号", width=22),
            *_text("期间", "单位代码", "单位", "用途", "险种"),
            *_money("金额"),
            Column("期限", "day", 12),
            *_text("收款户名", "收款账号", "开户行", width=26),
            *_text("备注"),
        ),
        _notice,
    ),
}
