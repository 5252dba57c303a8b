"""F7: payments to institutions, one posting a bank transfer (P7), with 扣款 (P17).

In a province with an advance policy a row with 省内参保 or 外省参保 is the centre's (X3,
X5: desk/advances/away_payments.py); the others are a city's.
What is paid was said by a clearing first (`yibao clear … --kind institutions`). Where
the clearing's own voucher paid it, the line only proves that.
依据：劳社厅发〔2002〕6号 三；南府办发〔2022〕33号 第二十五条
"""

from __future__ import annotations

from collections import defaultdict
from typing import Sequence

from sqlalchemy import Connection

from desk.advances import away_payments
from desk.settlements.payment_checks import TITLES, Checking, Ground, Placed
from desk.taking import Desk, Taken, other_content, said
from importers.faults import Faults, Wrong
from ledger import postings
from ledger.documents import InstitutionPayment, SourceDocument, source_text
from ledger.money import NOTHING
from ledger.settlements import (
    institution_bills,
    institution_dues,
    institution_payments,
)
from ledger.vouchers import Posting
from posting_rules.entries import Share
from posting_rules.personal import documents_of
from posting_rules.policies import advance_policy
from posting_rules.settlement_vouchers import Told, vouchers
from posting_rules.uses import mode_of

EVENT, LINK = "institution-payment", "pay"


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Post new payments; what a clearing's own P7 paid is kept as its evidence."""
    if advance_policy(desk.province):
        away = [line for line in document.lines if line.away]
        if away:
            _refuse_mixed(document)
            return away_payments.take(connection, desk, document, document_id, away)
    _refuse_provinces(document)
    new = _new(connection, document)
    placed = _placed(connection, desk, document, new)
    transfers: dict[tuple, list[Placed]] = defaultdict(list)
    for one in placed:
        if not one.proof:
            transfers[one.line.payer_account, one.line.serial].append(one)
    made = [_posting(desk, document, lines) for lines in transfers.values()]
    ids = postings.record(
        connection, made, desk.actor, document_id=document_id, sha256=document.sha256
    )
    id_of = dict(zip(transfers, ids))
    institution_payments.keep(
        connection,
        document_id,
        [
            institution_payments.Taken(
                one.line,
                one.place,
                None if one.proof else id_of[one.line.payer_account, one.line.serial],
            )
            for one in placed
        ],
    )
    proofs = sum(one.proof for one in placed)
    return Taken(
        new=len(new),
        known=len(document.lines) - len(new),
        posting_ids=ids,
        warnings=lambda after: _told(proofs),
    )


def _refuse_mixed(document: SourceDocument) -> None:
    """A file is of the centre's payments or of a city's, not of both."""
    for line in document.lines:
        if not line.away:
            faults = Faults(document.name)
            why = "和外省参保都是空的，而表内有结算中心的拨付；结算中心的拨付要写明"
            why += "是为谁付的，统筹区自己的拨付请另作一个文件"
            faults.add(line.sheet, line.row, "省内参保", "", Wrong(why, "金额"))
            faults.stop()


def _refuse_provinces(document: SourceDocument) -> None:
    """A city's payment is told by fund alone (its key), not by province."""
    faults = Faults(document.name)
    for line in document.lines:
        if line.province:
            wrong = Wrong("只写在异地就医结算中心的拨付单上", "空")
            faults.add(line.sheet, line.row, "参保省份代码", line.province, wrong)
    faults.check()


def _told(proofs: int) -> list[str]:
    if not proofs:
        return []
    return [f"{proofs}行的结算款出结算单时已经入账（P7），登记为凭据，没有另作凭证"]


def _new(connection: Connection, document: SourceDocument) -> list[InstitutionPayment]:
    """The lines that are not known; one that is known with other content is refused."""
    known = institution_payments.known(connection, document.lines)
    transfers: dict[tuple, list] = defaultdict(list)
    for there in known.values():
        transfers[there.line.payer_account, there.line.serial].append(there)
    new = []
    for line in document.lines:
        there = known.get(institution_payments.key(line))
        if there is None:
            others = transfers.get((line.payer_account, line.serial))
            if others:
                _refuse_addition(document, line, others[0])
            new.append(line)
        elif _content(line) != _content(there.line):
            other_content(document, line, there, TITLES)
    return new


def _content(line: InstitutionPayment) -> tuple:
    return tuple(said(getattr(line, name)) for name in TITLES)


def _refuse_addition(document: SourceDocument, line, there) -> None:
    """A bank transfer that is known has no further fund."""
    faults = Faults(document.name)
    why = "属于已经入账的一笔转账（同一付款账号、交易流水号），原来没有这个险种"
    why += "；要更正请先冲销或退回原业务，再导入整笔转账"
    faults.add(line.sheet, line.row, "险种", line.fund, Wrong(why, there.line.fund))
    faults.stop()


def _placed(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    lines: Sequence[InstitutionPayment],
) -> list[Placed]:
    """Every new line with its place, checked against roster and clearing, in order."""
    faults = Faults(document.name)
    checking = Checking(desk, faults, _ground(connection, lines))
    placed = [one for line in lines if (one := checking.placed(line))]
    faults.check()
    return placed


def _ground(connection: Connection, lines: Sequence[InstitutionPayment]) -> Ground:
    """What the lines are checked against; the bills are read where one deducts."""
    codes = {line.institution for line in lines}
    asked = {str(line.period) for line in lines}
    deducting = [line for line in lines if line.deducted]
    return Ground(
        roster=institution_payments.roster(connection, codes),
        dues={due.key: due for due in institution_dues.dues(connection, periods=asked)},
        periods=institution_dues.periods(connection),
        pooled=institution_bills.pooled_at_home(
            connection,
            {str(line.period) for line in deducting},
            {line.institution for line in deducting},
        ),
        booked=institution_bills.booked_until(connection, asked, codes),
    )


def _posting(desk: Desk, document: SourceDocument, placed: list[Placed]) -> Posting:
    """P7 and P17 of one bank transfer."""
    line, place = placed[0].line, placed[0].place
    told = Told(
        dated=line.paid_on,
        occurred_on=line.paid_on,
        period=line.period,
        source=source_text(document.name, [one.line for one in placed]),
        evidence=line.serial,
    )
    shares = {
        event: [Share(one.line.fund, "", getattr(one.line, field)) for one in placed]
        for event, field in ((EVENT, "amount"), ("deduction", "deducted"))
    }
    made = []
    for event, parts in shares.items():
        if sum((share.amount for share in parts), NOTHING):
            words = {"mode": _mode(place)}
            made += vouchers(place, event, "payer", {"total": parts}, told, **words)
    unit = f"F7|{line.payer_account}|{line.serial}"
    return desk.dated(Posting(unit, LINK, "", EVENT, tuple(made)))


def _mode(place: str) -> str:
    """The part of 医保费用支出 that a deduction gives back: that of the first kind of
    cost (the form does not say of which kind the bills were)."""
    costs = next(document.costs for document in documents_of(place) if document.costs)
    return mode_of(place, next(iter(costs)))
