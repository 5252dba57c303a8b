"""F7, line by line: is the institution on the roster, is so much due to it.

依据：劳社厅发〔2002〕6号 三；南府办发〔2022〕33号 第二十五条
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from desk.taking import Desk
from importers.faults import Faults, Wrong
from ledger import regions
from ledger.documents import InstitutionPayment
from ledger.money import NOTHING, grouped
from ledger.settlements.institution_dues import Due
from posting_rules.personal import clause
from posting_rules.policies import advance_policy

TITLES = {
    "paid_on": "付款日期",
    "institution": "机构代码",
    "period": "结算期",
    "amount": "金额",
    "deducted": "扣款",
    "payee_account": "收款账号",
}


class Placed(NamedTuple):
    """A new line with the city whose book it is in.

    `proof`: the clearing's own voucher paid it, the line only proves that.
    """

    line: InstitutionPayment
    place: str
    proof: bool


class Ground(NamedTuple):
    """What lines are checked against, of their institutions and periods.

    `pooled` is what the place's own pooled fund pays, by key of due; `booked` the day
    until which bills were booked, by place, institution, period.
    """

    roster: dict[str, list]
    dues: dict[tuple, Due]
    periods: set[str]
    pooled: dict[tuple, Decimal]
    booked: dict[tuple, date]


class Checking:
    """Lines against the roster and what is due; what earlier lines took is gone."""

    def __init__(self, desk: Desk, faults: Faults, ground: Ground):
        self.desk, self.faults, self.ground = desk, faults, ground
        self.roster, self.dues, self.periods = ground[:3]
        self.places: dict[tuple[str, str], str] = {}

    def placed(self, line: InstitutionPayment) -> Placed | None:
        """The line with its place; None where a fault was found."""
        on = self.desk.actor.on
        rows = self.roster.get(line.institution)
        if rows is None:
            basis = clause(self.desk.province, "designated")
            why = f"不在定点医药机构名册中，非定点机构不拨付（{basis}）；"
            why += "名册有变动请先导入定点医药机构名册"
            return self._fault(line, "institution", why, "名册中的机构")
        if line.paid_on > on:
            why = f"晚于今天（{on}），还没有付款"
            return self._fault(line, "paid_on", why, f"不晚于{on}")
        row = in_force(rows, line)
        known = row.payee_account
        if line.payee_account and known and line.payee_account != known:
            why = "与名册登记的收款账号不同；请核对，名册有变动请先导入名册"
            return self._fault(line, "payee_account", why, known)
        if str(line.period) not in self.periods:
            return self._fault(
                line, "period", self._not_cleared(line), "已出结算单的期间"
            )
        place = self._place(line, [row, *reversed(rows)])
        if self._too_early(line, place):
            return None
        return self._against_due(line, place)

    def _place(self, line: InstitutionPayment, rows: Sequence) -> str:
        """The city that owes the institution: where it is, or was; one a transfer."""
        transfer = (line.payer_account, line.serial)
        if transfer not in self.places:
            self.places[transfer] = self._owing(line, rows)
        return self.places[transfer]

    def _owing(self, line: InstitutionPayment, rows: Sequence) -> str:
        for row in rows:
            key = (row.region, line.institution, line.fund, str(line.period))
            if key in self.dues:
                return row.region
        return rows[0].region

    def _too_early(self, line: InstitutionPayment, place: str) -> bool:
        """Whether the payment would stand in the books before the bills it pays."""
        key = (place, line.institution, str(line.period))
        booked = self.ground.booked.get(key)
        if booked is None or (self.desk.post_on or line.paid_on) >= booked:
            return False
        why = f"早于所付结算的入账日期{booked}；请核对付款日期和结算期，"
        why += f"确已先付的，用 --post-on 给出{booked}或其后的凭证日期再导入"
        self._fault(line, "paid_on", why, f"不早于{booked}")
        return True

    def _not_cleared(self, line: InstitutionPayment) -> str:
        province = self.desk.province
        why = "还没有与机构的结算单；请先 "
        why += f"yibao clear {line.period} --kind institutions --province {province}"
        if advance_policy(province):
            why += "；异地就医结算中心的拨付要填省内参保或外省参保"
        return why

    def _against_due(self, line: InstitutionPayment, place: str) -> Placed | None:
        key = (place, line.institution, line.fund, str(line.period))
        due = self.dues.get(key, Due(*key))
        if _proves(line, due):
            if line.deducted:
                why = "不能再扣：这一期出结算单时已经全额入账（P7）；请先冲销那张凭证"
                why += "（yibao voucher reverse），再导入"
                return self._fault(line, "deducted", why, "没有扣款")
            self.dues[key] = due._replace(shown=due.shown + line.amount)
            return Placed(line, place, True)
        if line.settled > due.payable:
            why = (
                f"与扣款共{grouped(line.settled)}，多于{regions.name(place)}应付未付的"
            )
            why += f"{grouped(due.payable)}（应付{grouped(due.net)}，已付"
            why += f"{grouped(due.vouched + due.paid)}，已扣{grouped(due.deducted)}）"
            return self._fault(line, "amount", why, f"不多于{grouped(due.payable)}")
        if self._beyond_pooled(line, due):
            return None
        self.dues[key] = due._replace(
            paid=due.paid + line.amount, deducted=due.deducted + line.deducted
        )
        return Placed(line, place, False)

    def _beyond_pooled(self, line: InstitutionPayment, due: Due) -> bool:
        """Whether more is deducted than the place's own pooled fund paid: the rest is
        other people's money, and no deduction gives that back to them."""
        pooled = max(NOTHING, self.ground.pooled.get(due.key, NOTHING))
        most = max(NOTHING, pooled - due.deducted)
        if line.deducted <= most:
            return False
        why = f"多于可以扣的{grouped(most)}：这一期{regions.name(due.place)}参保人的"
        why += f"统筹基金支付{grouped(pooled)}，已扣{grouped(due.deducted)}"
        why += f"（{clause(self.desk.province, 'deduction')}）；"
        why += "个人账户、外地参保人的费用请用退费、冲正（G3）退回"
        self._fault(line, "deducted", why, f"不多于{grouped(most)}")
        return True

    def _fault(
        self, line: InstitutionPayment, name: str, why: str, expected: str
    ) -> None:
        found = getattr(line, name)
        found = grouped(found) if isinstance(found, Decimal) else str(found)
        wrong = Wrong(why, expected)
        self.faults.add(line.sheet, line.row, TITLES[name], found, wrong)


def in_force(rows: Sequence, line: InstitutionPayment):
    """The roster's row of the day of payment, or the one before or after it.

    Bills of the time before are still paid when a designation has ended.
    """
    begun = [row for row in rows if row.from_day <= line.paid_on]
    return begun[-1] if begun else rows[0]


def _proves(line: InstitutionPayment, due: Due) -> bool:
    """Whether a line is of what the clearing's own voucher paid.

    Where a period has parts of both kinds the one that the amount fits exactly.
    """
    if not due.unproven:
        return False
    if due.payable <= 0:
        return line.amount <= due.unproven
    if line.deducted or line.settled == due.payable != due.unproven:
        return False
    return line.amount <= due.unproven
