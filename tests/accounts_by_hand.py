"""Accounts and batches by hand, whole with documents and vouchers, for reports.

Everything that a batch needs is written as crediting and the lists of changes write
it: people, accounts, lines, movements, control totals, and the vouchers beside them.
"""

from datetime import date
from decimal import Decimal

from sqlalchemy import insert, select, text

from ledger import postings
from ledger.book_files import print_changed
from ledger.database import Home, next_id
from ledger.people import batches
from ledger.people.batches import ACCOUNT, MOVEMENT, NewBatch
from ledger.people.tables import ContributionLine, Person, PersonState
from ledger.periods import Month
from ledger.postings import BY_RULE, Actor
from ledger.schema import Document
from ledger.vouchers import Posting
from posting_rules.personal_vouchers import vouchers

LI = Actor("li", "2023-02-01T09:00:00+08:00")
NANCHONG = "511300"
ZHANG, WANG_ID = "P0000000001", "P0000000002"
EVENTS = {  # kind of movement: event, entry
    "上年结余": ("account-opening", "P21"),
    "在职计入": ("credit", "P2"),
    "退休划入": ("credit", "P3"),
    "转入": ("move-in", "P14"),
    "转出": ("move-out", "P14"),
    "继承": ("inheritance", "P14"),
    "追回挂账": ("claim", "P22"),
}


def yuan(text_of) -> Decimal:
    return Decimal(text_of).quantize(Decimal("0.01"))


def document(connection, name: str, form: str = "G1") -> int:
    """A source document that nobody imported; its hash is its name's."""
    id = next_id(connection, Document.__table__)
    connection.execute(
        insert(Document.__table__).values(
            id=id,
            form=form,
            name=name,
            sha256=name.ljust(64, "0")[:64],
            stored=f"documents/{name}",
            totalled=False,
            recorded_by="li",
            recorded_at=LI.at,
        )
    )
    return id


def person(
    home: Home,
    person_id: str = ZHANG,
    name: str = "张三",
    born: str = "1980-05",
    status: str = "在职",
    region: str = NANCHONG,
    base: str = "5000",
    since: str = "2023-01",
    document_id: int = 1,
) -> None:
    """A person with an open, empty account in the region."""
    state = {
        "person_id": person_id,
        "region": region,
        "status": status,
        "insured_as": "单位职工",
        "base": yuan(base) if base else None,
        "document_id": document_id,
        "row": 2,
    }
    with home.writing() as connection:
        connection.execute(
            insert(Person.__table__).values(
                **state, name=name, born=born, since=since, retired_from=""
            )
        )
        connection.execute(
            insert(PersonState.__table__).values(**state, from_month=since)
        )
        connection.execute(
            insert(ACCOUNT).values(
                person_id=person_id,
                region=region,
                balance=Decimal(0),
                claim=Decimal(0),
                state="open",
            )
        )


def contributed(home: Home, name: str, month: str, rows: list, region=NANCHONG) -> int:
    """Lines of a G1 whose money is there, rows of (person, base), and their P1."""
    with home.writing() as connection:
        document_id = document(connection, name)
        total = Decimal(0)
        for number, (person_id, base) in enumerate(rows, 2):
            own = (yuan(base) * Decimal("0.02")).quantize(Decimal("0.01"))
            total += own
            connection.execute(
                insert(ContributionLine.__table__).values(
                    month=month,
                    person_id=person_id,
                    kind="正常",
                    freed=0,
                    sheet="明细",
                    region=region,
                    status="在职",
                    insured_as="单位职工",
                    base=yuan(base),
                    employer=yuan("300"),
                    personal=own,
                    received_on=date(2023, 1, 15),
                    retired_from="",
                    own=own,
                    credit_as="在职",
                    ready_document_id=document_id,
                    document_id=document_id,
                    row=number,
                )
            )
        amounts = {"own": total, "pooled": yuan("300") * len(rows)}
        amounts["total"] = sum(amounts.values())
        made = vouchers(
            region,
            "contribution",
            amounts,
            dated=date(2023, 1, 15),
            period=Month(int(month[:4]), int(month[5:])),
            source=name,
        )
        unit = Posting(f"G1|{region}|{name}", "con", "", "contribution", tuple(made))
        ids = postings.record(connection, [unit], LI, document_id=document_id)
        postings.approve(connection, ids, Actor(BY_RULE, LI.at))
    print_changed(home)
    return document_id


def batch(
    home: Home,
    kind_of_batch: str,
    moved: list[tuple],
    dated: date = date(2023, 1, 31),
    period: str = "2023-01",
    region: str = NANCHONG,
    document_id: int | None = None,
    approve: bool = True,
    **more,
) -> int:
    """A batch of (person, kind, amount) with its vouchers; drafts without approval.

    `more` goes into every movement: act, institution, category …
    """
    with home.writing() as connection:
        taken = (document_id,) if document_id else ()
        new = NewBatch(kind_of_batch, region, period, dated, document_ids=taken)
        batch_id = batches.start(connection, new, LI.by, LI.at)
        for number, (person_id, kind, amount) in enumerate(moved, 2):
            row = {
                "person_id": person_id,
                "period": period,
                "act": kind_of_batch,
                "serial": f"{batch_id}{kind}",
                "region": region,
                "dated": dated,
                "kind": kind,
                "amount": yuan(amount),
                "batch_id": batch_id,
                "document_id": document_id,
                "row": number if document_id else None,
            }
            connection.execute(insert(MOVEMENT).values(**{**row, **more}))
        kinds = batches.totals(connection, batch_id)
        made = []
        for total in kinds:
            event, entry = EVENTS[total.kind]
            side = -1 if event in ("move-out", "inheritance") else 1
            made += vouchers(
                region,
                event,
                {"total": total.amount * side},
                id=entry,
                dated=dated,
                period=Month(dated.year, dated.month),
                source="手工",
                words={"people": total.people, "cutoff": "2022-12-31"},
            )
        unit = Posting(
            f"{kind_of_batch}|{batch_id}", "crd", "", kind_of_batch, tuple(made)
        )
        ids = postings.record(connection, [unit], LI)
        people = len({person_id for person_id, *_ in moved})
        batches.finish(connection, batch_id, kinds, people, ids[0])
        if approve:
            postings.approve(connection, ids, Actor(BY_RULE, LI.at))
    print_changed(home)
    return batch_id


def run(home: Home, statement: str, **values) -> None:
    """Change rows behind the program's back."""
    with home.writing() as connection:
        connection.execute(text(statement), values)


def disclosures(home: Home) -> list[tuple]:
    from ledger.people.tables import Disclosure

    with home.reading() as connection:
        rows = connection.execute(select(Disclosure.__table__)).all()
    return [(row.by, row.report, row.person_id) for row in rows]
