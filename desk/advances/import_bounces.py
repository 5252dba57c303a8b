"""X11 told by F1: 退回 with 退汇 or 退票 in 备注 sends a transfer back that never arrived.

A bounce that a statement (F6) has brought already is known.
"""

from __future__ import annotations

from typing import NoReturn, Sequence

from sqlalchemy import Connection

from desk.advances import bouncing
from desk.taking import Desk, place_of
from desk.transfer_completion import check_shared
from ledger import postings
from ledger.advances import bounces
from ledger.advances.bank_accounts import same_number
from ledger.advances.bounces import LINE, Back, Original
from ledger.documents import SourceDocument, Transfer, source_text
from ledger.errors import Fault, SourceError
from ledger.money import NOTHING
from posting_rules.bank_lines import BOUNCE, Told
from posting_rules.policies import Policy
from posting_rules.transfers import RETURN, unit

Groups = list[list[Transfer]]


def leave_told(
    connection: Connection, policy: Policy, document: SourceDocument
) -> tuple[SourceDocument, int]:
    """The document without the bounces that statements brought, and how many rows."""
    groups: dict[tuple, list[Transfer]] = {}
    for line in document.lines:
        groups.setdefault((line.serial, line.payer, line.payee), []).append(line)
    back = {key: lines for key, lines in groups.items() if is_bounce(policy, lines)}
    if not back:
        return document, 0
    told = bounces.told_by_statement(connection, [key[0] for key in back])
    known = {
        key
        for key, lines in back.items()
        if told.get(key) == sum((line.total for line in lines), NOTHING)
    }
    left = [
        line
        for line in document.lines
        if (line.serial, line.payer, line.payee) not in known
    ]
    return document._replace(lines=left), len(document.lines) - len(left)


def is_bounce(policy: Policy, lines: Sequence[Transfer]) -> bool:
    """Whether the rows of a transfer say that it came back from the bank."""
    words = [
        word
        for rule in policy.bank_lines
        if rule["what"] == BOUNCE
        for word in rule["words"]
    ]
    said = any(word in line.note for line in lines for word in words)
    return said and any(line.nature == RETURN for line in lines)


def take(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    document_id: int,
    groups: Groups,
) -> list[int]:
    """Post and keep bounces; the transfers that come back are known by now."""
    ids = []
    for lines in groups:
        check_shared(document, lines)
        original = _original(connection, document, lines)
        first = lines[0]
        told = Told(
            account=first.payee_account,
            holder="",
            bank="",
            serial=first.serial,
            on=first.received_on or first.paid_on,
            source=source_text(document.name, lines),
        )
        made = bouncing.posting(connection, desk.policy, original, told, unit(first))
        ids += postings.record(
            connection,
            [desk.dated(made)],
            desk.actor,
            document_id=document_id,
            sha256=document.sha256,
        )
        bounces.keep(connection, document_id, ids[-1], _backs(original, lines, told))
    return ids


def refuse_arrived(
    connection: Connection, document: SourceDocument, groups: Sequence[tuple]
) -> None:
    """Refuse 到账日期 for a transfer that bounced: it is made again instead."""
    first_of = {
        known.posting_ids[0]: lines[0]
        for lines, there in groups
        for known in there.values()
        if lines[0].received_on
    }
    for row in bounces.bounced(connection, [id for id in first_of if id is not None]):
        line = first_of[row.paid_posting_id]
        why = (
            f"填了到账日期，而这笔划拨已于{row.back_on}退汇（流水号“{row.back}”）；"
            "重新划拨的用新的流水号另列一行"
        )
        _refuse(document, line, "到账日期", str(line.received_on), "空", why)


def _original(
    connection: Connection, document: SourceDocument, lines: list[Transfer]
) -> Original:
    """The transfer on its way with the same ends and the same rows, one alone."""
    first = lines[0]
    found = bounces.under_way(
        connection,
        LINE.c.payer == first.payee,
        LINE.c.payee == first.payer,
        LINE.c.paid_on <= (first.received_on or first.paid_on),
    )
    wanted = _parts(lines)
    fits = [
        one
        for one in found
        if _parts(one.lines) == wanted
        and (
            not (one.payer_account and first.payee_account)
            or same_number(one.payer_account, first.payee_account)
        )
    ]
    notes = " ".join(line.note for line in lines)
    fits = [one for one in fits if bouncing.names(notes, one.serial)] or fits
    if not fits:
        why = "是退汇，没有找到双方、险种、金额都相同而没有到账的划拨"
        why += "；到账以后退回的，备注不写退汇"
        _refuse(document, first, "备注", first.note, "在途划拨的退汇", why)
    if len(fits) > 1:
        serials = "、".join(one.serial for one in fits)
        why = f"是退汇，有{len(fits)}笔相同的在途划拨（流水号{serials}）"
        _refuse(document, first, "备注", first.note, "写明原划拨流水号的备注", why)
    return fits[0]


def _backs(original: Original, lines: list[Transfer], told: Told) -> list[Back]:
    rows = {(row.scope, row.fund): row for row in original.lines}
    made = []
    for line in lines:
        content = line._asdict() | {
            "quarter": str(line.quarter or ""),
            "received_on": told.on,
        }
        sheet, row = content.pop("sheet"), content.pop("row")
        made.append(Back(rows[line.scope, line.fund], sheet, row, content))
    return made


def _parts(lines: Sequence) -> list[tuple]:
    return sorted((line.scope, line.fund, line.own, line.lower) for line in lines)


def _refuse(
    document: SourceDocument,
    line: Transfer,
    column: str,
    found: str,
    expected: str,
    why: str,
) -> NoReturn:
    message = f"{place_of(document, line)}：{column}“{found}”{why}"
    raise SourceError(
        message, [Fault(line.sheet, line.row, column, found, expected, message)]
    )
