"""Identity 12: every bill's parts add up to it, and to what was made of them.

Lines, their shares, movements of accounts, sums for clearing and the year's use of
deductible and cap are compared with each other, never a row with itself. Set-based:
only what does not agree leaves the database. A 流水号 is no personal data and names the
line; a person is masked unless who asks may see people whole.
"""

from __future__ import annotations

from typing import Iterator

from sqlalchemy import Connection, text

from ledger.money import from_fen
from ledger.settlements.results import MADE_UP
from reports.checks.findings import ERROR, Finding
from reports.checks.people import named, place
from reports.checks.settlement_sums import sums

IDENTITY = "12"
SHOWN = 20  # lines of a kind that are named one by one
UNDO = "请冲销它所在的凭证（yibao voucher reverse），改正后重新导入清单"
MADE_UP_UNDO = (
    "请冲销它所在的凭证（yibao voucher reverse），再用结算清单（G3）补录这笔退费或冲正"
)
CORRECT = "请先 yibao settlement 查看这一笔；" + UNDO


def settlements(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Lines, shares, movements, refunds, sums, the year's use; none without lines."""
    if connection.execute(text(ANY)).first() is None:
        return
    yield from _parts(connection)
    yield from _shares(connection)
    yield from _made_up(connection)
    yield from _moved(connection, unmasked)
    yield from _refunds(connection)
    yield from sums(connection)
    yield from _years(connection, unmasked)


def _parts(connection: Connection) -> Iterator[Finding]:
    """总费用 = 统筹 + 其他基金 + 个账 + 共济 + 现金, line by line."""
    for row in connection.execute(text(PARTS)).all():
        yield _line(
            row, "总费用", row.parts, row.total, f"应为各支付部分之和；{CORRECT}"
        )


def _shares(connection: Connection) -> Iterator[Finding]:
    for row in connection.execute(text(SHARES)).all():
        why = f"应为家庭各账户共济金额之和；{CORRECT}"
        yield _line(row, "共济支付", row.paid, row.shared, why)


def _made_up(connection: Connection) -> Iterator[Finding]:
    """补记 takes over a charge: never nothing, never money given to an account."""
    for row in connection.execute(text(MADE_UP_BELOW)).all():
        what = f"结算{row.serial}（{row.month}，{place(row.region)}）补记"
        found = f"{from_fen(int(row.total)):.2f}"
        why = f"补记只补收费，退费、冲正要有原收费；{MADE_UP_UNDO}"
        book = f"{row.region}-city-agency"
        yield _said(book, what, "大于零的金额", found, why, row.lines)


def _refunds(connection: Connection) -> Iterator[Finding]:
    """Refunds of a line never give back more than it had, part by part."""
    for row in connection.execute(text(REFUNDS)).all():
        if row.total is None:
            what = f"结算{row.serial}（{row.month}）"
            why = f"退费、冲正所指的原结算没有；{UNDO}"
            yield _said(place(row.region), what, "有这笔结算", "没有", why, row.lines)
            continue
        for part, name in NAMES.items():
            had, left = getattr(row, part), getattr(row, f"{part}_left")
            if had >= 0 > left:
                why = f"退费、冲正合计不能超过原结算；{CORRECT}"
                yield _line(row, f"{name}退还", had, had - left, why)
    for row in connection.execute(text(SHARE_REFUNDS)).all():
        why = f"退回家庭账户的不能超过它支付的；{CORRECT}"
        yield _line(row, "共济退还", row.paid, row.paid - row.amount, why)


def _moved(connection: Connection, unmasked: bool) -> Iterator[Finding]:
    """What accounts paid of bills is what the batches moved on them."""
    for row in connection.execute(text(MOVED)).all():
        asked = {"person": row.person_id, "batch": row.batch_id}
        lines = {r.serial: r.amount for r in connection.execute(text(OF_LINES), asked)}
        moves = connection.execute(text(OF_MOVEMENTS), asked).all()
        serial, paid, taken = _first_unlike(lines, moves)
        why = "个人账户变动应与结算的个账、共济支付相同"
        if row.lines > 1:
            why += f"；共{row.lines}个账户不符"
        yield Finding(
            IDENTITY,
            f"{row.region}-city-agency",
            f"结算{serial}，{named(row.person_id, row.region, unmasked)}个人账户支付",
            from_fen(paid),
            from_fen(taken),
            from_fen(taken - paid),
            ERROR,
            f"{why}；{CORRECT}",
            row.person_id if unmasked else "",
        )


def _first_unlike(lines: dict[str, int], moves) -> tuple[str, int, int]:
    """The first serial whose movement is not what its line says, both amounts."""
    taken: dict[str, int] = {}
    for row in moves:
        serial = row.serial
        if serial not in lines:  # of a line that was taken back before: SERIAL|1
            serial = serial.rpartition("|")[0] or serial
        taken[serial] = taken.get(serial, 0) + row.amount
    for serial in sorted(lines.keys() | taken.keys()):
        both = lines.get(serial, 0), taken.get(serial, 0)
        if both[0] != both[1]:
            return serial, *both
    return min(lines.keys() | taken.keys()), sum(lines.values()), sum(taken.values())


def _years(connection: Connection, unmasked: bool) -> Iterator[Finding]:
    """The year's use of 起付线 and of the cap is that of the lines that stand."""
    for row in connection.execute(text(YEARS)).all():
        for what, kept, lines in (
            ("起付线累计", row.kept_deducted, row.deducted),
            ("统筹基金支付累计", row.kept_paid, row.paid),
        ):
            if kept != lines:
                why = "应为本年度各笔结算之和（退费、冲正记在原结算的年度）"
                if row.lines > 1:
                    why += f"；共{row.lines}人年不符"
                who = named(row.person_id, row.region, unmasked)
                yield Finding(
                    IDENTITY,
                    f"{row.region}-city-agency",
                    f"{who}{row.year}年门诊{what}",
                    from_fen(int(lines)),
                    from_fen(int(kept)),
                    from_fen(int(kept - lines)),
                    ERROR,
                    f"{why}；以后的结算会按错的累计计算，请核对后冲销重导",
                    row.person_id if unmasked else "",
                )


def _line(row, what: str, expected: int, found: int, why: str) -> Finding:
    """A line that does not agree; the last of those shown says how many there are."""
    expected, found = from_fen(int(expected)), from_fen(int(found))
    if row.lines > SHOWN:
        why += f"；共{row.lines}笔，列出前{SHOWN}笔"
    name = f"结算{row.serial}（{row.month}，{place(row.region)}）{what}"
    book = f"{row.region}-city-agency"
    return Finding(IDENTITY, book, name, expected, found, found - expected, ERROR, why)


def _said(
    where: str, what: str, expected: str, found: str, why: str, lines: int
) -> Finding:
    if lines > SHOWN:
        why += f"；共{lines}笔，列出前{SHOWN}笔"
    return Finding(IDENTITY, where, what, expected, found, "", ERROR, why)


ANY = "SELECT 1 FROM settlement LIMIT 1"
FIRST = f"ORDER BY month, serial LIMIT {SHOWN}"
PARTS = f"""
    SELECT month, serial, region, total, pooled + other + own + shared + cash AS parts,
           count(*) OVER () AS lines
    FROM settlement
    WHERE freed = 0 AND total <> pooled + other + own + shared + cash
    {FIRST}
"""
MADE_UP_BELOW = f"""
    SELECT month, serial, region, total, count(*) OVER () AS lines
    FROM settlement WHERE freed = 0 AND act = '{MADE_UP}' AND total <= 0
    {FIRST}
"""
ON_LINE = """sh.month = s.month AND sh.person_id = s.person_id
        AND sh.serial = s.serial AND sh.freed = 0"""
# Both tables lie in the same order, which a join of them keeps: nothing is sorted.
SHARES = f"""
    SELECT month, serial, region, shared, paid, count(*) OVER () AS lines FROM (
        SELECT s.month, s.serial, max(s.region) AS region, max(s.shared) AS shared,
               CAST(coalesce(sum(sh.amount), 0) AS bigint) AS paid
        FROM settlement AS s LEFT JOIN settlement_share AS sh ON {ON_LINE}
        WHERE s.freed = 0
        GROUP BY s.month, s.person_id, s.serial
        HAVING max(s.shared) <> coalesce(sum(sh.amount), 0)
        UNION ALL
        SELECT sh.month, sh.serial, sh.payer_region, 0, sh.amount
        FROM settlement_share AS sh WHERE sh.freed = 0 AND NOT EXISTS (
            SELECT 1 FROM settlement AS s WHERE {ON_LINE} AND s.freed = 0)
    ) AS unlike {FIRST}
"""
NAMES = {
    "total": "总费用",
    "pooled": "统筹支付",
    "other": "其他基金",
    "own": "个账支付",
    "shared": "共济支付",
    "cash": "现金支付",
}
BACK = ", ".join(f"CAST(sum({part}) AS bigint) AS {part}" for part in NAMES)
LEFT = ", ".join(f"s.{part}, s.{part} + back.{part} AS {part}_left" for part in NAMES)
GIVES_BACK = "freed = 0 AND act IN ('退费', '冲正')"
REFUNDS = f"""
    SELECT back.month, back.serial, back.region, {LEFT}, count(*) OVER () AS lines
    FROM (
        SELECT person_id, original_month AS month, original AS serial,
               max(region) AS region, {BACK}
        FROM settlement WHERE {GIVES_BACK}
        GROUP BY person_id, original_month, original
    ) AS back LEFT JOIN settlement AS s
      ON s.month = back.month AND s.person_id = back.person_id
     AND s.serial = back.serial AND s.freed = 0
    WHERE s.serial IS NULL
       OR {" OR ".join(f"s.{p} >= 0 AND s.{p} + back.{p} < 0" for p in NAMES)}
    ORDER BY back.month, back.serial LIMIT {SHOWN}
"""
SHARE_REFUNDS = f"""
    SELECT month, serial, region, amount, paid, count(*) OVER () AS lines FROM (
        SELECT back.month, back.serial, back.payer_region AS region,
               CAST(coalesce(max(sh.amount), 0) AS bigint) AS paid,
               CAST(coalesce(max(sh.amount), 0) + max(back.amount) AS bigint) AS amount
        FROM (
            SELECT s.person_id, s.original_month AS month, s.original AS serial,
                   sh.position, sh.payer_id, sh.payer_region, sum(sh.amount) AS amount
            FROM settlement AS s JOIN settlement_share AS sh ON {ON_LINE}
            WHERE s.freed = 0 AND s.act IN ('退费', '冲正')
            GROUP BY s.person_id, s.original_month, s.original, sh.position,
                     sh.payer_id, sh.payer_region
        ) AS back LEFT JOIN settlement_share AS sh
          ON sh.month = back.month AND sh.person_id = back.person_id
         AND sh.serial = back.serial AND sh.freed = 0 AND sh.position = back.position
         AND sh.payer_id = back.payer_id AND sh.payer_region = back.payer_region
        GROUP BY back.month, back.serial, back.position, back.payer_id,
                 back.payer_region
    ) AS returned WHERE amount < 0 {FIRST}
"""
PAID = """
    SELECT person_id, region, batch_id, serial, own AS amount FROM settlement
    WHERE freed = 0 AND own <> 0
    UNION ALL
    SELECT payer_id, payer_region, batch_id, serial, amount FROM settlement_share
    WHERE freed = 0
"""
MOVES = """
    SELECT m.person_id, m.region, m.batch_id, m.serial, m.amount
    FROM movement AS m JOIN batch ON batch.id = m.batch_id
    WHERE batch.kind = 'settlement' AND batch.state IN ('draft', 'counted')
      AND m.act = 'settle'
"""
MOVED = f"""
    SELECT person_id, region, batch_id, count(*) OVER () AS lines FROM (
        SELECT person_id, region, batch_id FROM ({PAID} UNION ALL {MOVES}) AS both_sides
        GROUP BY person_id, region, batch_id HAVING sum(amount) <> 0
    ) AS unlike ORDER BY person_id, region, batch_id LIMIT {SHOWN}
"""
OF_LINES = f"""
    SELECT serial, CAST(sum(amount) AS bigint) AS amount FROM ({PAID}) AS paid
    WHERE person_id = :person AND batch_id = :batch GROUP BY serial
"""
OF_MOVEMENTS = """
    SELECT serial, -amount AS amount FROM movement
    WHERE person_id = :person AND period = '' AND act = 'settle' AND batch_id = :batch
"""
YEAR_OF = """CAST(substr(CASE WHEN original_month = '' THEN month
    ELSE original_month END, 1, 4) AS integer)"""
YEARS = f"""
    SELECT odd.*, coalesce(person.region, '') AS region, count(*) OVER () AS lines
    FROM (
        SELECT person_id, year, CAST(sum(deducted) AS bigint) AS deducted,
               CAST(sum(paid) AS bigint) AS paid,
               CAST(sum(kept_deducted) AS bigint) AS kept_deducted,
               CAST(sum(kept_paid) AS bigint) AS kept_paid
        FROM (
            SELECT person_id, {YEAR_OF} AS year, deductible AS deducted, pooled AS paid,
                   0 AS kept_deducted, 0 AS kept_paid
            FROM settlement WHERE freed = 0 AND ruled
            UNION ALL
            SELECT person_id, year, 0, 0, deducted, paid FROM outpatient_year
        ) AS both_sides
        GROUP BY person_id, year
        HAVING sum(deducted) <> sum(kept_deducted) OR sum(paid) <> sum(kept_paid)
    ) AS odd LEFT JOIN person ON person.person_id = odd.person_id
    ORDER BY odd.person_id, odd.year LIMIT {SHOWN}
"""
