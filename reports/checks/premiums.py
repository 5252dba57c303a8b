"""Premiums paid for the family: each adds up, and what was made of it says the same.

As identity 12 of bills: lines, their shares, movements of accounts and sums for
clearing are compared with each other, never a row with itself. Set-based: only what
does not agree leaves the database. A 流水号 is no personal data and names the line; a
person is masked unless who asks may see people whole.
"""

from __future__ import annotations

from typing import Iterator

from sqlalchemy import Connection, text

from ledger.money import from_fen
from ledger.settlements.premiums import ACT, FORM, KIND
from reports.checks.findings import ERROR, NOTE, Finding
from reports.checks.people import named, place

IDENTITY = "代缴保费"
SHOWN = 20  # lines of a kind that are named one by one
UNDO = "请冲销它所在的凭证（yibao voucher reverse），改正后重新导入清单"
CORRECT = "请先 yibao settlement --premium 查看这一笔；" + UNDO
SUMMED = "汇总应为凭证所载各笔代缴之和；清算按汇总办理，" + UNDO


def premiums(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """Shares, movements, sums, and what was paid twice; none without premiums."""
    if connection.execute(text(ANY)).first() is None:
        return
    yield from _shares(connection)
    yield from _moved(connection, unmasked)
    yield from _sums(connection)
    yield from _numbered(connection, unmasked)
    yield from _twice(connection, unmasked)


def _shares(connection: Connection) -> Iterator[Finding]:
    """A premium is what the accounts paid of it, all or nothing."""
    for row in connection.execute(text(SHARES)).all():
        what = f"缴费{row.serial}（{place(row.region)}）各账户支付"
        amounts = from_fen(int(row.amount)), from_fen(int(row.paid))
        why = f"应为保费的全额，一分不多不少；{CORRECT}" + _many(row.lines, "笔")
        yield _found(row.region, what, *amounts, why)


def _moved(connection: Connection, unmasked: bool) -> Iterator[Finding]:
    """What accounts paid of premiums is what the batches moved on them."""
    asked = {"act": ACT, "kind": KIND}
    for row in connection.execute(text(MOVED), asked).all():
        mine = {"person": row.person_id, "region": row.region, "batch": row.batch_id}
        paid = connection.execute(text(OF_SHARES), mine).all()
        moves = connection.execute(text(OF_MOVEMENTS), {**asked, **mine}).all()
        serial, says, taken = _first_unlike(paid, moves)
        yield _found(
            row.region,
            f"缴费{serial}，{named(row.person_id, row.region, unmasked)}个人账户支付",
            from_fen(says),
            from_fen(taken),
            f"个人账户“{KIND}”的变动应与代缴的支付相同；{CORRECT}"
            + _many(row.lines, "个账户"),
            row.person_id if unmasked else "",
        )


def _first_unlike(paid, moves) -> tuple[str, int, int]:
    """The first serial whose movement is not its share, with both amounts.

    The movement of a line that was taken back before and came again: SERIAL|1.
    """
    said = {row.serial: row.amount for row in paid}
    taken: dict[str, int] = {}
    for serial, amount in moves:
        if serial not in said:
            serial = serial.rpartition("|")[0] or serial
        taken[serial] = taken.get(serial, 0) + amount
    both = {s: (said.get(s, 0), taken.get(s, 0)) for s in said.keys() | taken.keys()}
    serial = min(serial for serial, (says, moved) in both.items() if says != moved)
    return serial, *both[serial]


def _sums(connection: Connection) -> Iterator[Finding]:
    """The rows for clearing, posting by posting; count first, then amount."""
    for row in connection.execute(text(SUMS)).all():
        posting = {"posting": row.posting_id}
        name = connection.execute(text(NAME), posting).scalar() or ""
        what = (
            f"{name}代缴汇总（{row.month}{row.kind}，参保地{place(row.region)}，"
            f"授权地{place(row.payer)}，{row.relation}；缴费{row.serial or '没有'}）"
        )
        why = SUMMED + _many(row.rows_unlike, "行")
        if row.lines != row.kept_lines:
            counts = f"{row.lines}笔", f"{row.kept_lines}笔"
            yield _found(row.payer, what, *counts, why)
        else:
            amounts = from_fen(int(row.amount)), from_fen(int(row.kept_amount))
            yield _found(row.payer, what, *amounts, why)


def _numbered(connection: Connection, unmasked: bool) -> Iterator[Finding]:
    """A 缴费流水号 is one premium of one person."""
    for row in connection.execute(text(NUMBERED), {"form": FORM}).all():
        who = named(row.person_id, row.region, unmasked)
        yield _found(
            row.region,
            f"缴费{row.serial}，{who}",
            "流水号登记在这人名下",
            "登记在另一人名下" if row.elsewhere else "没有登记",
            f"一个缴费流水号只能是一人的一笔；{UNDO}" + _many(row.lines, "笔"),
            row.person_id if unmasked else "",
        )


def _twice(connection: Connection, unmasked: bool) -> Iterator[Finding]:
    """Told, not refused: one 险种 of one year paid for somebody more than once."""
    for row in connection.execute(text(TWICE)).all():
        who = named(row.person_id, row.region, unmasked)
        yield Finding(
            IDENTITY,
            f"{row.region}-city-agency",
            f"{who}{row.year}年度{row.kind}（缴费{row.first}、{row.last}）",
            "1笔",
            f"{row.premiums}笔",
            "",
            NOTE,
            "同一人同一年度同一险种代缴了多笔，请与参保登记核对；"
            f"重复的{UNDO}" + _many(row.lines, "人"),
            row.person_id if unmasked else "",
        )


def _found(region: str, what: str, expected, found, why: str, whole: str = ""):
    amounts = not isinstance(expected, str)
    difference = found - expected if amounts else ""
    book = f"{region}-city-agency"
    told = (IDENTITY, book, what, expected, found, difference, ERROR, why, whole)
    return Finding(*told)


def _many(lines: int, of: str) -> str:
    return f"；共{lines}{of}，列出前{SHOWN}{of}" if lines > SHOWN else ""


ANY = """
    SELECT 1 FROM (
        SELECT 1 FROM premium UNION ALL SELECT 1 FROM premium_share
        UNION ALL SELECT 1 FROM premium_sum
    ) AS anything LIMIT 1
"""
ON_LINE = """sh.person_id = p.person_id AND sh.serial = p.serial AND sh.freed = 0"""
SHARES = f"""
    SELECT serial, region, amount, paid, count(*) OVER () AS lines FROM (
        SELECT p.serial, max(p.region) AS region, max(p.amount) AS amount,
               CAST(coalesce(sum(sh.amount), 0) AS bigint) AS paid
        FROM premium AS p LEFT JOIN premium_share AS sh ON {ON_LINE}
        WHERE p.freed = 0 GROUP BY p.person_id, p.serial
        HAVING max(p.amount) <> coalesce(sum(sh.amount), 0)
        UNION ALL
        SELECT sh.serial, sh.payer_region, 0, sh.amount
        FROM premium_share AS sh WHERE sh.freed = 0 AND NOT EXISTS (
            SELECT 1 FROM premium AS p WHERE {ON_LINE} AND p.freed = 0)
    ) AS unlike ORDER BY serial LIMIT {SHOWN}
"""
# A movement of another kind than that of premiums is not one of the share's.
MOVED = f"""
    SELECT person_id, region, batch_id, count(*) OVER () AS lines FROM (
        SELECT person_id, region, batch_id FROM (
            SELECT payer_id AS person_id, payer_region AS region, batch_id,
                   amount AS paid, 0 AS taken
            FROM premium_share WHERE freed = 0
            UNION ALL
            SELECT m.person_id, m.region, m.batch_id, 0,
                   CASE WHEN m.kind = :kind THEN -m.amount ELSE 0 END
            FROM movement AS m JOIN batch ON batch.id = m.batch_id
            WHERE batch.kind = 'premium' AND batch.state IN ('draft', 'counted')
              AND m.act = :act
        ) AS both_sides
        GROUP BY person_id, region, batch_id HAVING sum(paid) <> sum(taken)
    ) AS unlike ORDER BY person_id, region, batch_id LIMIT {SHOWN}
"""
OF_SHARES = """
    SELECT serial, CAST(sum(amount) AS bigint) AS amount FROM premium_share
    WHERE freed = 0 AND payer_id = :person AND payer_region = :region
      AND batch_id = :batch
    GROUP BY serial ORDER BY serial
"""
OF_MOVEMENTS = """
    SELECT serial, CASE WHEN kind = :kind THEN -amount ELSE 0 END AS amount
    FROM movement
    WHERE person_id = :person AND period = '' AND act = :act AND region = :region
      AND batch_id = :batch
    ORDER BY serial
"""
PLACE = "posting_id, month, region, payer, kind, relation"
SUMS = f"""
    SELECT unlike.*, count(*) OVER () AS rows_unlike FROM (
        SELECT {PLACE}, min(serial) AS serial, CAST(sum(lines) AS bigint) AS lines,
               CAST(sum(amount) AS bigint) AS amount,
               CAST(sum(kept_lines) AS bigint) AS kept_lines,
               CAST(sum(kept_amount) AS bigint) AS kept_amount
        FROM (
            SELECT p.posting_id, substr(p."at", 1, 7) AS month, p.region,
                   sh.payer_region AS payer, p.kind, sh.relation, p.serial,
                   1 AS lines, sh.amount, 0 AS kept_lines, 0 AS kept_amount
            FROM premium AS p JOIN premium_share AS sh ON {ON_LINE}
            WHERE p.freed = 0
            UNION ALL
            SELECT {PLACE}, NULL, 0, 0, lines, amount FROM premium_sum
            WHERE posting_id IN (SELECT id FROM posting WHERE live)
        ) AS both_sides
        GROUP BY {PLACE}
        HAVING sum(lines) <> sum(kept_lines) OR sum(amount) <> sum(kept_amount)
    ) AS unlike ORDER BY {PLACE} LIMIT {SHOWN}
"""
NUMBERED = f"""
    SELECT p.serial, p.person_id, p.region, k.person_id IS NOT NULL AS elsewhere,
           count(*) OVER () AS lines
    FROM premium AS p
    LEFT JOIN serial_key AS k ON k.form = :form AND k.serial = p.serial
    WHERE p.freed = 0 AND k.person_id IS DISTINCT FROM p.person_id
    ORDER BY p.serial, p.person_id LIMIT {SHOWN}
"""
TWICE = f"""
    SELECT person_id, kind, year, max(region) AS region, min(serial) AS first,
           max(serial) AS last, count(*) AS premiums, count(*) OVER () AS lines
    FROM premium WHERE freed = 0
    GROUP BY person_id, kind, year HAVING count(*) > 1
    ORDER BY person_id, kind, year LIMIT {SHOWN}
"""
NAME = """
    SELECT document.name FROM posting
    JOIN document ON document.id = posting.document_id WHERE posting.id = :posting
"""
