"""Claims: what a correction takes back beyond what is there (P22, reading 19).

A balance never goes below zero: the movement on 追回挂账 makes up what lacks, and the
account owes it. Whatever is added later pays it off by the same kind of movement,
below zero, in the same batch.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple, Sequence

from sqlalchemy import Connection, Date, bindparam, text

from ledger.errors import BookError
from ledger.money import NOTHING, from_fen

KIND = "追回挂账"
MAKE, RECOVER = "claim", "recover"
# Batches that take money away, whose balances are looked at before they count.
TAKING = ("correction", "make-up", "reversal", "payout", "change")
TAKING += ("settlement", "premium", "real-payout")


class Owed(NamedTuple):
    """Accounts whose claims a batch makes (above zero) or pays off (below)."""

    people: int = 0
    amount: Decimal = NOTHING


def make(connection: Connection, batch_id: int, region: str, dated: date) -> None:
    """Add a movement for every account that a batch would bring below zero.

    Also where a claim that the batch takes back was paid off meanwhile: what was
    paid is given back.
    """
    values = {"batch": batch_id, "region": region, "dated": dated, "kind": KIND}
    values |= {"act": MAKE, "serial": str(batch_id)}
    connection.execute(text(INSERT).bindparams(DATED), values)


def recover(connection: Connection, batch_id: int, region: str, dated: date) -> None:
    """Pay off claims from what a batch adds to their accounts, as far as it goes.

    Every batch that adds does so, before it is finished and before it makes claims.
    What drafts that wait for approval pay off is no longer owed.
    """
    values = {"batch": batch_id, "region": region, "dated": dated}
    values |= {"act": RECOVER, "serial": str(batch_id), "kind": KIND}
    connection.execute(text(PAY_OFF).bindparams(DATED), values)


def owed(connection: Connection, batch_id: int, act: str) -> Owed:
    """What a batch makes (MAKE) or pays off (RECOVER) of claims."""
    row = connection.execute(
        text(OWED), {"batch": batch_id, "kind": KIND, "act": act}
    ).one()
    return Owed(row.people, from_fen(row.amount))


def check(connection: Connection, batch, claimed: bool) -> None:
    """BookError when balances moved since a batch was made, so that it no longer fits.

    `claimed` says whether it has movements on 追回挂账; of a credit only these look at
    what was there before.
    """
    if batch.kind not in TAKING and not claimed:
        return
    misfits = connection.execute(
        text(MISFITS if batch.kind in TAKING else MISFITS_OF_CLAIMS),
        {"batch": batch.id, "kind": KIND, "act": MAKE},
    ).scalar_one()
    if misfits:
        raise BookError(
            f"有{misfits}个账户的余额在这份草稿之后变动，会低于零或与追回挂账不符；"
            "没有入账。请退回草稿（yibao voucher reject），再重新运行原来的命令"
        )


def count(connection: Connection, batch_id: int, kinds: Sequence) -> None:
    """Move the claims by what a batch has on 追回挂账."""
    if any(total.kind == KIND for total in kinds):
        connection.execute(text(COUNT), {"batch": batch_id, "kind": KIND})


DATED = bindparam("dated", type_=Date)
# What the batch leaves on each of its accounts, before claims of its own.
AFTER = """
    SELECT account.person_id, account.region,
           account.balance + moved.amount AS balance,
           account.claim + moved.claim AS claim
    FROM (
        SELECT person_id, region, CAST(sum(amount) AS bigint) AS amount,
               CAST(sum(CASE WHEN kind = :kind THEN amount ELSE 0 END) AS bigint)
                   AS claim
        FROM movement WHERE batch_id = :batch AND act <> :act {only}
        GROUP BY person_id, region
    ) AS moved
    JOIN account ON account.person_id = moved.person_id
                AND account.region = moved.region
"""
ALL = AFTER.format(only="")
OF_CLAIMS = AFTER.format(only="""AND person_id IN (
        SELECT person_id FROM movement WHERE batch_id = :batch AND kind = :kind
    )""")
LACKING = "CASE WHEN balance < claim THEN -balance ELSE -claim END"
INSERT = f"""
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id)
    SELECT person_id, '', :act, :serial, region, :dated, :kind, {LACKING}, :batch
    FROM ({ALL}) AS after WHERE (balance < 0 OR claim < 0) AND region = :region
"""
COUNT_MISFITS = f"""
    SELECT count(*) FROM ({{after}}) AS after
    LEFT JOIN movement AS made
      ON made.person_id = after.person_id AND made.period = '' AND made.act = :act
     AND made.batch_id = :batch AND made.region = after.region
    WHERE CASE WHEN balance < 0 OR claim < 0 THEN {LACKING} ELSE 0 END
          <> coalesce(made.amount, 0)
"""
MISFITS = COUNT_MISFITS.format(after=ALL)
MISFITS_OF_CLAIMS = COUNT_MISFITS.format(after=OF_CLAIMS)
# `+ 0` keeps SQLite from reading a whole batch for each account: the person's own
# movements are few.
PENDING = """
    SELECT CAST(sum(movement.amount) AS bigint) FROM movement
    WHERE movement.person_id = account.person_id AND movement.period = ''
      AND movement.kind = :kind AND movement.amount < 0
      AND movement.batch_id + 0 IN (
        SELECT id FROM batch
        WHERE state = 'draft' AND region = :region AND id <> :batch
      )
"""
OWN = """
    SELECT CAST(sum(movement.amount) AS bigint) FROM movement
    WHERE movement.person_id = account.person_id
      AND movement.region = account.region AND movement.batch_id + 0 = :batch {0}
"""
PAY_OFF = f"""
    INSERT INTO movement (person_id, period, act, serial, region, dated, kind, amount,
                          batch_id)
    SELECT person_id, '', :act, :serial, :region, :dated, :kind,
           -CASE WHEN owed < credited THEN owed ELSE credited END, :batch
    FROM (
        SELECT account.person_id, account.claim + coalesce(({PENDING}), 0)
                   + coalesce(({OWN.format("AND movement.kind = :kind")}), 0) AS owed,
               ({OWN.format("")}) AS credited
        FROM account WHERE account.claim > 0 AND account.region = :region
    ) AS owing
    WHERE owed > 0 AND credited > 0
"""
OWED = """
    SELECT count(*) AS people, CAST(coalesce(sum(amount), 0) AS bigint) AS amount
    FROM movement WHERE batch_id = :batch AND kind = :kind AND act = :act
"""
COUNT = """
    UPDATE account SET claim = account.claim + moved.amount
    FROM (
        SELECT person_id, region, CAST(sum(amount) AS bigint) AS amount
        FROM movement WHERE batch_id = :batch AND kind = :kind
        GROUP BY person_id, region
    ) AS moved
    WHERE account.person_id = moved.person_id AND account.region = moved.region
"""
