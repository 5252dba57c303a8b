"""The sample's province-year, month by month: what the provinces owe one another.

A month's list comes with its two notices before the month is over; in the next month
they are submitted, approved and paid, and what other provinces owe comes in.
"""

from __future__ import annotations

from datetime import date
from random import Random

from desk.sample import year_forms as layouts
from desk.sample.figures import ABROAD
from desk.sample.year_days import month_end, receipt_day, workdays
from desk.sample.year_diary import CHECK, COMES, LOOKS
from desk.sample.year_lists import (
    hosted,
    monthly_list,
    owed,
    payment_notice,
    receipt_notice,
)
from desk.sample.year_office import Office
from desk.sample.year_world import month_before
from ledger.documents import Transfer
from ledger.money import NOTHING
from ledger.periods import Month
from posting_rules.workdays import nth_workday, workdays_after

FIRST_HOSTED = Month(2017, 12)  # what came before is in the openings
LATE_MONTH = Month(2018, 6)  # paid to the other provinces after its day
LATE_BY = 2  # working days
BOUNCED = (Month(2018, 7), "330000")  # its bank sends the money back
SLOW_PARTNERS = ("410000", "340000")  # pay us a month later than the others


class MonthBusiness:
    """A month's work with the other provinces."""

    def __init__(self, office: Office, month: Month):
        self.office = office
        self.diary = office.diary
        self.month = month
        self.before = month_before(month)
        self.rng = Random(f"{office.world.seed}/{month}/business")

    def write(self) -> None:
        self.pay()
        self.receive()
        self.listed(self.month, self._late_in_month())

    def listed(self, month: Month, on: date) -> None:
        """The month's list and notices come in, and are confirmed."""
        office, world = self.office, self.office.world
        lines = [line for line in office.lines if line.period == month]
        lines = [line for line in lines if line.scope == ABROAD]
        if not lines:
            lines = office.keep(monthly_list(world, month))
            title = f"{month}全国异地就医费用清算明细"
            self.diary.file(on, "清算明细_跨省", title, layouts.CLEARINGS, lines)
        due_day = self._due(month)
        notices = {
            "付款通知书": payment_notice(
                pay_number(month), month, owed(world, lines), due_day
            ),
            "收款通知书": receipt_notice(
                receipt_number(month), month, hosted(world, month), due_day
            ),
        }
        for name, lines in notices.items():
            title = f"贵州省跨省异地就医费用{name}"
            self.diary.file(on, name, title, layouts.NOTICES, lines)
        for kind in ("payment-notice", "receipt-notice"):
            self.diary.act(on, f"notice confirm --kind {kind} --period {month}")

    def pay(self) -> None:
        """What the month before made us owe; one payment may come back."""
        office, before = self.office, self.before
        submitted = nth_workday(self.rng.choice((4, 5)), self.month.first_day)
        approved = workdays_after(submitted, 4)
        paid = self._due(before)
        if before != LATE_MONTH:
            paid = workdays_after(approved, self.rng.choice((2, 3)))
        else:
            paid = workdays_after(paid, LATE_BY)
        for kind in ("payment-notice", "receipt-notice"):
            step = f"--kind {kind} --period {before}"
            self.diary.act(submitted, f"notice submit {step}", COMES)
        step = f"--kind payment-notice --period {before}"
        self.diary.act(approved, f"notice approve {step}")
        lines, again = [], []
        for partner in office.world.land.partners:
            rows = self._owed(partner)
            if (before, partner) == BOUNCED:
                sent = self._pay(partner, paid, rows, bounces=True)
                back = workdays_after(paid, 2)
                office.slips.bounce(sent, back)
                lines += sent
                again = self._pay(partner, workdays_after(back, 1), rows)
            else:
                lines += self._pay(partner, paid, rows)
        office.transfers(paid, "省际划拨单", lines)
        if again:
            office.transfers(again[0].paid_on, "省际划拨单", again)
        self.diary.act(
            receipt_day(self.month), f"notice receive {step} --evidence 到账回单"
        )

    def _owed(self, partner: str) -> dict:
        lines = [
            line
            for line in self.office.lines
            if line.period == self.before and line.scope == ABROAD
        ]
        dues = owed(self.office.world, lines)
        return {
            (ABROAD, due.fund): (due.own, due.lower)
            for due in dues
            if due.province == partner
        }

    def _pay(self, partner: str, on: date, rows, **how) -> list[Transfer]:
        return self.office.slips.pay(
            self.office.province,
            partner,
            on,
            rows,
            "清算资金",
            self.before.quarter,
            notice=pay_number(self.before),
            note=f"{self.before}跨省清算资金",
            **how,
        )

    def receive(self) -> None:
        """What other provinces owe for the month before; two are slow."""
        office = self.office
        lines = []
        for partner in office.world.land.partners:
            month = self.before
            if partner in SLOW_PARTNERS:
                month = month_before(month)
            if month < FIRST_HOSTED:
                continue
            rows = {
                (ABROAD, fund): (amount, NOTHING)
                for (province, fund), amount in hosted(office.world, month).items()
                if province == partner
            }
            days = workdays(nth_workday(8, self.month.first_day), month_end(self.month))
            lines += office.slips.pay(
                partner,
                office.province,
                self.rng.choice(days[: max(1, len(days) - 2)]),
                rows,
                "清算资金",
                month.quarter,
                notice=receipt_number(month),
                note=f"{month}跨省清算资金",
            )
        last = month_end(self.month)
        office.transfers(last, "外省划入划拨单", lines)

    def look_back(self) -> None:
        """Looking back: checks, the calendar, the rates."""
        last = self.month.last_day
        self.diary.act(last, f"usage --quarter {self.month.quarter} --warned", LOOKS)
        self.diary.act(last, f"due --quarter {self.month.quarter}", LOOKS)
        self.diary.act(last, "warning list", LOOKS)
        done = "due --done receipt-confirm-city --region 520100 --period"
        self.diary.act(receipt_day(self.month), f"{done} {self.month}")
        if self.month.number % 3 == 1:
            about = self.month.quarter
            self.diary.note(last, f"offset {about} --post-on {last}", LOOKS)
            self.diary.act(last, "notice list --late", LOOKS)
            number = self.office.slips.main.number
            self.diary.act(last, f"bank reconcile {number}", LOOKS)
        self.diary.act(last, "check", CHECK)

    def _late_in_month(self) -> date:
        days = workdays(self.month.last_day.replace(day=22), month_end(self.month))
        return self.rng.choice(days[:-1] or days)

    def _due(self, month: Month) -> date:
        """By when a month's notice has to be paid: 5 and 10 working days."""
        return workdays_after(nth_workday(5, month.next.first_day), 10)


def pay_number(month: Month) -> str:
    return f"国异付〔{month.year}〕{month.number}号"


def receipt_number(month: Month) -> str:
    return f"国异收〔{month.year}〕{month.number}号"
