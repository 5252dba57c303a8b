"""Netting: few payments, everyone's position as it was, mirrors that stay mirrors."""

from collections import defaultdict
from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from ledger import regions
from ledger.settlements.clearing import ELSEWHERE, FAMILY, Part
from ledger.vouchers import signed
from posting_rules.netting import netted, positions, set_off
from posting_rules.region_clearing import net_parts, netting_vouchers, pair_vouchers
from posting_rules.settlement_vouchers import Told

CITIES = regions.cities("340000")
JIANGSU = "320000"
FEN = st.integers(-200_000, 900_000).map(lambda fen: Decimal(fen).scaleb(-2))
CODES = st.sampled_from(CITIES)
PAIRS = st.tuples(CODES, CODES).filter(lambda pair: pair[0] != pair[1])
MATRICES = st.dictionaries(PAIRS, FEN, max_size=40)
TOLD = Told(date(2024, 8, 5), date(2024, 8, 5), 2024, "测试")


def test_a_ring_of_equal_debts_needs_no_payment():
    ring = {("A", "B"): Decimal(9), ("B", "C"): Decimal(9), ("C", "A"): Decimal(9)}

    assert netted(ring) == {}


def test_two_that_owe_each_other_pay_the_difference():
    owed = {("A", "B"): Decimal("10.00"), ("B", "A"): Decimal("10.01")}

    assert netted(owed) == {("B", "A"): Decimal("0.01")}


def test_a_refund_turns_a_debt_round():
    assert netted({("A", "B"): Decimal("-5.00")}) == {("B", "A"): Decimal("5.00")}


def test_payers_and_receivers_are_matched_in_the_order_of_codes():
    """C pays 30, D pays 20; A receives 25, B receives 25."""
    owed = {
        ("D", "B"): Decimal(20),
        ("C", "A"): Decimal(25),
        ("C", "B"): Decimal(5),
    }

    assert netted(owed) == {
        ("C", "A"): Decimal(25),
        ("C", "B"): Decimal(5),
        ("D", "B"): Decimal(20),
    }


@given(MATRICES)
def test_everyones_position_is_kept(owed):
    kept = {code: amount for code, amount in positions(owed).items() if amount}

    assert positions(netted(owed)) == kept


@given(MATRICES)
def test_there_are_fewer_payments_than_regions_that_pay_or_receive(owed):
    paid = netted(owed)

    assert len(paid) <= max(0, len([a for a in positions(owed).values() if a]) - 1)
    assert all(amount > 0 for amount in paid.values())


@given(MATRICES)
def test_what_is_set_off_costs_nobody_anything(owed):
    assert not any(positions(set_off(owed, netted(owed))).values())


@st.composite
def gross_parts(draw):
    """Parts of two subjects and two funds; some are of another province."""
    keys = st.tuples(
        st.sampled_from([FAMILY, ELSEWHERE]),
        PAIRS | st.tuples(CODES, st.just(JIANGSU)),
        st.sampled_from(["310", "390"]),
    )
    amounts = draw(st.dictionaries(keys, FEN, max_size=25))
    return [
        Part(subject, *pair, fund, 1, amount, amount)
        for (subject, pair, fund), amount in sorted(amounts.items())
    ]


@given(gross_parts())
def test_netting_and_paying_leave_nothing_open_in_any_book(gross):
    """Before: each part stands on 暂收款 of its payer and 暂付款 of its payee. After
    P10n the two mirror each other; after P10 both are zero."""
    keeping = frozenset(CITIES)
    parts = net_parts(gross, keeping)
    open_ = defaultdict(Decimal)
    for part in gross:
        open_[
            part.payer, f"暂收款——{part.subject}", part.payee, part.fund
        ] -= part.gross
        if part.payee in keeping:
            open_[
                part.payee, f"暂付款——{part.subject}", part.payer, part.fund
            ] += part.gross
    vouchers = [v for c in CITIES for v in netting_vouchers(c, parts, TOLD)]
    _add(open_, vouchers)

    for (book, subject, other, fund), amount in open_.items():
        if subject.startswith("暂收款") and other in keeping:
            mirror = other, subject.replace("暂收款", "暂付款"), book, fund
            assert open_.get(mirror, 0) == -amount

    pairs = {(part.payer, part.payee) for part in parts}
    for payer, payee in pairs:
        mine = [part for part in parts if (part.payer, part.payee) == (payer, payee)]
        _add(open_, pair_vouchers(payer, payee, mine, keeping, TOLD))

    assert {place: amount for place, amount in open_.items() if amount} == {}


@given(gross_parts())
def test_what_the_lines_say_stays_gross(gross):
    parts = net_parts(gross, frozenset(CITIES))

    assert [p._replace(net=p.gross) for p in parts if p.lines] == sorted(gross)
    assert all(p.gross == 0 and p.net > 0 for p in parts if not p.lines)
    assert all(p.net == p.gross for p in parts if p.payee == JIANGSU)


def _add(open_, vouchers):
    for voucher in vouchers:
        book = voucher.book.partition("-")[0]
        for line in voucher.lines:
            if line.detail:
                key = book, line.subject, line.detail, line.fund
                open_[key] += signed(line.side, line.amount)
