"""What was told late about bills and premiums that are settled: notes, no errors.

A binding ended before the bill, a death before it, an institution not designated on
its day: each was right as things were known then. Set-based: only what is late leaves
the database. A 流水号 is no personal data and names the line; people are masked unless
who asks may see them whole. What was given back wholly is put right and not told.
依据：皖医保中心〔2024〕39号 二（二）；劳社厅发〔2002〕6号 二、三
"""

from __future__ import annotations

from typing import Iterator

from sqlalchemy import Connection, text

from ledger.people.masks import masked_id
from ledger.settlements.premiums import OWN
from ledger.settlements.results import CHARGE, MADE_UP
from posting_rules.personal import clause
from reports.checks.findings import NOTE, Finding
from reports.checks.people import named, place

SHOWN = 20  # lines of a kind that are named one by one
BINDING, DEAD, PAYER, DESIGNATED = "binding", "dead", "payer", "designated"
NAMES = {
    BINDING: "事后绑定变动",
    DEAD: "事后登记死亡",
    PAYER: "事后登记授权人死亡",
    DESIGNATED: "事后定点变动",
}
CLAUSES = {BINDING: BINDING, DEAD: DEAD, PAYER: DEAD, DESIGNATED: DESIGNATED}
BACK = "多付的请由机构退费、冲正后导入门诊结算清单"
BACK_PREMIUM = "多付的请冲销它所在的凭证（yibao voucher reverse）"


def told_late(connection: Connection, unmasked: bool = False) -> Iterator[Finding]:
    """What stands against a binding, a death or the roster as they are known today."""
    asked = {"charge": CHARGE, "made_up": MADE_UP, "self": OWN}
    for row in connection.execute(text(LATE), asked).all():
        yield _finding(row, unmasked)


def _finding(row, unmasked: bool) -> Finding:
    of, person_id = row.kind, row.person_id
    if of in (BINDING, PAYER):
        person_id = row.other
    whole = person_id if unmasked else ""
    expected, found = _words(row)
    region = place(row.region)
    what = f"{row.form}{row.serial}（{row.at[:10]}，{region}）"
    if of == DESIGNATED:
        what, whole = f"{what}机构{row.other}", ""
    elif of == DEAD:
        what += named(person_id, row.region, unmasked)
    else:
        shown = person_id if unmasked else masked_id(person_id)
        what += f"授权人{shown}支付"
    remedy = BACK if row.form == "结算" else BACK_PREMIUM
    why = f"已结算的不会自动改动，请核实，{remedy}（{clause(row.region, CLAUSES[of])}）"
    if row.lines > 1:
        why += f"；共{row.lines}笔"
    if row.lines > SHOWN:
        why += f"，列出前{SHOWN}笔"
    book = f"{row.region}-city-agency"
    return Finding(NAMES[of], book, what, expected, found, "", NOTE, why, whole)


def _words(row) -> tuple[str, str]:
    """What should have been on the day, and what is known today."""
    if row.kind == BINDING:
        ended = f"已于{row.told}解绑" if row.told else "当时没有绑定"
        return "当时绑定有效", ended
    if row.kind == DESIGNATED:
        return "当日定点", "按现在的名册当日不是定点"
    return "当日在世", f"已于{row.told}死亡"


ADDS = "s.freed = 0 AND s.act IN (:charge, :made_up)"
BOUND = """binding.person_id = {0}.person_id AND binding.grantor_id = sh.payer_id
        AND binding.freed = 0 AND binding.bound_at <= {0}."at\""""
HOLDS = """(binding.unbound_at = '' OR {0}."at" < binding.unbound_at)"""
# When the latest binding ended, "" where none was there before.
ENDED = f"""coalesce((SELECT max(binding.unbound_at) FROM binding WHERE {BOUND}), '')"""
UNBOUND = f"""NOT EXISTS (
        SELECT 1 FROM binding WHERE {BOUND} AND {HOLDS})"""
OF_SHARE = """s.month = sh.month AND s.person_id = sh.person_id
       AND s.serial = sh.serial AND s.freed = sh.freed"""
OF_PREMIUM = """p.person_id = sh.person_id AND p.serial = sh.serial
       AND p.freed = sh.freed"""
BILL = """'结算' AS form, s.month, s.serial, s."at", s.region, s.person_id"""
PREMIUM = """'代缴保费' AS form, '' AS month, p.serial, p."at", p.region, p.person_id"""
# Of 补记 the payer stands for who was treated: no binding can be asked for.
LATE = f"""
    WITH dead AS MATERIALIZED (
        SELECT person_id, CAST(died_on AS text) AS died_on FROM person
        WHERE died_on IS NOT NULL
    ), odd AS MATERIALIZED (
        SELECT institution, day FROM (
            SELECT DISTINCT s.institution, substr(s."at", 1, 10) AS day
            FROM settlement AS s WHERE {ADDS} AND s.institution <> ''
        ) AS days WHERE NOT EXISTS (
            SELECT 1 FROM institution AS i
            WHERE i.code = days.institution AND CAST(i.from_day AS text) <= days.day
              AND (i.until_day IS NULL OR days.day <= CAST(i.until_day AS text)))
    ), late AS MATERIALIZED (
        SELECT '{BINDING}' AS kind, {BILL}, sh.payer_id AS other,
               {ENDED.format("s")} AS told, s.total
        FROM settlement_share AS sh JOIN settlement AS s ON {OF_SHARE}
        WHERE sh.freed = 0 AND sh.payer_id <> sh.person_id AND {ADDS}
          AND s.act = :charge AND {UNBOUND.format("s")}
        UNION ALL
        SELECT '{BINDING}', {PREMIUM}, sh.payer_id, {ENDED.format("p")}, p.amount
        FROM premium_share AS sh JOIN premium AS p ON {OF_PREMIUM}
        WHERE sh.freed = 0 AND sh.relation <> :self AND {UNBOUND.format("p")}
        UNION ALL
        SELECT '{DEAD}', {BILL}, '', dead.died_on, s.total
        FROM settlement AS s JOIN dead ON dead.person_id = s.person_id
        WHERE {ADDS} AND substr(s."at", 1, 10) > dead.died_on
          AND s.month >= (SELECT min(substr(died_on, 1, 7)) FROM dead)
        UNION ALL
        SELECT '{DEAD}', {PREMIUM}, '', dead.died_on, p.amount
        FROM premium AS p JOIN dead ON dead.person_id = p.person_id
        WHERE p.freed = 0 AND substr(p."at", 1, 10) > dead.died_on
        UNION ALL
        SELECT '{PAYER}', {BILL}, sh.payer_id, dead.died_on, s.total
        FROM settlement_share AS sh JOIN dead ON dead.person_id = sh.payer_id
        JOIN settlement AS s ON {OF_SHARE}
        WHERE sh.freed = 0 AND sh.payer_id <> sh.person_id AND {ADDS}
          AND substr(s."at", 1, 10) > dead.died_on
        UNION ALL
        SELECT '{PAYER}', {PREMIUM}, sh.payer_id, dead.died_on, p.amount
        FROM premium_share AS sh JOIN dead ON dead.person_id = sh.payer_id
        JOIN premium AS p ON {OF_PREMIUM}
        WHERE sh.freed = 0 AND sh.payer_id <> sh.person_id
          AND substr(p."at", 1, 10) > dead.died_on
        UNION ALL
        SELECT '{DESIGNATED}', {BILL}, s.institution, '', s.total
        FROM settlement AS s JOIN odd
          ON odd.institution = s.institution AND odd.day = substr(s."at", 1, 10)
        WHERE s.month IN (SELECT substr(day, 1, 7) FROM odd) AND {ADDS}
    ), given_back AS MATERIALIZED (
        SELECT person_id, original_month AS month, original AS serial,
               CAST(sum(total) AS bigint) AS total
        FROM settlement
        WHERE freed = 0 AND act NOT IN (:charge, :made_up)
          AND EXISTS (SELECT 1 FROM late)
        GROUP BY person_id, original_month, original
    )
    SELECT * FROM (
        SELECT late.kind, late.form, late.serial, late."at", late.region,
               late.person_id, late.other, late.told,
               count(*) OVER (PARTITION BY late.kind) AS lines,
               row_number() OVER (
                   PARTITION BY late.kind
                   ORDER BY late."at", late.serial, late.other) AS nth
        FROM late LEFT JOIN given_back AS back
          ON back.month = late.month AND back.person_id = late.person_id
         AND back.serial = late.serial
        WHERE late.total + coalesce(back.total, 0) > 0
    ) AS named WHERE nth <= {SHOWN} ORDER BY kind, nth
"""
