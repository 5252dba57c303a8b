"""F1: bank transfers, one posting a leg: paid, and received once it arrived."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from itertools import chain
from operator import attrgetter
from typing import NoReturn, Sequence

from sqlalchemy import Connection

from desk.advances import cash_clearing, import_bounces
from desk.advances.funding_shares import as_shares, shares_of
from desk.advances.import_bounces import is_bounce
from desk.taking import Desk, Taken, place_of
from desk.transfer_completion import check_shared, completes, line_key
from ledger import postings, regions, settings, sources
from ledger.advances import province_shares
from ledger.advances.province_shares import Shared
from ledger.documents import SourceDocument, Transfer, source_text
from ledger.errors import Fault, RuleError, SourceError
from ledger.sources import KnownLine
from ledger.vouchers import Posting
from posting_rules.transfers import (
    PAID,
    RECEIVED,
    RETURN,
    Move,
    classify,
    is_funding,
    posting_of_leg,
    unit,
)


def take(
    connection: Connection, desk: Desk, document: SourceDocument, document_id: int
) -> Taken:
    """Post new transfers, and the received half of those that arrived since."""
    document, told = import_bounces.leave_told(connection, desk.policy, document)
    new, completed, count = _sorted_out(connection, document)
    bounced = [lines for lines in new if is_bounce(desk.policy, lines)]
    new = [lines for lines in new if not is_bounce(desk.policy, lines)]
    import_bounces.refuse_arrived(connection, document, completed)
    _check_books_kept(connection, document, new)
    cash_clearing.check(connection, desk, document, chain(*new))
    others = shares_of(connection, desk, document, chain(*new))
    kept = _kept_shares(connection, desk, completed)
    made = _new_postings(desk, document, new, others)
    late = [_late_posting(desk, document, *group, kept) for group in completed]
    every = [posting for pair in made for posting in pair if posting] + [
        posting for posting in late if posting
    ]
    ids = postings.record(
        connection,
        every,
        desk.actor,
        document_id=document_id,
        sha256=document.sha256,
    )
    id_of = dict(zip(((posting.unit, posting.leg) for posting in every), ids))
    lines = [line for group in new for line in group]
    _keep(connection, document_id, lines, id_of, others)
    _complete(connection, document_id, completed, id_of)
    ids += import_bounces.take(connection, desk, document, document_id, bounced)
    filled = sum(len(group) for group, _ in completed)
    return Taken(
        new=len(lines) + sum(map(len, bounced)),
        known=count + told - filled,
        completed=filled,
        posting_ids=ids,
    )


def _keep(
    connection: Connection,
    document_id: int,
    lines: list[Transfer],
    id_of: dict[tuple[str, str], int],
    others: dict[Transfer, list[Shared]],
) -> None:
    """Keep new lines with their postings and, of X2, the provinces' parts."""
    line_ids = sources.insert_lines(
        connection,
        "F1",
        document_id,
        lines,
        [
            (id_of.get((unit(line), PAID)), id_of.get((unit(line), RECEIVED)))
            for line in lines
        ],
    )
    shares = {i: others[line] for i, line in zip(line_ids, lines) if line in others}
    province_shares.keep(connection, "F1", shares)


def _sorted_out(connection: Connection, document: SourceDocument) -> tuple[
    list[list[Transfer]],
    list[tuple[list[Transfer], dict[tuple, KnownLine]]],
    int,
]:
    """Transfers that are new, known ones that arrived since, and how many rows are
    known."""
    known: dict[str, dict[tuple, KnownLine]] = defaultdict(dict)
    for row in sources.known_lines(
        connection, "F1", "serial", {line.serial for line in document.lines}
    ):
        known[unit(row.line)][line_key(row.line)] = row
    units: dict[str, list[Transfer]] = defaultdict(list)
    for line in document.lines:
        units[unit(line)].append(line)
    new: list[list[Transfer]] = []
    completed: list[tuple[list[Transfer], dict[tuple, KnownLine]]] = []
    count = 0
    _refuse_half_named(document, [rows[0] for rows in units.values()], known)
    for key, lines in units.items():
        there = known.get(key)
        if there is None:
            new.append(lines)
        else:
            count += len(lines)
            if completes(document, lines, there):
                completed.append((lines, there))
    return new, completed, count


def _check_books_kept(
    connection: Connection, document: SourceDocument, new: Sequence[list[Transfer]]
) -> None:
    """Refuse an advance of a county whose books had ended by then (reading 8).

    What comes back to it (退回) is still booked: that is how its books run out.
    """
    if not settings.is_set(connection, "county-books"):
        return
    for line in (line for group in new for line in group):
        for county in (line.payer, line.payee):
            if line.nature == RETURN or regions.level(county) != "county":
                continue
            kept = settings.value(connection, "county-books", line.paid_on, county)
            if kept == "ended":
                _refuse_ended(document, line, county)


def _refuse_ended(document: SourceDocument, line: Transfer, county: str) -> NoReturn:
    column = "付款方代码" if county == line.payer else "收款方代码"
    found = f"{county}（{regions.name(county)}）"
    expected = "账套还在的县区；市级统筹后由市州划拨（设置 county-books）"
    message = (
        f"{place_of(document, line)}：{column}“{found}”的账套"
        f"在{line.paid_on}已经结束，应为{expected}"
    )
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )


def _kept_shares(
    connection: Connection,
    desk: Desk,
    completed: Sequence[tuple[list[Transfer], dict[tuple, KnownLine]]],
) -> dict[Transfer, list[Shared]]:
    """The shares of known X2 lines that are completed now (a return that arrived)."""
    known = {
        line: there[line_key(line)].id
        for lines, there in completed
        for line in lines
        if is_funding(desk.policy, line)
    }
    kept = province_shares.of_lines(connection, "F1", list(known.values()))
    return {line: kept.get(line_id, []) for line, line_id in known.items()}


def _new_postings(
    desk: Desk,
    document: SourceDocument,
    groups: Sequence[list[Transfer]],
    others: dict[Transfer, list[Shared]],
) -> list[tuple[Posting | None, Posting | None]]:
    made = []
    for lines in groups:
        check_shared(document, lines)
        received = None
        if lines[0].received_on is not None:
            received = _posting(desk, document, lines, RECEIVED, others)
        made.append((_posting(desk, document, lines, PAID, others), received))
    return made


def _late_posting(
    desk: Desk,
    document: SourceDocument,
    lines: list[Transfer],
    there: dict[tuple, KnownLine],
    others: dict[Transfer, list[Shared]],
) -> Posting | None:
    """What waited for 到账日期; None when only 收款流水号 is filled in."""
    if lines[0].received_on is None or there[line_key(lines[0])].line.received_on:
        return None
    return _posting(desk, document, lines, RECEIVED, others)


def _posting(
    desk: Desk,
    document: SourceDocument,
    lines: list[Transfer],
    leg: str,
    others: dict[Transfer, list[Shared]],
) -> Posting | None:
    """A leg's posting; `others` has the other provinces' parts of X2 lines."""
    moves: list[Move] = [
        classify(desk.policy, line)._replace(
            others=as_shares(line, others.get(line, ()))
        )
        for line in lines
    ]
    try:
        made = posting_of_leg(
            desk.policy,
            moves,
            leg,
            reading=desk.reading,
            source=partial(source_text, document.name),
        )
    except RuleError as error:
        line = lines[0]
        column = "付款日期" if leg == PAID else "到账日期"
        found = str(line.paid_on if leg == PAID else line.received_on)
        expected = "政策适用期内的一天"
        message = (
            f"{place_of(document, line)}：{column}“{found}”，"
            f"应为{expected}：{error}"
        )
        raise SourceError(
            message,
            [Fault(line.sheet, line.row, column, found, expected, message)],
        ) from error
    return desk.dated(made) if made else None


def _complete(
    connection: Connection,
    document_id: int,
    completed: Sequence[tuple[list[Transfer], dict[tuple, KnownLine]]],
    id_of: dict[tuple[str, str], int],
) -> None:
    """Fill in what known rows were waiting for."""
    for group, there in completed:
        for line in group:
            before = there[line_key(line)]
            sources.complete_lines(
                connection,
                "F1",
                [before.id],
                document_id,
                received_on=line.received_on or before.line.received_on,
                received_serial=line.received_serial or before.line.received_serial,
                received_posting_id=id_of.get(
                    (unit(line), RECEIVED), before.posting_ids[1]
                ),
            )


def _refuse_half_named(
    document: SourceDocument,
    firsts: Sequence[Transfer],
    known: dict[str, dict[tuple, KnownLine]],
) -> None:
    """One 流水号 with and without 付款账号 is one transfer told twice, never two."""
    same = attrgetter("serial", "payer", "payee", "paid_on")
    standing = [next(iter(rows.values())).line for rows in known.values()]
    others = {same(line): line for line in standing}
    for line in firsts:
        other = others.setdefault(same(line), line)
        if bool(other.payer_account) != bool(line.payer_account):
            found, expected = line.payer_account or "空", other.payer_account or "空"
            message = (
                f"{place_of(document, line)}：付款账号“{found}”，"
                f"而同一付款方、收款方、日期和流水号“{line.serial}”的划拨写作"
                f"“{expected}”；请写成一样"
            )
            fault = Fault(line.sheet, line.row, "付款账号", found, expected, message)
            raise SourceError(message, [fault])
