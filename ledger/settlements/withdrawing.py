"""Withdrawing registers of bills: bindings (G4) and institutions (G10).

Refused while a bill or a premium stands on what would go.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from ledger.errors import BookError
from ledger.settlements import institutions, months


def bindings(connection: Connection, document_id: int, freed: int) -> int:
    """Free a document's bindings and take its unbindings back; says how many rows.

    Relatives whom it registered go where nothing else names them.
    """
    values = {"document": document_id}
    months.keep(connection)
    for statement in (USED_BY_BILL, USED_BY_PREMIUM):
        if connection.execute(text(statement), values).first() is not None:
            raise BookError(
                f"原始凭证{document_id}绑定的家庭共济账户已经支付过医药费用或保费，不能撤回；"
                "请先冲销那些清单的凭证，或以解绑结束绑定"
            )
    ended = connection.execute(text(BOUND_AGAIN), values).rowcount
    made = connection.execute(text(FREE), {**values, "freed": freed}).rowcount
    if connection.execute(text(OVERLAPPING)).first() is not None:
        raise BookError(
            f"原始凭证{document_id}解绑的人后来又重新绑定，不能撤回；"
            "请先撤回登记后一次绑定的表格"
        )
    connection.execute(text(FORGET), values)
    return made + ended


def designations(connection: Connection, document_id: int) -> int:
    """Delete a document's designations; says how many there were."""
    code = institutions.settled_by(connection, document_id)
    if code is not None:
        raise BookError(
            f"已有结算清单在原始凭证{document_id}登记的定点期内使用机构{code}，不能撤回；"
            "请先冲销那些清单的凭证，或以定点止结束定点"
        )
    return institutions.withdraw(connection, document_id)


USED_BY_BILL = f"""
    SELECT 1 FROM binding CROSS JOIN {months.TABLE} AS m
    JOIN settlement_share AS paid
      ON paid.month = m.month AND paid.person_id = binding.person_id
     AND paid.payer_id = binding.grantor_id AND paid.freed = 0
    WHERE binding.document_id = :document AND binding.freed = 0
      AND m.month >= substr(binding.bound_at, 1, 7)
    LIMIT 1
"""
USED_BY_PREMIUM = """
    SELECT 1 FROM binding
    JOIN premium_share AS paid
      ON paid.person_id = binding.person_id AND paid.payer_id = binding.grantor_id
     AND paid.freed = 0
    JOIN premium
      ON premium.person_id = paid.person_id AND premium.serial = paid.serial
     AND premium.freed = 0 AND premium.at >= binding.bound_at
    WHERE binding.document_id = :document AND binding.freed = 0
    LIMIT 1
"""
BOUND_AGAIN = """
    UPDATE binding SET unbound_at = '', unbound_document_id = NULL, unbound_row = NULL
    WHERE unbound_document_id = :document AND freed = 0
"""
FREE = """
    UPDATE binding SET freed = :freed WHERE document_id = :document AND freed = 0
"""
OVERLAPPING = """
    SELECT 1 FROM binding AS one
    JOIN binding AS other
      ON other.person_id = one.person_id AND other.grantor_id = one.grantor_id
     AND other.freed = 0 AND other.bound_at > one.bound_at
    WHERE one.freed = 0 AND (one.unbound_at = '' OR one.unbound_at > other.bound_at)
    LIMIT 1
"""
# Nobody else's words: no roster, binding or line of theirs.
FORGET = """
    DELETE FROM person
    WHERE document_id = :document AND fund <> '' AND since = ''
      AND person_id NOT IN (SELECT person_id FROM binding WHERE freed = 0)
      AND person_id NOT IN (SELECT person_id FROM account)
      AND person_id NOT IN (SELECT person_id FROM settlement)
      AND person_id NOT IN (SELECT person_id FROM premium)
"""
LIVE_BINDINGS = """
    SELECT document_id, count(*) AS lines, 1 AS bare FROM (
        SELECT document_id FROM binding WHERE freed = 0
        UNION ALL
        SELECT unbound_document_id FROM binding
        WHERE freed = 0 AND unbound_document_id IS NOT NULL
    ) AS said GROUP BY document_id
"""
LIVE_DESIGNATIONS = """
    SELECT document_id, count(*) AS lines, 1 AS bare FROM institution
    GROUP BY document_id
"""
