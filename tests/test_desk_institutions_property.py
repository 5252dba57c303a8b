"""Property: whatever is owed, cleared, paid and taken back, in any order, a plain
twin of lists and loops says the same of every institution, and `check` finds nothing.
"""

import os
import shutil
import tempfile
from collections import defaultdict
from datetime import date
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from institutions_by_hand import clear_july, owed, pay, roster
from people_by_hand import stored
from settlements_by_hand import WANG

from desk.reversing import reverse
from ledger.database import Home
from ledger.settlements.institution_dues import dues
from reports.checks.institutions import institutions

PERIODS = ("2024-07", "2024-08")
KEYS = [("R1", "310"), ("R1", "390"), ("R2", "310")]
owing = st.tuples(
    st.just("owe"),
    st.sampled_from(PERIODS),
    st.sampled_from(KEYS),
    st.sampled_from([-9, -4, 3, 8, 12]),
    st.sampled_from([-2, 0, 0, 5]),
)
act = st.one_of(
    owing,
    st.tuples(st.just("clear"), st.sampled_from(PERIODS), st.booleans()),
    st.tuples(
        st.just("pay"),
        st.sampled_from(PERIODS),
        st.sampled_from(KEYS),
        st.sampled_from(["due", "proof", "part", "more"]),
        st.sampled_from([0, 0, 0, 1]),
    ),
    st.tuples(st.just("reverse"), st.integers(0, 9)),
)


class Twin:
    """What is owed and paid, in lists; a part is [period, key, gross, net, voucher,
    pooled]."""

    def __init__(self):
        self.waiting, self.parts, self.payments = [], [], []

    def owe(self, month, key, pooled, own):
        self.waiting.append((month, key, pooled, pooled))
        if own or key[1] == "310":
            self.waiting.append((month, (key[0], "310"), own, 0))

    def clear(self, period, at_once):
        """Whether vouchers are made."""
        taken = [row for row in self.waiting if row[0] <= period]
        self.waiting = [row for row in self.waiting if row[0] > period]
        sums, pooled = defaultdict(int), defaultdict(int)
        for _, key, amount, of_fund in taken:
            sums[key] += amount
            pooled[key] += of_fund
        fresh = []
        for key, gross in sorted(sums.items()):
            carried = sum(p[2] - p[3] for p in self.parts if p[1] == key)
            net = max(0, gross + carried)
            fresh.append([period, key, gross, net, None, pooled[key]])
        self.parts += fresh
        return at_once and self.vouch(period, fresh)

    def vouch(self, period, fresh):
        made = False
        for part in self.parts:
            listed = any(
                p["period"] == period and p["key"] == part[1] and not p["proof"]
                for p in self.payments
            )
            due = part[0] == period and part[3] and part[4] is None
            if due and (any(part is one for one in fresh) or not listed):
                part[4], made = "new", True
        return made

    def sums(self, period, key):
        parts = [p for p in self.parts if p[:2] == [period, key]]
        lists = [p for p in self.payments if p["period"] == period and p["key"] == key]
        net = sum(p[3] for p in parts)
        vouched = sum(p[3] for p in parts if p[4] is not None)
        settled = sum(p["paid"] + p["deducted"] for p in lists if not p["proof"])
        shown = sum(p["paid"] for p in lists if p["proof"])
        return sum(p[2] for p in parts), net, vouched, settled, shown

    def pay(self, period, key, paid, deducted, serial):
        """posted, proof or refused."""
        _, net, vouched, settled, shown = self.sums(period, key)
        payable, unproven = net - vouched - settled, vouched - shown
        fits = paid + deducted <= payable
        exact = paid + deducted == payable != unproven
        if not paid + deducted or not any(p[0] == period for p in self.parts):
            return "refused"
        if unproven and paid <= unproven and not (payable > 0 and (deducted or exact)):
            if deducted:
                return "refused"
            proof = True
        elif fits and (not deducted or deducted <= self.deductible(period, key)):
            proof = False
        else:
            return "refused"
        self.payments.append(
            dict(
                period=period,
                key=key,
                paid=paid,
                deducted=deducted,
                proof=proof,
                serial=serial,
            )
        )
        return "proof" if proof else "posted"

    def deductible(self, period, key):
        """What the pooled fund pays, less what was deducted."""
        mine = [p for p in self.payments if p["period"] == period and p["key"] == key]
        pooled = sum(p[5] for p in self.parts if p[:2] == [period, key])
        return max(0, pooled) - sum(p["deducted"] for p in mine)

    def free_list(self, serial):
        self.payments = [p for p in self.payments if p["serial"] != serial]

    def free_voucher(self, voucher):
        """A clearing's own P7 is taken back, and what had proved it."""
        for part in self.parts:
            if part[4] == voucher:
                part[4] = None
                self.payments = [
                    p
                    for p in self.payments
                    if not (
                        p["proof"] and p["period"] == part[0] and p["key"] == part[1]
                    )
                ]


@settings(
    max_examples=300 if os.environ.get("YIBAO_FUZZ") else 15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(owing, min_size=2, max_size=4),
    st.booleans(),
    st.lists(act, min_size=6, max_size=16),
)
def test_a_plain_twin_says_the_same(sqlite_anhui_template, first, at_once, acts):
    acts = [*first, ("clear", PERIODS[0], at_once), *acts]
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(sqlite_anhui_template, Path(folder) / "home")
        home = Home(Path(folder) / "home")
        roster(home)
        twin = Twin()
        for number, (what, *how) in enumerate(acts):
            {"owe": owe, "clear": clear, "pay": pay_one, "reverse": take_back}[what](
                home, twin, number, *how
            )
            compare(home, twin)
        home.close()


def owe(home, twin, number, month, key, pooled, own):
    if not (pooled or own):
        return
    code, fund = key
    owed(
        home,
        f"月 | 机构 | 险种 | 统筹 | 个账\n"
        f"{month} | {code} | {fund} | {pooled}.00 | {own}.00",
    )
    twin.owe(month, key, pooled, own)


def clear(home, twin, number, period, at_once):
    made = clear_july(home, period, pay=at_once)
    vouched = twin.clear(period, at_once)
    if vouched:
        carrying = stored(
            home,
            "SELECT clearing.period, part.payee, part.fund, part.gross, part.net,"
            " part.posting_id FROM clearing_part AS part"
            " JOIN clearing ON clearing.id = part.clearing_id ORDER BY part.id",
        )
        for part, row in zip(twin.parts, carrying, strict=True):
            assert (part[4] is None) == (row[-1] is None)
            part[4] = row[-1]
        assert made.status == "posted"


def pay_one(home, twin, number, period, key, how_much, deducted):
    """Pay what lists may pay, what is not proved yet, a part of it, or more."""
    code, fund = key
    _, net, vouched, settled, shown = twin.sums(period, key)
    payable, unproven = net - vouched - settled, vouched - shown
    paid = {
        "due": payable - deducted,
        "proof": unproven,
        "part": max(payable, unproven) - 2,
        "more": max(payable, unproven) + 1,
    }[how_much]
    paid = max(0, paid)
    result = pay(
        home,
        "结算期 | 付款日期 | 机构代码 | 险种 | 金额 | 扣款 | 交易流水号\n"
        f"{period} | 2024-09-02 | {code} | {fund} | {paid}.00 | {deducted}.00"
        f" | L{number}",
        total=False,
    )
    expected = twin.pay(period, key, paid, deducted, f"L{number}")
    found = {"rejected": "refused"}.get(result.status, "posted")
    if found == "posted" and not result.vouchers:
        found = "proof"

    assert found == expected, result.message


def take_back(home, twin, number, which):
    """Reverse one of the standing P7 of lists and clearings."""
    standing = stored(
        home,
        "SELECT posting.id, posting.unit, min(voucher.number), min(voucher.month)"
        " FROM posting JOIN voucher ON voucher.posting_id = posting.id"
        " WHERE posting.event = 'institution-payment' AND posting.live"
        " AND posting.reverses_id IS NULL"
        " GROUP BY posting.id, posting.unit ORDER BY posting.id",
    )
    if not standing:
        return
    posting_id, unit, voucher, month = standing[which % len(standing)]
    name = f"340100-city-agency/2024-{month:02d}/{voucher}"
    reverse(home, WANG, name, date(2024, 9, 25), "试")
    if unit.startswith("F7|"):
        twin.free_list(unit.rpartition("|")[2])
    else:
        twin.free_voucher(posting_id)


def compare(home, twin):
    with home.reading() as connection:
        found = {
            (due.period, (due.institution, due.fund)): due for due in dues(connection)
        }
        findings = list(institutions(connection))
    assert findings == []
    for period in PERIODS:
        for key in KEYS:
            gross, net, vouched, settled, shown = twin.sums(period, key)
            due = found.get((period, key))
            said = (0, 0, 0, 0, 0)
            if due:
                lists = due.paid + due.deducted
                said = (due.gross, due.net, due.vouched, lists, due.shown)

            assert said == tuple(map(Decimal, (gross, net, vouched, settled, shown)))
