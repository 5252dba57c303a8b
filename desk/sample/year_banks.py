"""Bank statements of the sample's province-year (F6), and what banks add of their own.

Three accounts: the province's, the centre's paying account, and 贵阳市's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from desk.sample import year_forms as layouts
from desk.sample.figures import FUNDS
from desk.sample.transfers import account, bank_of
from desk.sample.year_days import month_end
from desk.sample.year_diary import COMES, SET
from desk.sample.year_office import Office
from desk.sample.year_slips import Account, Movement
from ledger import regions
from ledger.documents import BankLine
from ledger.money import NOTHING, to_fen
from ledger.periods import Month
from posting_rules.workdays import workdays_after

CITY = "520100"
RATE = Decimal("0.0035")  # a year's interest
INTEREST_DAY = 21  # of a quarter's last month
FEE = Decimal("15.00")  # a month, on the province's account


class Statements:
    """The accounts, and the balances up to which their statements are written.

    They are written last, when everything that moved is known.
    """

    def __init__(self, office: Office):
        self.office = office
        slips = office.slips
        held = office.openings.bank
        city = Account(account(CITY), f"{regions.name(CITY)}财政局", bank_of(CITY))
        own = regions.own_people(CITY)
        self.city = city
        self.opened = {
            slips.main: sum(office.openings.centre.values(), NOTHING),
            slips.paying: NOTHING,
            city: sum((held[own, fund] for fund in FUNDS), NOTHING),
        }
        self.balances = dict(self.opened)

    def register(self, first: date) -> None:
        """The accounts that the policy does not name."""
        add, office = self.office.diary.note, self.office
        paying, cite = office.slips.paying, "--cite 样例"
        add(
            first,
            f"bank add {paying.number} --name {paying.holder} --bank {paying.bank} "
            f"--region {office.province} --book {office.province}-centre "
            f"--subject 支出户存款——异地就医 --from {first} {cite}",
            SET,
        )
        city = self.city
        add(
            first,
            f"bank add {city.number} --name {city.holder} --bank {city.bank} "
            f"--region {CITY} --book {CITY}-city-agency "
            f"--finance-book {CITY}-city-finance --from {first} {cite}",
            SET,
        )

    def of_month(self, month: Month) -> None:
        """A month's statements, as they come on its last day."""
        self._own(month)
        for of, opened in list(self.balances.items()):
            args = (opened, month.first_day, month.last_day)
            lines = self.office.slips.statement(of, *args)
            if not lines:
                continue
            head = ("", 0, of.number, of.holder, month.first_day, "", NOTHING, NOTHING)
            first = BankLine(*head, opened, "", "", "期初余额", "")
            self.balances[of] = lines[-1].balance
            name = "银行对账单"
            on, layout = month.last_day, layouts.STATEMENT
            self.office.diary.file(
                on, name, name, layout, [first, *lines], rank=COMES + 1
            )

    def _own(self, month: Month) -> None:
        """Interest, fees, and fees given back."""
        slips = self.office.slips
        number = slips.main.number
        if month.number % 3 == 0:
            on = date(month.year, month.number, INTEREST_DAY)
            for of in (slips.main, self.city):
                balance = self._balance(of, on)
                amount = to_fen(balance * RATE / 4)
                serial = f"JX{on:%Y%m%d}{of.number[-4:]}"
                slips.add(of.number, Movement(on, serial, amount, of.bank, "", "结息"))
        on = workdays_after(month_end(month).replace(day=20), 1)
        serial = f"SXF{on:%Y%m%d}"
        slips.add(number, Movement(on, serial, -FEE, slips.main.bank, "", "网银手续费"))
        if month.number % 3 == 2:
            serial = f"SXFTH{on:%Y%m%d}"
            back = Movement(on, serial, FEE, slips.main.bank, "", "手续费退回")
            slips.add(number, back)

    def _balance(self, of: Account, on: date) -> Decimal:
        moved = self.office.slips.moved[of.number]
        since = [m.amount for m in moved if m.day < on]
        return self.opened[of] + sum(since, NOTHING)
