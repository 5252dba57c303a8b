"""X2: what of a transfer by 用款计划 is for other provinces' people, and whose.

The quarter's plan (F5) says it; paid in parts, each part takes of every need what is
left of it in proportion. What comes back (退回) takes of what was paid likewise.
依据：黔人社厅通〔2017〕204号 三（三）、附件一 二（二）
"""

from __future__ import annotations

from decimal import Decimal
from typing import Iterable

from sqlalchemy import Connection

from desk.advances.province_sharing import Provinces
from desk.taking import Desk
from importers.faults import Faults, Wrong
from ledger.advances import funding, province_shares
from ledger.advances.province_shares import FORM, Shared
from ledger.documents import SourceDocument, Transfer
from ledger.money import NOTHING, grouped
from posting_rules.entries import Share
from posting_rules.funding import NO_NEED, UNSAID, Need, part_of
from posting_rules.transfers import RETURN, is_funding

PLAN = "省内异地就医预付金用款计划（F5）"


def shares_of(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    lines: Iterable[Transfer],
) -> dict[Transfer, list[Shared]]:
    """The other provinces' parts of new lines that are X2; faults refuse the file."""
    wanted = [line for line in lines if is_funding(desk.policy, line)]
    if not wanted:
        return {}
    sharing = _Sharing(connection, desk, Faults(document.name))
    found = {line: sharing.parts(line) for line in wanted}
    sharing.faults.check()
    return found


def as_shares(line: Transfer, parts: Iterable[Shared]) -> tuple[Share, ...]:
    """The parts as a voucher's amounts, one a province."""
    sums: dict[str, Share] = {}
    for part in parts:
        before = sums.get(part.province, Share(line.fund, part.province, NOTHING))
        sums[part.province] = before._replace(amount=before.amount + part.amount)
    return tuple(share for _, share in sorted(sums.items()))


class _Sharing:
    """What is left of each quarter's plan, less what the file's lines take."""

    def __init__(self, connection: Connection, desk: Desk, faults: Faults):
        self.connection, self.faults = connection, faults
        self.province = desk.policy.province
        self.provinces = Provinces(connection, f"{self.province}-province-finance")
        self.planned: dict[str, dict[str, Need]] = {}
        self.paid: dict[tuple[str, str], Need] = {}

    def parts(self, line: Transfer) -> list[Shared]:
        try:
            return self._parts(line)
        except _At as at:
            self.faults.add(line.sheet, line.row, at.column, at.found, at.wrong)
            return []

    def _parts(self, line: Transfer) -> list[Shared]:
        plan, key = self._plan(line), (str(line.quarter), line.fund)
        paid = self.paid[key]
        if line.nature == RETURN:
            part = self._part(line, paid, paid.total, "已按用款计划划转的")
            shares = [Shared(*at, amount) for at, amount in part.others.items()]
            self.paid[key] = paid.less(part)
            return shares
        left = plan.less(_as_planned(paid))
        part = self._part(line, left, plan.total - paid.total, "用款计划未划的")
        shares = self._by_province(line, part)
        taken = Need(part.home, {share[:2]: share.amount for share in shares})
        self.paid[key] = paid.plus(taken)
        return shares

    def _part(self, line: Transfer, need: Need, most: Decimal, what: str) -> Need:
        """What a line takes of each need, of these not more than there is."""
        if line.total > most:
            raise _At("合计", *_too_much(line.total, max(NOTHING, most), what))
        part = part_of(need, line.total)
        if line.own > part.home:
            raise _At("本级金额", *_too_much(line.own, part.home, "其中省内参保的"))
        return part

    def _plan(self, line: Transfer) -> Need:
        quarter = str(line.quarter or "")
        if not quarter:
            wrong = Wrong("没有填，看不出按哪一季度的用款计划", "季度，如2018Q2")
            raise _At("所属季度", "", wrong)
        if quarter not in self.planned:
            plans = funding.planned(self.connection, quarter)
            self.planned[quarter] = {f: Need(*need) for f, need in plans.items()}
            paid = province_shares.funded(self.connection, self.province, quarter)
            for fund in {*plans, *paid}:
                self.paid[quarter, fund] = _paid(*paid.get(fund, (NOTHING, {})))
        plan = self.planned[quarter].get(line.fund, NO_NEED)
        self.paid.setdefault((quarter, line.fund), NO_NEED)
        if not plan.total:
            why = f"没有险种{line.fund}的用款计划；请先导入{PLAN}"
            raise _At("所属季度", quarter, Wrong(why, "有用款计划的季度"))
        return plan

    def _by_province(self, line: Transfer, part: Need) -> list[Shared]:
        found = []
        for province, amount in part.others.items():
            if province != UNSAID:
                found.append(Shared(province, FORM, amount))
                continue
            try:
                found += self.provinces.shared(
                    amount, line.fund, line.quarter, line.paid_on
                )
            except Wrong as wrong:
                raise _At("合计", grouped(line.total), wrong) from None
        return found


class _At(Exception):
    """What is wrong with a line: in which column, what was found there, why."""

    def __init__(self, column: str, found: str, wrong: Wrong):
        super().__init__(column)
        self.column, self.found, self.wrong = column, found, wrong


def _too_much(amount: Decimal, most: Decimal, what: str) -> tuple[str, Wrong]:
    why = f"多于{what}{grouped(most)}"
    return grouped(amount), Wrong(why, f"不多于{grouped(most)}")


def _paid(total: Decimal, others: dict[tuple[str, str], Decimal]) -> Need:
    """What X2 paid: in all, and of that for others by province and basis."""
    return Need(total - sum(others.values(), NOTHING), others)


def _as_planned(paid: Need) -> Need:
    """What was paid, by the provinces that the plan names, the rest under UNSAID."""
    sums: dict[str, Decimal] = {}
    for (province, basis), amount in paid.others.items():
        at = province if basis == FORM else UNSAID
        sums[at] = sums.get(at, NOTHING) + amount
    return Need(paid.home, sums)
