"""Institutions: the books' 待结算 against what bills brought, was paid and withheld.

Every institution by itself: clearings say what their bills say, nothing is paid
beyond what is due. Only what is approved counts; balances have no day.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Iterator

from sqlalchemy import Connection, text

from ledger import regions
from ledger.funds import fund_names
from ledger.money import NOTHING, from_fen
from ledger.settlements.institution_dues import KIND, dues
from posting_rules.openings import EVENT as OPENING
from posting_rules.personal import fund_of_accounts
from reports.checks.findings import Finding, differing

IDENTITY = "机构结算"
SUBJECT = "暂收款——定点医药机构待结算"


def institutions(connection: Connection) -> Iterator[Finding]:
    """Books, clearings and payments, in this order."""
    yield from _balances(connection)
    yield from _clearings(connection)
    yield from _payments(connection)


def _balances(connection: Connection) -> Iterator[Finding]:
    """待结算 of a region and fund = Σ bills − Σ P7 − Σ P17, from the rows.

    Opening balances and vouchers by hand come on top of what the rows say.
    """
    expected: dict[tuple[str, str], Decimal] = defaultdict(lambda: NOTHING)
    for row in connection.execute(text(BROUGHT)):
        for fund, fen in (
            (row.fund, row.funds),
            (fund_of_accounts(row.place), row.accounts),
        ):
            expected[row.place, fund] += from_fen(int(fen))
    for row in connection.execute(text(PAID), {"kind": KIND}):
        expected[row.place, row.fund] -= from_fen(int(row.amount))
    asked = {"subject": SUBJECT, "opening": OPENING}
    found = {
        (row.book_id.partition("-")[0], row.fund): from_fen(int(row.amount))
        for row in connection.execute(text(BALANCE), asked)
    }
    for place, fund in sorted(expected.keys() | found.keys()):
        yield from differing(
            IDENTITY,
            f"{place}-city-agency",
            f"{regions.name(place)}{SUBJECT} 险种{fund}",
            expected.get((place, fund), NOTHING),
            found.get((place, fund), NOTHING),
            "应为已审核的结算汇总减去已拨付和审核扣款",
        )


def _clearings(connection: Connection) -> Iterator[Finding]:
    """What a clearing says is what the rows that it took add up to."""
    expected: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for row in connection.execute(text(TAKEN), {"kind": KIND}):
        key = (row.period, row.serial, row.place, row.institution)
        for fund, fen in (
            (row.fund, row.funds),
            (fund_of_accounts(row.place), row.accounts),
        ):
            expected[*key, fund] += from_fen(int(fen))
    rows = connection.execute(text(PARTS), {"kind": KIND})
    found = {tuple(row[:5]): from_fen(int(row.gross)) for row in rows}
    for key in sorted(expected.keys() | found.keys()):
        period, serial, place, code, fund = key
        yield from differing(
            IDENTITY,
            f"{place}-city-agency",
            f"{period}第{serial}次结算单 {code} {fund_names().get(fund, fund)}",
            expected.get(key, NOTHING),
            found.get(key, NOTHING),
            "结算单应为它所列结算汇总之和",
        )


def _payments(connection: Connection) -> Iterator[Finding]:
    """Institution by institution nothing is paid, withheld or proved beyond due."""
    for due in dues(connection):
        book = f"{due.place}-city-agency"
        what = f"{due.period} {due.institution} {fund_names().get(due.fund, due.fund)}"
        if due.payable < 0:
            why = "已拨付和扣款多于结算单应付"
            yield from differing(IDENTITY, book, what, due.net, due.settled, why)
        if due.unproven < 0:
            why = "登记为凭据的拨付多于结算单的付款凭证"
            yield from differing(IDENTITY, book, what, due.vouched, due.shown, why)


LIVE = "posting.state = 'approved' AND posting.live"
FUNDS = "CAST(sum(s.pooled + s.other) AS bigint) AS funds"
ACCOUNTS = "CAST(sum(s.own + s.shared) AS bigint) AS accounts"
# Another province owes its own institutions: it has no book here.
BROUGHT = f"""
    SELECT s.place, s.fund, {FUNDS}, {ACCOUNTS}
    FROM institution_sum AS s JOIN posting ON posting.id = s.posting_id
    WHERE {LIVE} AND s.place IN (SELECT region FROM book) GROUP BY s.place, s.fund
"""
PAID = f"""
    SELECT place, fund, CAST(sum(amount) AS bigint) AS amount
    FROM (
        SELECT line.place, line.fund, line.amount + line.deducted AS amount
        FROM institution_payment AS line
        JOIN posting ON posting.id = line.posting_id
        WHERE line.freed = 0 AND {LIVE}
        UNION ALL
        SELECT part.payer, part.fund, part.net
        FROM clearing_part AS part JOIN clearing ON clearing.id = part.clearing_id
        JOIN posting ON posting.id = part.posting_id
        WHERE clearing.kind = :kind AND {LIVE}
    ) AS paid
    GROUP BY place, fund
"""
BALANCE = """
    SELECT voucher.book_id, line.fund, CAST(sum(
        CASE WHEN line.side = '贷' THEN line.amount ELSE -line.amount END
    ) AS bigint) AS amount
    FROM voucher_line AS line JOIN voucher ON voucher.id = line.voucher_id
    JOIN posting ON posting.id = voucher.posting_id
    LEFT JOIN posting AS original ON original.id = posting.reverses_id
    WHERE line.subject = :subject AND voucher.number IS NOT NULL
      AND coalesce(original.event, posting.event) <> :opening
      AND NOT coalesce(original.manual, posting.manual)
    GROUP BY voucher.book_id, line.fund
"""
TAKEN = f"""
    SELECT clearing.period, clearing.serial, s.place, s.institution, s.fund,
           {FUNDS}, {ACCOUNTS}
    FROM institution_sum AS s JOIN clearing ON clearing.id = s.clearing_id
    WHERE clearing.kind = :kind
    GROUP BY clearing.period, clearing.serial, s.place, s.institution, s.fund
"""
PARTS = """
    SELECT clearing.period, clearing.serial, part.payer, part.payee, part.fund,
           CAST(sum(part.gross) AS bigint) AS gross
    FROM clearing_part AS part JOIN clearing ON clearing.id = part.clearing_id
    WHERE clearing.kind = :kind AND clearing.state <> 'undone'
    GROUP BY clearing.period, clearing.serial, part.payer, part.payee, part.fund
"""
