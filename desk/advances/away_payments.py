"""F7 of the centre: institutions are paid for treatment away from home (X3, X5).

A row that says for whose people it is (省内参保, 外省参保) is the centre's; each bank
transfer is one posting. 扣款 makes no entry: it comes back by 冲减 in a later clearing.
依据：黔人社厅通〔2017〕204号 附件一 二（二）、三（一）
"""

from __future__ import annotations

from collections import defaultdict
from typing import Sequence

from sqlalchemy import Connection

from desk.advances.province_sharing import Provinces, overdrawn
from desk.settlements.payment_checks import TITLES as PAYMENT_TITLES
from desk.settlements.payment_checks import in_force
from desk.taking import Desk, Taken, other_content, same_text
from importers.faults import Faults, Wrong
from ledger import postings, regions, sources
from ledger.advances import province_shares
from ledger.advances.province_shares import FORM, Shared
from ledger.documents import (
    AwayPayment,
    InstitutionPayment,
    SourceDocument,
    source_text,
)
from ledger.errors import RuleError
from ledger.money import NOTHING
from ledger.settlements import institution_payments
from ledger.sources import AWAY
from ledger.vouchers import Posting
from posting_rules.away_payments import posting

TITLES = PAYMENT_TITLES | {
    "institution_name": "机构名称",
    "at_home": "省内参保",
    "elsewhere": "外省参保",
}
TITLES = {name: TITLES[name] for name in TITLES if name in AwayPayment._fields}


def take(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    document_id: int,
    lines: Sequence[InstitutionPayment],
) -> Taken:
    """Post the new ones of the centre's lines, with each province's part kept."""
    new = _new(connection, document, [_away(line) for line in lines])
    shares = _checked(connection, desk, document, new)
    id_of = _record(connection, desk, document, document_id, shares)
    line_ids = sources.insert_lines(
        connection, AWAY, document_id, new, [(id_of.get(_transfer(x)),) for x in new]
    )
    province_shares.keep(
        connection, "F7", {i: shares[line] for i, line in zip(line_ids, new)}
    )
    book = f"{desk.policy.province}-centre"
    named = {share.province for each in shares.values() for share in each}
    return Taken(
        new=len(new),
        known=len(lines) - len(new),
        posting_ids=list(id_of.values()),
        warnings=lambda after: overdrawn(after, book, sorted(named)),
    )


def _record(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    document_id: int,
    shares: dict[AwayPayment, list[Shared]],
) -> dict[tuple[str, str], int]:
    """Record the bank transfers of some lines; their postings' ids."""
    transfers: dict[tuple[str, str], list[AwayPayment]] = defaultdict(list)
    for line in shares:
        transfers[_transfer(line)].append(line)
    made = {
        key: one
        for key, lines in transfers.items()
        if (one := _posting(desk, document, lines, shares))
    }
    ids = postings.record(
        connection,
        list(made.values()),
        desk.actor,
        document_id=document_id,
        sha256=document.sha256,
    )
    return dict(zip(made, ids))


def _away(line: InstitutionPayment) -> AwayPayment:
    told = {name: getattr(line, name) for name in AwayPayment._fields}
    told["at_home"] = line.at_home or NOTHING
    told["elsewhere"] = line.elsewhere or NOTHING
    return AwayPayment(**told)


def _new(
    connection: Connection, document: SourceDocument, lines: Sequence[AwayPayment]
) -> list[AwayPayment]:
    """The lines that are not known; one that is known with other content is refused."""
    known = {}
    serials = {line.serial for line in lines}
    for row in sources.known_lines(connection, AWAY, "serial", serials):
        known[_key(row.line)] = row
    transfers = {_transfer(row.line): row for row in known.values()}
    new = []
    for line in lines:
        there = known.get(_key(line))
        if there is None:
            if other := transfers.get(_transfer(line)):
                _refuse_addition(document, line, other.line)
            new.append(line)
        elif same_text(line) != same_text(there.line):
            other_content(document, line, there, TITLES)
    return new


def _refuse_addition(document: SourceDocument, line, there) -> None:
    faults = Faults(document.name)
    why = "属于已经入账的一笔转账（同一付款账号、交易流水号），原来没有这一行"
    why += "；要更正请先冲销或退回原业务，再导入整笔转账"
    faults.add(line.sheet, line.row, "险种", line.fund, Wrong(why, there.fund))
    faults.stop()


def _checked(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    lines: Sequence[AwayPayment],
) -> dict[AwayPayment, list[Shared]]:
    """Each line's parts by province; any fault refuses the file."""
    faults = Faults(document.name)
    roster = institution_payments.roster(connection, {x.institution for x in lines})
    provinces = Provinces(connection, f"{desk.policy.province}-centre")
    shares = {}
    for line in lines:
        try:
            _check(desk, line, roster.get(line.institution, ()))
            shares[line] = _shares(desk, provinces, line)
        except _At as at:
            faults.add(line.sheet, line.row, at.column, at.found, at.wrong)
    faults.check()
    return shares


def _check(desk: Desk, line: AwayPayment, rows: Sequence) -> None:
    """A payment has been made; an institution that the roster knows is paid to its
    account there."""
    if line.paid_on > desk.actor.on:
        why = f"晚于今天（{desk.actor.on}），还没有付款"
        raise _At("付款日期", line.paid_on, Wrong(why, f"不晚于{desk.actor.on}"))
    known = in_force(rows, line).payee_account if rows else ""
    if known and line.payee_account and known != line.payee_account:
        why = "与名册登记的收款账号不同；请核对，名册有变动请先导入名册"
        raise _At("收款账号", line.payee_account, Wrong(why, known))


def _shares(desk: Desk, provinces: Provinces, line: AwayPayment) -> list[Shared]:
    if line.province:
        other = line.province != desk.policy.province
        if not other or regions.level(line.province) != "province":
            found = f"{line.province}（{regions.name(line.province)}）"
            wrong = Wrong("不是外省的省级代码", "外省的省级代码，如440000")
            raise _At("参保省份代码", found, wrong)
        return [Shared(line.province, FORM, line.elsewhere)]
    if not line.elsewhere:
        return []
    try:
        return provinces.shared(line.elsewhere, line.fund, line.period, line.paid_on)
    except Wrong as wrong:
        raise _At("外省参保", line.elsewhere, wrong) from None


def _posting(
    desk: Desk,
    document: SourceDocument,
    lines: list[AwayPayment],
    shares: dict[AwayPayment, list[Shared]],
) -> Posting | None:
    """X3 and X5 of one bank transfer; None where all of it was deducted."""
    others = [(line.fund, part) for line in lines for part in shares[line]]
    source = source_text(document.name, lines)
    try:
        made = posting(desk.policy, lines, others, source, desk.reading)
    except RuleError as error:
        faults, first = Faults(document.name), lines[0]
        wrong = Wrong(f"不在政策适用期内：{error}", "政策适用期内的一天")
        faults.add(first.sheet, first.row, "付款日期", first.paid_on, wrong)
        faults.stop()
    return desk.dated(made) if made else None


def _key(line) -> tuple:
    return line.payer_account, line.serial, line.fund, line.province


def _transfer(line) -> tuple[str, str]:
    return line.payer_account, line.serial


class _At(Exception):
    """What is wrong with a line: in which column, what was found there, why."""

    def __init__(self, column: str, found, wrong: Wrong):
        super().__init__(column)
        self.column, self.found, self.wrong = column, found, wrong
