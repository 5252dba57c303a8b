"""Sums of bills against their lines, posting by posting.

Vouchers and clearing stand on `settlement_sum` and `institution_sum`: each row must be
what the lines of its posting add up to, in count and amount.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Iterator

from sqlalchemy import Connection, text

from ledger.money import from_fen
from ledger.settlements.results import (
    CHARGE,
    GIVEN_BACK,
    MADE_UP,
    NETWORKED,
    OTHER,
    OWN,
    POOLED,
    SHARED,
)
from posting_rules.personal import fund_of_accounts
from reports.checks.findings import ERROR, Finding
from reports.checks.people import place

IDENTITY = "12"
Counted = dict[tuple, tuple[int, ...]]
WHY = "汇总应为凭证所载各笔结算之和；清算按汇总办理，请先冲销这一凭证，再重新导入清单"


def sums(connection: Connection) -> Iterator[Finding]:
    """Every row of both tables, in the order of posting; count first, then amount."""
    lines, owed = _of_lines(connection)
    lines |= _of_shares(connection)
    names: dict[int, str] = {}
    for kept, found, words in (
        (_kept(connection, KEPT_PARTS), lines, _part_words),
        (_kept(connection, KEPT_OWED), owed, _owed_words),
    ):
        for key in sorted(kept.keys() | found.keys()):
            nothing = (0,) * len(next(iter(kept.values()), found.get(key, ())))
            says, is_there = found.get(key, nothing), kept.get(key, nothing)
            if says == is_there:
                continue
            if key[0] not in names:
                asked = {"posting": key[0]}
                names[key[0]] = connection.execute(text(NAME), asked).scalar() or ""
            yield _unlike(names[key[0]], words(key), key, says, is_there)


def _of_lines(connection: Connection) -> tuple[Counted, Counted]:
    """Of 统筹, 其他基金 and 个账, and of institutions, from the lines; few groups."""
    parts: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    owed: dict[tuple, list[int]] = defaultdict(lambda: [0] * 6)
    for row in connection.execute(text(LINES)):
        before = (row.posting_id, row.month, _act(row.act))
        told = (row.channel, row.category)
        for part, amount, lines, fund in (
            (POOLED, row.pooled, row.pooled_lines, row.fund),
            (OTHER, row.other, row.other_lines, row.fund),
            (OWN, row.own, row.own_lines, ""),
        ):
            if lines:
                fund = fund or fund_of_accounts(row.region)
                where = (part, row.place, row.region, row.region, fund)
                _add(parts[(*before, *where, *told, "")], (lines, amount))
        if row.channel == NETWORKED:
            key = (row.posting_id, row.month, row.institution, row.place, row.fund)
            amounts = (row.pooled, row.other, row.own, row.shared)
            _add(owed[key], (row.lines, row.total, *amounts))
    return _fixed(parts), _fixed(owed)


def _of_shares(connection: Connection) -> Counted:
    found: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    for row in connection.execute(text(SHARES)):
        before = (row.posting_id, row.month, _act(row.act), SHARED)
        payer = (row.payer_region, fund_of_accounts(row.payer_region))
        told = (row.channel, row.category, row.relation)
        key = (*before, row.place, row.region, *payer, *told)
        _add(found[key], (row.lines, row.amount))
    return _fixed(found)


def _kept(connection: Connection, query: str) -> Counted:
    rows = connection.execute(text(query)).all()
    width = query.count(" AS bigint)")
    return {tuple(row[:-width]): tuple(row[-width:]) for row in rows}


def _act(act: str) -> str:
    """As sums tell acts: 收费 with 补记, 退还."""
    return CHARGE if act in (CHARGE, MADE_UP) else GIVEN_BACK


def _add(to: list[int], amounts: tuple[int, ...]) -> None:
    for at, amount in enumerate(amounts):
        to[at] += amount


def _fixed(counted: dict[tuple, list[int]]) -> Counted:
    return {key: tuple(amounts) for key, amounts in counted.items()}


def _part_words(key: tuple) -> str:
    _, month, act, part, where, region, payer, fund, channel, category, relation = key
    words = f"{month}{act}{part}，就医地{place(where)}，参保地{place(region)}"
    if part == SHARED:
        words += f"，授权地{place(payer)}，{relation}"
    return f"{words}，{channel}{category}，险种{fund}"


def _owed_words(key: tuple) -> str:
    _, month, institution, where, fund = key
    return f"{month}机构{institution or '（补记，未写明）'}，{place(where)}，险种{fund}"


def _unlike(
    name: str, words: str, key: tuple, says: tuple[int, ...], kept: tuple[int, ...]
) -> Finding:
    """The first figure that differs: how many lines, or an amount."""
    at = next(i for i, (a, b) in enumerate(zip(says, kept)) if a != b)
    where = key[4] if len(key) > 5 else key[3]
    what = f"{name}结算汇总（{words}）"
    if at == 0:
        expected, found, difference = f"{says[0]}笔", f"{kept[0]}笔", ""
    else:
        expected, found = from_fen(says[at]), from_fen(kept[at])
        difference = found - expected
    book = f"{where}-city-agency"
    return Finding(IDENTITY, book, what, expected, found, difference, ERROR, WHY)


SUMMED = ", ".join(
    f"CAST(sum(s.{part}) AS bigint) AS {part}"
    for part in ("total", "pooled", "other", "own", "shared")
)
NOT_NOTHING = ", ".join(
    f"sum(CASE WHEN s.{part} <> 0 THEN 1 ELSE 0 END) AS {part}_lines"
    for part in ("pooled", "other", "own")
)
ALIKE = "s.institution, s.place, s.region, s.fund, s.channel, s.category"
LINES = f"""
    SELECT batch.posting_id, counted.* FROM (
        SELECT s.batch_id, s.month, s.act, {ALIKE}, count(*) AS lines,
               {SUMMED}, {NOT_NOTHING}
        FROM settlement AS s WHERE s.freed = 0
        GROUP BY s.batch_id, s.month, s.act, {ALIKE}
    ) AS counted JOIN batch ON batch.id = counted.batch_id
    WHERE batch.posting_id IS NOT NULL
"""
OF_SHARE = """s.place, s.region, sh.payer_region, s.channel, s.category, sh.relation"""
SHARES = f"""
    SELECT batch.posting_id, counted.* FROM (
        SELECT sh.batch_id, sh.month, s.act, {OF_SHARE}, count(*) AS lines,
               CAST(sum(sh.amount) AS bigint) AS amount
        FROM settlement_share AS sh JOIN settlement AS s
          ON s.month = sh.month AND s.person_id = sh.person_id
         AND s.serial = sh.serial AND s.freed = sh.freed
        WHERE sh.freed = 0
        GROUP BY sh.batch_id, sh.month, s.act, {OF_SHARE}
    ) AS counted JOIN batch ON batch.id = counted.batch_id
    WHERE batch.posting_id IS NOT NULL
"""
OF_PART = """posting_id, month, act, part, place, region, payer, fund, channel,
           category, relation"""
KEPT_PARTS = f"""
    SELECT {OF_PART}, CAST(sum(lines) AS bigint), CAST(sum(amount) AS bigint)
    FROM settlement_sum WHERE posting_id IN (SELECT id FROM posting WHERE live)
    GROUP BY {OF_PART}
"""
OF_OWED = "posting_id, month, institution, place, fund"
OWED_SUMS = ", ".join(
    f"CAST(sum({part}) AS bigint)"
    for part in ("lines", "total", "pooled", "other", "own", "shared")
)
KEPT_OWED = f"""
    SELECT {OF_OWED}, {OWED_SUMS}
    FROM institution_sum WHERE posting_id IN (SELECT id FROM posting WHERE live)
    GROUP BY {OF_OWED}
"""
NAME = """
    SELECT document.name FROM posting
    JOIN document ON document.id = posting.document_id WHERE posting.id = :posting
"""
