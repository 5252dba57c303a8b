"""What stands in place of the rows behind a voucher where these are people's.

Bills (G3) and premiums (G5) are one row a person: nobody's own figures in the web.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from reports.source_rows import source_posting

LINES = {"G3": "门诊结算", "G5": "代缴保费"}


def source_note(connection: Connection, voucher_id: int) -> str:
    """How many rows of which file a voucher comes from; "" where they can be shown.

    A reversal tells of its original. What `match` did names the other side's list.
    """
    posting = source_posting(connection, voucher_id)
    form, *_ = posting.unit.split("|")
    if form not in LINES:
        return ""
    asked = {"posting": posting.id}
    count = connection.execute(text(COUNTS[form]), asked).scalar_one()
    found = connection.execute(text(FILE), asked).scalar()
    file = f"“{found}”的" if found else ""
    return (
        f"来自{file}{LINES[form]}{count}行。逐行涉及个人，网页不列出；"
        "要查一笔请用 yibao settlement 流水号。"
    )


COUNTS = {
    "G3": """
        SELECT count(*) FROM batch JOIN settlement
          ON settlement.month = batch.period AND settlement.batch_id = batch.id
        WHERE batch.posting_id = :posting
    """,
    "G5": "SELECT count(*) FROM premium WHERE posting_id = :posting",
}
FILE = """
    SELECT document.name FROM posting JOIN document
      ON document.id = posting.document_id
    WHERE posting.id = :posting
"""
