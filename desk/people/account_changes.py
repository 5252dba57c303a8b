"""What a row of G6 does to a person's accounts, or why it cannot be taken.

Rows act one after the other, in the order of day and 流水号, on what stands of their
people; a row that would pay out more than is there is set aside.
依据：劳社厅发〔2002〕6号 二、三；南府办发〔2022〕33号 第十六条
"""

from __future__ import annotations

from decimal import Decimal

from desk.set_aside import CannotTake
from ledger import regions
from ledger.money import from_fen, grouped
from ledger.people.changes import (
    CONTENT,
    DEATH,
    IN,
    INHERITANCE,
    OUT,
    Change,
    Held,
    Insured,
    content,
)
from ledger.people.masks import masked_id

LONGEST_SERIAL = 40
TITLES = {
    "dated": "日期",
    "kind": "变动类型",
    "died_on": "死亡日期",
    "amount": "金额",
    "other": "对方",
    "payee_name": "收款户名",
    "payee_account": "收款账号",
    "payee_bank": "开户行",
    "basis": "依据",
    "note": "备注",
}
REGISTER_FIRST = "先由个人账户计入清单或期初余额表登记的人"
NAME_REGION = "在“统筹区代码”列写明是哪一个统筹区的账户"


def is_known(row: Change, known: dict[str, tuple[str, tuple]]) -> bool:
    """Whether the row is there already; CannotTake where its 流水号 names another."""
    there = known.get(row.serial)
    if there is None:
        return False
    person_id, said = there
    if person_id != row.person_id:
        raise CannotTake("流水号", row.serial, "不重复的流水号", "已用于另一人的变动")
    if said == content(row):
        return True
    field = next(f for f, a, b in zip(CONTENT, content(row), said) if a != b)
    raise CannotTake(
        TITLES[field],
        "",
        "与原来的一行相同；要更正请先冲销原业务（yibao voucher reverse）",
        f"与流水号{row.serial}原来的一行不同",
    )


def apply(row: Change, people: dict[str, Insured], province: str) -> str:
    """Let a row act on its person's accounts; the region of the account.

    Raises CannotTake, and then nothing has changed.
    """
    if len(row.serial) > LONGEST_SERIAL:
        expected = f"不超过{LONGEST_SERIAL}个字的流水号"
        raise CannotTake("流水号", row.serial, expected, "太长")
    person = people.get(row.person_id)
    if person is None:
        found = masked_id(row.person_id)
        raise CannotTake("个人编号", found, REGISTER_FIRST, "没有登记")
    _check_region(row, province)
    return ACTS[row.kind](row, person)


def _move_in(row: Change, person: Insured) -> str:
    """转入 goes to the account of the region where the person is insured now.

    So does what is paid back of a claim (P22), whatever became of the person.
    """
    region = row.region or person.region
    _check_amount(row)
    held = person.accounts.setdefault(region, Held())
    recovered = min(held.claim, row.amount)
    held.claim -= recovered
    held.balance += row.amount - recovered
    return region


def _move_out(row: Change, person: Insured) -> str:
    if person.died_on:
        raise CannotTake(
            "变动类型", OUT, INHERITANCE, f"不能办：已于{person.died_on}死亡"
        )
    elsewhere = [
        region
        for region, held in person.accounts.items()
        if region != person.region and held.free > 0
    ]
    region = _account(row, person, elsewhere)
    held = person.accounts[region]
    _check_claim(held, region)
    if row.amount != held.free:
        why = "不是账户的全部余额"
        if held.out:
            why += f"（另有{_yuan(held.out)}元的支出待审核）"
        raise CannotTake("金额", _yuan(row.amount), f"{_yuan(held.free)}元", why)
    if not (row.other or row.payee_account):
        raise CannotTake("对方", "", "转入地经办机构，或收款账号", "没有填")
    held.balance -= row.amount
    return region


def _inherit(row: Change, person: Insured) -> str:
    """Heirs are paid to a bank account, up to what is the dead person's own."""
    died_on = _day_of_death(row, person)
    if died_on is None:
        expected = "死亡日期，或先有一行“死亡”"
        raise CannotTake("死亡日期", "", expected, "没有填，也没有登记死亡")
    if row.dated < died_on:
        raise CannotTake("日期", row.dated, f"不早于{died_on}", "早于死亡日期")
    if not (row.payee_name and row.payee_account):
        column = "收款账号" if row.payee_name else "收款户名"
        expected = "收款户名和收款账号；不得付现金（劳社厅发〔2002〕6号 三）"
        raise CannotTake(column, "", expected, "没有填")
    _check_amount(row)
    with_money = [r for r, held in person.accounts.items() if held.free > 0]
    region = _account(row, person, with_money)
    held = person.accounts[region]
    undue = person.undue(region, died_on)
    most = max(0, held.free - held.claim - undue)
    if row.amount > most:
        why = "超过可以继承的余额"
        if undue:
            why += f"（死亡之后计入的{_yuan(undue)}元要先由 yibao credit 更正）"
        if held.claim:
            why += f"（追回挂账{_yuan(held.claim)}元；{_repayment(held, region)}）"
        raise CannotTake("金额", _yuan(row.amount), f"不超过{_yuan(most)}元", why)
    person.died_on = died_on
    held.balance -= row.amount
    return region


def _die(row: Change, person: Insured) -> str:
    if row.amount:
        raise CannotTake("金额", _yuan(row.amount), "0.00", "应为零：死亡不动账户")
    person.died_on = _day_of_death(row, person)
    return row.region or person.region


def _day_of_death(row: Change, person: Insured) -> str | None:
    """The day of death by the row and by what is known; they must agree."""
    known, told = person.died_on, row.died_on
    if told is None or told == known:
        return known
    if known:
        raise CannotTake("死亡日期", told, known, "与登记的死亡日期不同")
    if told > row.dated:
        raise CannotTake("死亡日期", told, f"不晚于{row.dated}", "晚于日期")
    if person.retired_from > told[:7]:
        why = f"早于退休待遇起始月{person.retired_from}"
        raise CannotTake("死亡日期", told, "核对两个日期后改正其一", why)
    return told


def _account(row: Change, person: Insured, fitting: list[str]) -> str:
    """The account that a row means: as it says, the only one, or the one that fits."""
    if row.region:
        if row.region not in person.accounts:
            expected = "、".join(sorted(person.accounts)) or "有账户的统筹区"
            raise CannotTake("统筹区代码", row.region, expected, "没有这人的账户")
        return row.region
    found = list(person.accounts) if len(person.accounts) == 1 else fitting
    if len(found) == 1:
        return found[0]
    held = "、".join(sorted(person.accounts))
    why = f"没有填，这人在{held}都有账户" if held else "没有填，这人没有账户"
    raise CannotTake("统筹区代码", "", NAME_REGION, why)


def _check_region(row: Change, province: str) -> None:
    code = row.region
    if not code:
        return
    if regions.level(code) != "city" or regions.province_of(code) != province:
        expected = f"{regions.name(province)}的市（州）代码"
        raise CannotTake("统筹区代码", code, expected, "不是本省的统筹区")


def _check_amount(row: Change) -> None:
    if row.amount <= 0:
        raise CannotTake("金额", _yuan(row.amount), "大于零的金额", "不是大于零的金额")


def _check_claim(held: Held, region: str) -> None:
    if held.claim:
        raise CannotTake(
            "金额",
            "",
            f"先收回挂账，再转出：{_repayment(held, region)}",
            f"不能转出：账户有追回挂账{_yuan(held.claim)}元未清",
        )


def _repayment(held: Held, region: str) -> str:
    """How a claim is paid back in money."""
    return f"本人还款{_yuan(held.claim)}元录一行“转入”，统筹区代码填{region}"


def _yuan(fen: int) -> str:
    amount: Decimal = from_fen(fen)
    return grouped(amount)


ACTS = {IN: _move_in, OUT: _move_out, INHERITANCE: _inherit, DEATH: _die}
