"""Lines, corrections and expenditure for tests of batches, straight into the tables.

What the forms G1 and G6 do in full stands here in its smallest shape, so that batches
are tested by themselves. Amounts are whole fen.
"""

from datetime import date
from typing import NamedTuple

from people_by_hand import LI, NANCHONG
from sqlalchemy import text

from desk.homes import put_setting
from desk.people.batch_posting import carry
from ledger.database import Home
from ledger.money import from_fen
from ledger.people import batches
from ledger.people.batches import NewBatch
from posting_rules.personal_vouchers import vouchers


class Row(NamedTuple):
    """A line of a month: the part for the account, 公务员补助, whether money came."""

    person_id: str
    month: str
    own: int = 10000
    credit_as: str = "在职"
    civil: int = 0
    ready: bool = True
    kind: str = "正常"
    region: str = NANCHONG


def set_figure(home: Home, value="3350.00", year=2021, region=NANCHONG, **how) -> None:
    name = f"average-pension-{year}"
    put_setting(home, LI, name, value, region=region, cite="公报", **how)


def lines(home: Home, *rows: Row) -> int:
    """A list with these rows, its people and accounts; the document's id."""
    with home.writing() as connection:
        document = connection.execute(
            text("SELECT coalesce(max(id), 0) + 1 FROM document")
        ).scalar()
        connection.execute(text(DOCUMENT), {"id": document, "sha": f"{document:064}"})
        for number, row in enumerate(rows, 3):
            values = {**row._asdict(), "document": document, "row": number}
            values["ready_id"] = document if row.ready else None
            connection.execute(text(LINE), values)
            connection.execute(text(PERSON), values)
            if row.credit_as:
                connection.execute(text(ACCOUNT), values)
    return document


def money_comes(home: Home, person_id: str, month: str) -> None:
    """到账日期 of a row that waited is told by another list."""
    document = lines(home)
    change(
        home,
        "UPDATE contribution_line SET ready_document_id = :document"
        " WHERE person_id = :id AND month = :month AND ready_document_id IS NULL",
        document=document,
        id=person_id,
        month=month,
    )


def retire(home: Home, person_id: str, month: str, region: str = NANCHONG) -> None:
    """Retired from a month on, told now: as form G1 notes it."""
    _told(home, person_id, month, "退休", region)
    change(
        home,
        "UPDATE person SET retired_from = :month WHERE person_id = :id",
        id=person_id,
        month=month,
    )


def die(home: Home, person_id: str, on: date, region: str = NANCHONG) -> None:
    """Died on a day, told now: as form G6 notes it."""
    first = date(on.year + on.month // 12, on.month % 12 + 1, 1)
    _told(home, person_id, f"{first:%Y-%m}", "", region)
    change(
        home,
        "UPDATE person SET died_on = date(:day) WHERE person_id = :id",
        id=person_id,
        day=str(on),
    )


def spend(home: Home, person_id: str, fen: int, region=NANCHONG, draft=False):
    """Money leaves an account (P14); the vouchers."""
    on = date(2023, 1, 1)
    with home.writing() as connection:
        batch_id = batches.start(
            connection, NewBatch("change", region, "", on), LI.by, LI.at
        )
        connection.execute(
            text(SPENT),
            {"id": person_id, "region": region, "fen": -fen, "batch": batch_id},
        )
        return carry(
            connection,
            batch_id,
            batches.totals(connection, batch_id),
            1,
            vouchers(
                region,
                "move-out",
                {"total": from_fen(fen)},
                dated=on,
                source="测试",
                words={"people": 1},
            ),
            unit=f"spend|{batch_id}",
            link="chg",
            event="change",
            actor=LI,
            draft=draft,
        ).vouchers


def change(home: Home, statement: str, **values) -> None:
    with home.writing() as connection:
        connection.execute(text(statement), values)


def _told(home, person_id, month, credit_as, region) -> None:
    values = {"id": person_id, "month": month, "as": credit_as}
    with home.writing() as connection:
        document = connection.execute(text("SELECT max(id) FROM document")).scalar()
        connection.execute(text(UNCREDITED), {**values, "document": document})
        connection.execute(
            text(CORRECTION),
            {**values, "reason": credit_as or "死亡", "region": region},
        )


DOCUMENT = """
    INSERT INTO document (id, form, name, sha256, stored, totalled, recorded_by,
                          recorded_at)
    VALUES (:id, 'G1', '清单.csv', :sha, '', FALSE, 'li', '2023-02-01T09:00:00+08:00')
"""
LINE = """
    INSERT INTO contribution_line (
        month, person_id, kind, freed, sheet, region, status, insured_as, retired_from,
        civil, own, credit_as, ready_document_id, document_id, row)
    VALUES (:month, :person_id, :kind, 0, '', :region,
        CASE :credit_as WHEN '退休' THEN '退休' ELSE '在职' END, '单位职工', '',
        :civil, :own, :credit_as, :ready_id, :document, :row)
"""
PERSON = """
    INSERT INTO person (person_id, name, born, region, status, insured_as, since,
                        retired_from, document_id, row)
    VALUES (:person_id, '张三', '', :region, '在职', '单位职工', :month, '',
            :document, :row)
    ON CONFLICT DO NOTHING
"""
ACCOUNT = """
    INSERT INTO account (person_id, region, balance, claim, state)
    VALUES (:person_id, :region, 0, 0, 'open') ON CONFLICT DO NOTHING
"""
UNCREDITED = """
    UPDATE contribution_line SET credit_as = :as,
        ready_document_id = coalesce(ready_document_id, :document)
    WHERE person_id = :id AND month >= :month AND credit_as <> '' AND NOT EXISTS (
        SELECT 1 FROM movement WHERE movement.person_id = contribution_line.person_id
          AND movement.period = contribution_line.month AND movement.act = 'credit'
          AND movement.batch_id IN (
              SELECT id FROM batch WHERE state IN ('draft', 'counted'))
    )
"""
CORRECTION = """
    INSERT INTO correction (person_id, from_month, reason, region, document_id, row)
    VALUES (:id, :month, :reason, :region, 0, 0)
    ON CONFLICT DO NOTHING
"""
SPENT = """
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id)
    VALUES (:id, '', 'move-out', CAST(:batch AS varchar), :region, date('2023-01-01'),
            '转出', :fen, :batch)
"""
