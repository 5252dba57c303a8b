"""Rows of bills and families that cannot be taken, one of each kind a list.

They take nothing from the good rows: they stand at their end and are refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from desk.sample.people_rows import yuan
from desk.sample.sharing_bills import CHARGE, REFUND, REVERSAL, Bills
from desk.sample.sharing_people import CHILD, FATHER, MOTHER, SIZE, Province
from desk.sample.sharing_rows import BILLS, BINDINGS, PREMIUMS, bill_row, binding_row
from ledger.periods import Month

STRANGER = "X0000000001"
FUTURE = "2199-01-01 00:00:00"


def bad_bindings(province: Province, at: int) -> Iterator[tuple]:
    """Rows of G4, each wrong in one way."""
    good = binding_row(province, "绑定", _first_bond(province))
    day = province.months[at].last_day

    def row(number: int, **changed: str) -> tuple:
        time = f"{day} 23:00:{number:02d}"
        return _with(BINDINGS, good, **{"时间": time, **changed})

    yield row(1)  # stands already
    yield row(2, 被授权人编号=good[0])
    yield row(3, 授权人编号=STRANGER)
    yield row(4, 被授权人编号=STRANGER, 被授权人统筹区="", 被授权人险种="")
    yield row(5, 关系="兄弟姐妹", 被授权人编号=province.id(_alone(province)))
    yield row(6, 时间=FUTURE, 被授权人编号=province.id(_alone(province)))
    yield row(7, 操作="解绑", 被授权人编号=province.id(_alone(province)))
    yield row(8, 操作="解绑", 时间="2000-01-01 00:00:00")
    before = province.rule.from_day.replace(year=province.rule.from_day.year - 1)
    time = f"{before} 09:00:00"
    yield row(9, 时间=time, 被授权人编号=province.id(_alone(province)))


def bad_bills(bills: Bills, month: Month) -> Iterator[tuple]:
    """Rows of G3, each wrong in one way; written when the good ones are."""
    province = bills.province
    charged = [b for b in bills.recent if b.act == CHARGE and b.total > 100]
    networked = [b for b in charged if b.channel == "联网" and not b.refunds]
    last = bills.recent[-1]
    good = bill_row(province, networked[-1])
    given = {"业务类型": REFUND, "原结算流水号": networked[-1].serial, "统筹支付": ""}
    blank = {"其他基金": "", "个账支付": "", "共济支付": "", "现金支付": ""}
    numbers = iter(range(1, 100))

    def row(**changed: str) -> tuple:
        serial, time = f"{month}-X{next(numbers):03d}", f"{month.last_day} 23:59:59"
        told = {"结算流水号": serial, "结算时间": time, **blank, **changed}
        return _with(BILLS, good, **told)

    yield row(个人编号=STRANGER, 参保地代码="")
    yield row(机构代码="H99999999999")
    yield row(机构级别="二级及以下" if good[10] == "三级" else "三级")
    yield row(就医地代码=_another(province, good[11]))
    yield row(结算时间=FUTURE)
    yield row(结算时间="2019-12-31 10:00:00")
    yield row(政策范围内费用=yuan(networked[-1].total + 1))
    yield row(统筹支付="")
    yield row(统筹支付=yuan(networked[-1].total + 1))
    whole = {"个账支付": "0.00", "共济支付": "0.00", "现金支付": "0.01"}
    yield row(**whole)
    yield row(参保地代码=_another(province, province.city(networked[-1].person)))
    yield row(**{**given, "原结算流水号": "NONE"})
    yield row(**{**given, "原结算流水号": ""})
    yield row(**{**given, "医疗总费用": yuan(networked[-1].total + 1)})
    yield row(**{**given, "个人编号": province.id(_other_person(bills))})
    yield row(**{**given, "业务类型": REVERSAL, "医疗总费用": "0.01"})
    yield _with(BILLS, good, 医疗总费用=yuan(networked[-1].total + 1))
    hand = {"结算方式": "手工", "结算时间": networked[-1].time[:10] + " 23:59:59"}
    if networked[-1].time[:10] == last.time[:10]:
        yield row(**hand)
    first = province.months[0]
    if month != first:  # somebody settled since, in an earlier list
        before = first.first_day - timedelta(days=1)
        who, city = province.id(bills.first), province.city(bills.first)
        older = {"结算时间": f"{before} 10:00:00", "个人编号": who, "参保地代码": city}
        yield row(**older)


def bad_premiums(province: Province) -> Iterator[tuple]:
    """Rows of G5, each wrong in one way."""
    last = province.months[-1]
    child = province.id(CHILD)
    good = ("", f"{last.last_day} 23:30:00", child, "城乡居民医保", str(last.year + 1))
    good += ("400.00", province.city(CHILD))
    numbers = iter(range(1, 100))

    def row(**changed: str) -> tuple:
        told = {"缴费流水号": f"JX{next(numbers):03d}", **changed}
        return _with(PREMIUMS, good, **told)

    yield row(参保人编号=STRANGER)
    yield row(金额="99999999.00")
    yield row(缴费时间=FUTURE)
    yield row(险种="商业养老保险")
    mother = 3 * SIZE + MOTHER  # for whom nobody pays
    yield row(参保人编号=province.id(mother), 参保地代码=province.city(mother))
    yield row(年度=str(last.year - 3))
    yield row(参保地代码=_another(province, province.city(FATHER)))


def _first_bond(province: Province):
    return next(b for b in province.bonds(0) if province.has_account(b.grantee))


def _alone(province: Province) -> int:
    """Somebody in the first family's city whom nobody has bound."""
    return SIZE - 1


def _other_person(bills: Bills) -> int:
    return (bills.recent[-1].person + 5) // SIZE * SIZE


def _another(province: Province, city: str) -> str:
    return next(other for other in province.cities if other != city)


def _with(layout, row: tuple, **changed: str) -> tuple:
    cells = dict(zip(layout.columns, row)) | changed
    return tuple(cells.values())
