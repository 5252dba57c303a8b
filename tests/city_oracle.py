"""The slow, obvious twin of crediting: a city's year, one person and row at a time.

Reads the lines of a run as `yibao run` does, knows nothing of the project's code, and
keeps what every account must hold, in yuan:

    oracle.run("import 2023-01_1_个人账户计入清单.csv")
    oracle.run("credit 2023-01 --region 511300")
    oracle.balances["51130000000001"], oracle.claims

A list that pays an account out must name what the account holds: asserted here.
依据：南府办发〔2022〕33号 第十三条、第十四条；RULES.md section 2, readings 6, 18, 19.
"""

import csv
import shlex
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal

NOTHING = Decimal("0.00")
ACTIVE, RETIRED, NOBODY = "在职", "退休", ""


class Line:
    """A row of G1; `credited` holds what was given for it: status, own, civil."""

    __slots__ = ("month", "own", "civil", "credit_as", "ready", "credited")

    def __init__(self, month, own, civil, credit_as, ready):
        self.month, self.own, self.civil = month, own, civil
        self.credit_as, self.ready, self.credited = credit_as, ready, None


class Oracle:
    """Balances and claims by person, as the lines of a run leave them."""

    def __init__(self):
        self.balances = {}  # of who has an account
        self.claims = {}
        self.figures = {}
        self.lines = defaultdict(dict)  # by person, then (month, 缴费类型)
        self.waiting = defaultdict(list)  # by month: (person, line) not yet credited
        self.retired_from = {}
        self.died = {}
        self.wrong = set()  # persons with months credited otherwise than now known

    def run(self, step: str) -> None:
        words = shlex.split(step, comments=True)
        if words[:1] == ["import"]:
            self.take(words[1])
        elif words[:1] == ["credit"]:
            self.credit(words[1])
        elif words[:1] == ["make-up"]:
            self.make_up()
        elif words[:2] == ["setting", "set"]:
            self.figures[words[2]] = Decimal(words[3])

    def take(self, path: str) -> None:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            title = next(rows)[0]
            next(rows)
            columns = next(rows)
            take = {
                "个人账户期初余额表": self.opening,
                "个人账户计入清单": self.contribution,
                "个人账户变动清单": self.change,
            }[title]
            for cells in rows:
                if cells[0] != "合计":
                    take(dict(zip(columns, cells)))

    def opening(self, row: dict) -> None:
        self.balances[row["个人编号"]] = Decimal(row["期初余额"])

    def contribution(self, row: dict) -> None:
        person, month = row["个人编号"], row["所属期"]
        mine = self.lines[person]
        key = month, row["缴费类型"]
        if row["退休待遇起始月"]:
            self.retires(person, row["退休待遇起始月"])
        if key in mine:
            mine[key].ready = mine[key].ready or bool(row["到账日期"])
            return
        credit_as, own = row["人员类别"], NOTHING
        if month >= self.retired_from.get(person, "9"):
            credit_as = RETIRED
        if row["参保身份"] == "单建统筹" or month > self.died.get(person, "9"):
            credit_as = NOBODY
        if credit_as == ACTIVE:
            own = half_up(Decimal(row["缴费基数"]) * Decimal("0.02"))
        if credit_as != NOBODY:
            self.balances.setdefault(person, NOTHING)
        civil = Decimal(row["公务员补助计入"] or 0)
        ready = credit_as == RETIRED or bool(row["到账日期"])
        mine[key] = Line(month, own, civil, credit_as, ready)
        if credit_as != NOBODY:
            self.waiting[month].append((person, mine[key]))

    def retires(self, person: str, since: str) -> None:
        if since >= self.retired_from.get(person, "9"):
            return
        self.retired_from[person] = since
        for line in self.lines[person].values():
            if line.month >= since and line.credit_as == ACTIVE:
                line.credit_as, line.ready = RETIRED, True
                if line.credited:
                    self.wrong.add(person)

    def change(self, row: dict) -> None:
        person, kind, amount = row["个人编号"], row["变动类型"], Decimal(row["金额"])
        if kind == "转入":
            self.give(person, amount)
        elif kind == "死亡":
            self.died[person] = row["死亡日期"][:7]
            for line in self.lines[person].values():
                if line.month > self.died[person]:
                    line.credit_as = NOBODY
                    if line.credited:
                        self.wrong.add(person)
        else:
            assert self.balances[person] == amount, f"{kind} {person}"
            self.balances[person] = NOTHING

    def credit(self, month: str) -> None:
        fixed = self.fixed("average-pension-2021")
        for person in self.wrong:
            self.correct(person, fixed)
        self.wrong = set()
        left = []
        for person, line in self.waiting[month]:
            if line.credit_as == NOBODY:
                continue
            if not line.ready:
                left.append((person, line))
                continue
            own = fixed if line.credit_as == RETIRED else line.own
            line.credited = line.credit_as, own, line.civil
            self.give(person, own + line.civil)
        self.waiting[month] = left

    def correct(self, person: str, fixed: Decimal) -> None:
        """What was given is taken back, what is due is given; only the net counts."""
        net = NOTHING
        for line in self.lines[person].values():
            if line.credited and line.credited[0] != line.credit_as:
                _, own, civil = line.credited
                net -= own
                if line.credit_as == RETIRED:
                    net += fixed
                    line.credited = RETIRED, fixed, civil
                else:
                    net -= civil
                    line.credited = None
        if net > 0:
            self.give(person, net)
            return
        held = self.balances[person] + net
        if held < 0:
            self.claims[person] = self.claims.get(person, NOTHING) - held
        self.balances[person] = max(held, NOTHING)

    def give(self, person: str, amount: Decimal) -> None:
        claim = self.claims.get(person, NOTHING)
        recovered = min(claim, amount)
        if claim:
            self.claims[person] = claim - recovered
        self.balances[person] += amount - recovered

    def make_up(self) -> None:
        more = self.fixed("average-pension-2022") - self.fixed("average-pension-2021")
        for person, lines in self.lines.items():
            for line in lines.values():
                if line.credited and line.credited[0] == RETIRED:
                    self.give(person, more)

    def fixed(self, figure: str) -> Decimal:
        return half_up(self.figures[figure] * Decimal("0.028"))


def half_up(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)
