"""How the sample's lists of people look on paper: header, rows, 合计."""

from __future__ import annotations

import csv
import shlex
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from desk.sample.city import EMPLOYED, FLEXIBLE, RETIRED, Change, City, Contribution

INSURED_AS = ("单位职工", "灵活就业", "单建统筹", "")
ARRIVALS = (10, 15, 22)  # days of the month on which money arrives
SURNAMES = "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国文辉鹏志"
BANKS = ("中国工商银行", "中国农业银行", "中国建设银行", "邮政储蓄银行")


class Year(NamedTuple):
    """What was written: the forms in order of import, and the run that posts them."""

    forms: list[Path]
    run: Path


class Layout(NamedTuple):
    """A list on paper; `sums` are the columns with a figure in 合计."""

    title: str
    columns: tuple[str, ...]
    sums: tuple[str, ...] = ()


OPENINGS = Layout(
    "个人账户期初余额表",
    tuple("统筹区代码 个人编号 姓名 人员类别 期初余额 截止日期".split()),
    ("期初余额",),
)
CONTRIBUTIONS = Layout(
    "个人账户计入清单",
    tuple(
        "所属期 统筹区代码 个人编号 姓名 人员类别 参保身份 缴费类型 出生年月 缴费基数 "
        "单位缴费 个人缴费 其中计入个人账户 到账日期 退休待遇起始月 公务员补助计入".split()
    ),
    ("单位缴费", "个人缴费", "公务员补助计入"),
)
CHANGES = Layout(
    "个人账户变动清单",
    tuple(
        "流水号 日期 个人编号 变动类型 死亡日期 金额 对方 收款户名 收款账号 开户行 "
        "依据 备注".split()
    ),
    ("金额",),
)


def invented_name(person: int) -> str:
    """A name for a person's number."""
    surname = SURNAMES[person % len(SURNAMES)]
    return surname + GIVEN[person % len(GIVEN)] + GIVEN[person // 7 % len(GIVEN)]


def contribution(city: City, row: Contribution) -> tuple:
    """A row of G1 as it is printed."""
    person, standing = row.person, row.standing
    base = employer = personal = declared = arrived = ""
    if standing != RETIRED:
        wage, own = city.base(person, row.month), city.own(person, row.month)
        base, employer = yuan(wage), yuan(wage * 7 // 100)
        if standing == EMPLOYED:
            personal = yuan(own)
        elif standing == FLEXIBLE:  # who pays everything
            employer, personal = "", yuan(wage * 9 // 100)
        if standing in (EMPLOYED, FLEXIBLE) and person % 2:
            declared = yuan(own)
        if row.arrived is not None:
            arrived = f"{city.months[row.arrived]}-{ARRIVALS[person % 3]}"
    civil = city.civil(person)
    return (
        *(
            str(city.months[row.month]),
            city.code,
            city.id(person),
            invented_name(person),
        ),
        "退休" if standing == RETIRED else "在职",
        INSURED_AS[standing],
        "补缴" if row.arrears else "正常",
        _born(city, person),
        *(base, employer, personal, declared, arrived),
        "" if row.since is None else str(city.months[row.since]),
        yuan(civil) if civil else "",
    )


def _born(city: City, person: int) -> str:
    year = 1942 if city.standings[person] == RETIRED else 1972
    return f"{year + person % 30}-{1 + person % 12:02d}"


def change(city: City, row: Change, at: int, serial: str) -> tuple:
    """A row of G6 as it is printed."""
    name, account = invented_name(row.person), f"622848{row.person:013d}"
    bank, payee = BANKS[row.person % len(BANKS)], (name, account)
    died = "" if row.died is None else str(city.months[row.died].last_day)
    other, basis = {
        "转入": ("外地经办机构", "转移接续联系函"),
        "转出": ("外地经办机构", "转移接续联系函"),
        "继承": ("法定继承人", "继承公证书"),
        "死亡": ("", "死亡证明"),
    }[row.kind]
    if row.kind == "继承":
        payee = (f"{name[0]}某", account)
    if row.kind in ("转入", "死亡"):
        payee, bank = ("", ""), ""
    head = (serial, str(city.months[at].last_day), city.id(row.person), row.kind)
    return (*head, died, yuan(row.amount), other, *payee, bank, basis, "")


def write_list(
    path: Path, layout: Layout, rows: Iterable[tuple], more: Iterable[tuple] = ()
) -> int:
    """Write a list with its 合计; 0 rows write no file. `more` stands at its end."""
    at = [layout.columns.index(name) for name in layout.sums]
    sums = [0] * len(at)
    blanks = [""] * len(layout.columns)
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        written = csv.writer(file)
        written.writerow([layout.title, *blanks[1:]])
        written.writerow(["单位：元", *blanks[1:]])
        written.writerow(layout.columns)
        for part in (rows, more):
            for cells in part:
                for place, column in enumerate(at):
                    if cells[column]:
                        sums[place] += int(cells[column].replace(".", ""))
                written.writerow(cells)
                count += 1
        if at:
            total = ["合计", *blanks[1:]]
            for column, fen in zip(at, sums):
                total[column] = yuan(fen)
            written.writerow(total)
    if not count:
        path.unlink()
    return count


def yuan(fen: int) -> str:
    """Whole fen as a form prints them.

    >>> yuan(123405), yuan(-5)
    ('1234.05', '-0.05')
    """
    if fen < 0:
        return "-" + yuan(-fen)
    return f"{fen // 100}.{fen % 100:02d}"


def quoted(path: Path) -> str:
    """A path as a word of a line for `yibao run`."""
    return shlex.quote(str(path))
