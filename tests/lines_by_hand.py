"""The lines behind sums that a test writes by hand, one a bill.

institution_sum and settlement_sum are what tests of clearing start from; a clearing
asks the lines themselves for what the sums do not say.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import String, insert

from ledger.database import next_id
from ledger.people.tables import Batch
from ledger.schema import Fen
from ledger.settlements.tables import Settlement

BATCH, LINE = Batch.__table__, Settlement.__table__
NOTHING = Decimal("0.00")
FEN = Decimal("0.01")
MONEY = ("pooled", "other", "own", "shared")


def bills(connection, posting_id: int, month: str, place: str, **told) -> None:
    """`lines` bills of a posting that add up to the amounts; the first has all but a
    fen of each other's. `told` is what a line says besides: region, fund, money."""
    count = told.pop("lines", 1)
    money = {name: told.pop(name, NOTHING) for name in MONEY}
    region = told.pop("region", place)
    batch_id = _batch(connection, posting_id, month, region)
    fens = {name: FEN if amount else NOTHING for name, amount in money.items()}
    first = {name: money[name] - (count - 1) * fens[name] for name in MONEY}
    connection.execute(
        insert(LINE),
        [
            _line(
                serial=f"B{posting_id}-{batch_id}-{number}",
                month=month,
                place=place,
                region=region,
                batch_id=batch_id,
                **(fens if number else first),
                **told,
            )
            for number in range(count)
        ],
    )


def _batch(connection, posting_id: int, month: str, region: str) -> int:
    """A batch of its own, so that serials differ."""
    batch_id = next_id(connection, BATCH)
    connection.execute(
        insert(BATCH).values(
            id=batch_id,
            kind="settlement",
            region=region,
            period=month,
            dated=date.fromisoformat(f"{month}-28"),
            people=0,
            total=NOTHING,
            policy="",
            figures="{}",
            sources="",
            state="draft",
            posting_id=posting_id,
            made_by="li",
            made_at="",
        )
    )
    return batch_id


def _line(**told) -> dict:
    line = {
        "person_id": "P0000000001",
        "at": f"{told['month']}-28 10:00:00",
        "fund": "310",
        "channel": "联网",
        "act": "收费",
        "status": "在职",
        "category": "普通门诊",
        "institution": "",
        "freed": 0,
        "document_id": 0,
        "row": 1,
    }
    for column in LINE.c:
        empty = "" if isinstance(column.type, String) else False
        if isinstance(column.type, Fen):
            empty = NOTHING
        line.setdefault(column.name, empty)
    return {**line, **told}
