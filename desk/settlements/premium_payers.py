"""Whose accounts pay a premium, or why it cannot be taken: all or nothing.

Rows act one after the other, by 缴费时间 and 缴费流水号, on what stands of the accounts;
the whole family account must be enough, or none of it pays.
依据：皖医保中心〔2024〕39号 二（一）、二（三）2、二（五）；南府办发〔2022〕33号 第十八条（三）
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Callable

from desk.set_aside import CannotTake
from desk.settlements.standing import accounts_fund
from ledger import regions
from ledger.money import from_fen, grouped
from ledger.people.masks import masked_id
from ledger.settlements.bindings import FOREVER, Bound
from ledger.settlements.premiums import (
    CONTENT,
    OWN,
    Due,
    Insured,
    Paid,
    Share,
    content,
)
from posting_rules.families import FamilyRule, Member, drawn, family_rule, in_order
from posting_rules.personal import (
    documents_of,
    entries_for,
    uses_of,
)
from posting_rules.uses import premium_ruling

LONGEST_SERIAL = 40  # so that a reversal's key has room for it
TITLES = dict(
    zip(CONTENT, ("缴费时间", "险种", "年度", "金额", "参保地代码"), strict=True)
)
REGISTER_FIRST = "先由个人账户计入清单、期初余额表或家庭共济绑定表登记的人"
BIND_FIRST = "先由授权人绑定（家庭共济绑定表）"


@dataclass
class Families:
    """What stands of the people of a list, and of those who pay for them.

    `balances` (whole fen, by person and region) go down as rows are taken;
    `paid_out` says whether a region's accounts are paid out in money on a day.
    """

    people: dict[str, Insured]
    bonds: dict[str, list[Bound]]
    balances: dict[tuple[str, str], int]
    known: dict[str, tuple[str, tuple]]
    paid_out: Callable[[str, date], bool]
    province: str
    now: str  # the time of the command

    def is_known(self, due: Due) -> bool:
        """Whether the row is there already; CannotTake where its 流水号 names another."""
        there = self.known.get(due.serial)
        if there is None:
            return False
        person_id, said = there
        if person_id != due.person_id:
            expected, why = "不重复的缴费流水号", "已用于另一人的缴费"
            raise CannotTake("缴费流水号", due.serial, expected, why)
        if said == content(due):
            return True
        field = next(f for f, a, b in zip(CONTENT, content(due), said) if a != b)
        raise CannotTake(
            TITLES[field],
            "",
            "与原来的一行相同；要更正请先冲销原业务（yibao voucher reverse）",
            f"与缴费流水号{due.serial}原来的一行不同",
        )

    def pay(self, due: Due) -> Paid:
        """Let a row take its amount from the family's accounts, each drained in turn.

        Raises CannotTake, and then nothing has changed.
        """
        person = self._checked(due)
        payers = self._payers(due, person)
        held = [self.balances.get((m.person_id, m.region), 0) for m in payers]
        if sum(held) < due.amount:
            clause = clause_of_sum(due.region, due.day)
            raise CannotTake(
                "金额",
                _yuan(due.amount),
                f"不超过{_yuan(sum(held))}元，或先为账户计入",
                f"大于家庭账户可用余额合计{_yuan(sum(held))}元，一分也不扣（{clause}）",
            )
        shares = []
        for member, part in zip(payers, drawn(due.amount, held)):
            if part:
                self.balances[member.person_id, member.region] -= part
                shares.append(
                    Share(member.person_id, member.region, member.relation, part)
                )
        self.known[due.serial] = (due.person_id, content(due))
        return Paid(due, tuple(shares))

    def _checked(self, due: Due) -> Insured:
        """The insured person of a row that can be a premium at all."""
        if len(due.serial) > LONGEST_SERIAL:
            expected = f"不超过{LONGEST_SERIAL}个字的流水号"
            raise CannotTake("缴费流水号", due.serial, expected, "太长")
        if due.time > self.now:
            raise CannotTake("缴费时间", due.time, f"不晚于{self.now}", "还没有到")
        person = self.people.get(due.person_id)
        if person is None:
            found = masked_id(due.person_id)
            raise CannotTake("参保人编号", found, REGISTER_FIRST, "没有登记")
        self._check_region(due, person)
        if person.dead_on(str(due.day)):
            found, expected = masked_id(due.person_id), "缴费时在世的参保人"
            why = f"已于{person.died_on}死亡（{clause_of_uses(due.region, due.day)}）"
            raise CannotTake("参保人编号", found, expected, why)
        if due.amount <= 0:
            raise CannotTake(
                "金额", _yuan(due.amount), "大于零的金额", "不是大于零的金额"
            )
        years = (due.day.year, due.day.year + 1)
        if due.year not in years:
            expected = f"{years[0]}或{years[1]}"
            raise CannotTake("年度", str(due.year), expected, "不是缴费当年或次年")
        return person

    def _check_region(self, due: Due, person: Insured) -> None:
        """参保地 is a pooling region of the province, and the person's of that month."""
        if regions.province_of(due.region) != self.province:
            clause = clause_of_uses(regions.cities(self.province)[0], due.day)
            expected = f"{regions.name(self.province)}的市（州）代码"
            why = f"不在本省，个人账户只为参加本省保险的人缴费（{clause}）"
            raise CannotTake("参保地代码", due.region, expected, why)
        there = person.region_in(due.month)
        if due.region != there:
            why = f"不是这人{due.month}的参保地"
            raise CannotTake("参保地代码", due.region, there, why)
        if regions.level(due.region) != "city":
            raise CannotTake(
                "参保地代码",
                due.region,
                f"{regions.name(self.province)}的市（州）代码",
                f"不是统筹区，暂不参加家庭共济{_in_brackets(self._real(due.region))}",
            )

    def _payers(self, due: Due, person: Insured) -> list[Member]:
        """Whose accounts pay, in order; CannotTake where nobody's may.

        Accounts that are paid out in money neither pay for others nor have others
        pay for their owners.
        """
        if _is_employee(person, due.region) and self.paid_out(due.region, due.day):
            why = f"参保地的个人账户按月发放，暂不参加家庭共济（{self._real(due.region)}）"
            raise CannotTake("参保人编号", masked_id(due.person_id), "", why)
        bound = self._bound(due)
        own = Member(due.person_id, due.region, OWN, "", 0)
        owns = (own.person_id, own.region) in self.balances
        payers = [own] if owns and _may(own, due) else []
        usable = [m for m in bound if not self.paid_out(m.region, due.day)]
        ordered = in_order(due.region, usable, due.day)
        payers += [member for member in ordered if _may(member, due)]
        if not payers:
            raise self._nobody(due, bound, usable, own if owns else None)
        return payers

    def _bound(self, due: Due) -> list[Member]:
        """The living whose binding holds at 缴费时间, where they are insured then."""
        found = []
        for bond in self.bonds.get(due.person_id, ()):
            grantor = self.people.get(bond.grantor_id)
            if grantor is None or not _holds(bond, due.time):
                continue
            if not grantor.dead_on(str(due.day)):
                region = grantor.region_in(due.month)
                found.append(
                    Member(
                        bond.grantor_id,
                        region,
                        bond.relation,
                        bond.bound_at,
                        bond.serial,
                    )
                )
        return found

    def _nobody(
        self, due: Due, bound: list[Member], usable: list[Member], own: Member | None
    ) -> CannotTake:
        """Why no account may pay."""
        found, clause = masked_id(due.person_id), clause_of_uses(due.region, due.day)
        wheres = dict.fromkeys([due.region, *(member.region for member in bound)])
        if not any(_anybody_may(region, due) for region in wheres):
            expected = "准许个人账户支付的险种"
            why = f"不能由个人账户支付（{clause}）"
            return CannotTake("险种", due.kind, expected, why)
        if not bound:
            rule = family_rule(due.region, due.day)
            clause = rule.basis("relations") if rule else clause
            why = "缴费时没有生效的授权绑定"
            why += "，本人的账户也不能支付这个险种" if own else "，也没有本人的账户"
            return CannotTake("参保人编号", found, BIND_FIRST, f"{why}（{clause}）")
        if not usable:
            why = f"授权人的个人账户按月发放，不能支付（{self._real(bound[0].region)}）"
            return CannotTake("参保人编号", found, "账户留有余额的授权人", why)
        related = [member for member in usable if _may(member, due)]
        if related:
            rule = family_rule(related[0].region, due.day)
            clause = rule.basis("cross") if rule else clause
            why = f"授权人的账户在另一统筹区，不能支付（{clause}）"
            return CannotTake("参保人编号", found, "本统筹区的授权人", why)
        relations = "、".join(dict.fromkeys(member.relation for member in usable))
        why = f"是授权人的{relations}，不在准许代缴保费的关系之内（{clause}）"
        return CannotTake("参保人编号", found, BIND_FIRST, why)

    def _real(self, region: str) -> str:
        """The clause that keeps accounts out that are paid out in money; "" if none."""
        for document in documents_of(region):
            for rule in document.families:
                if rule.real:
                    return rule.basis("real")
        return ""


def clause_of_uses(region: str, on: date) -> str:
    """The clause that says which premiums an account of a region may pay."""
    for document, use in uses_of(region, on):
        if use.premiums:
            return f"{document.number} {use.cite}"
    raise AssertionError("the general document speaks of premiums")


def clause_of_sum(region: str, on: date) -> str:
    """The clause by which all is paid or nothing: the entry's of a region's own
    document, else the one that allows the premium."""
    document, entry = entries_for(region, "premium")[0]
    if document == documents_of(region)[-1]:
        return clause_of_uses(region, on)
    return document.basis(entry)


def _holds(bond: Bound, time: str) -> bool:
    return bond.bound_at <= time < (bond.unbound_at or FOREVER)


def _is_employee(person: Insured, region: str) -> bool:
    """Whether a person is in 职工医保, not of those whom a binding registered."""
    return person.fund in ("", accounts_fund(region))


def _may(member: Member, due: Due) -> bool:
    ruling = premium_ruling(member.region, member.relation, due.kind, True, due.day)
    return ruling.may


def _anybody_may(region: str, due: Due) -> bool:
    """Whether an account of the region may pay such a premium for anybody."""
    rule: FamilyRule | None = family_rule(region, due.day)
    for who in (OWN, *(rule.relations if rule else ())):
        if premium_ruling(region, who, due.kind, True, due.day).may:
            return True
    return False


def _in_brackets(clause: str) -> str:
    return f"（{clause}）" if clause else ""


def _yuan(fen: int) -> str:
    return grouped(from_fen(fen))
