"""Known transfers that have arrived since: whether lines complete them, or differ."""

from __future__ import annotations

from desk.taking import other_content, place_of, said
from ledger.documents import SourceDocument, Transfer
from ledger.errors import Fault, SourceError
from ledger.money import grouped
from ledger.sources import KnownLine

TITLES = {
    "paid_on": "付款日期",
    "received_on": "到账日期",
    "payer": "付款方代码",
    "payee": "收款方代码",
    "own": "本级金额",
    "lower": "下级金额",
    "quarter": "所属季度",
    "notice": "通知书编号",
    "payer_account": "付款账号",
    "payee_account": "收款账号",
    "payer_bank": "付款银行",
    "received_serial": "收款流水号",
    "attachments": "附单据数",
    "note": "备注",
}
COMPLETABLE = ("received_on", "received_serial")
# Rows of one 流水号 are one transfer: these say who, whom and when.
SHARED = (
    "paid_on",
    "received_on",
    "payer",
    "payee",
    "payer_account",
    "payee_account",
    "received_serial",
)


def completes(
    document: SourceDocument, lines: list[Transfer], there: dict[tuple, KnownLine]
) -> bool:
    """Whether known lines are completed; SourceError when they differ otherwise."""
    for line in lines:
        known = there.get(line_key(line))
        if known is None:
            _refuse_addition(document, line, there)
        if _content(line) != _content(known.line):
            other_content(document, line, known, TITLES)
        for name in COMPLETABLE:
            before, now = getattr(known.line, name), getattr(line, name)
            if before and now and before != now:
                other_content(document, line, known, {name: TITLES[name]})
    fills = [_fills(line, there[line_key(line)]) for line in lines]
    if not any(fills):
        return False
    check_shared(document, lines)
    if len(lines) != len(there):
        missing = len(there) - len(lines)
        line = lines[0]
        message = (
            f"{place_of(document, line)}：流水号“{line.serial}”"
            f"的划拨共{len(there)}行，本文件补填到账日期时少了{missing}行；"
            "同一流水号的各行要一起补填"
        )
        raise SourceError(
            message,
            [
                Fault(
                    line.sheet,
                    line.row,
                    "交易流水号",
                    f"{len(lines)}行",
                    f"{len(there)}行",
                    message,
                )
            ],
        )
    return True


def _fills(line: Transfer, known: KnownLine) -> bool:
    return any(
        getattr(line, name) and not getattr(known.line, name) for name in COMPLETABLE
    )


def _refuse_addition(
    document: SourceDocument, line: Transfer, there: dict[tuple, KnownLine]
):
    amount = sum(known.line.total for known in there.values())
    expected = f"已入账的{len(there)}行，共{grouped(amount)}元"
    message = (
        f"{place_of(document, line)}：流水号“{line.serial}”的划拨"
        f"已经入账（{expected}），这一行（{line.scope}、{line.fund}、{line.nature}）"
        "不在其中；要更正请先冲销原业务，再整笔导入"
    )
    found = f"{line.scope}、{line.fund}、{line.nature}"
    raise SourceError(
        message,
        [Fault(line.sheet, line.row, "交易流水号", found, expected, message)],
    )


def check_shared(document: SourceDocument, lines: list[Transfer]) -> None:
    """Refuse rows of one 流水号 that differ in what a transfer has but once."""
    first = lines[0]
    for line in lines[1:]:
        for name in SHARED:
            found, expected = getattr(line, name), getattr(first, name)
            if found != expected:
                found, expected = str(found or "空"), str(expected or "空")
                message = (
                    f"{place_of(document, line)}：{TITLES[name]}"
                    f"“{found}”与同一流水号的第{first.row}行“{expected}”不同；"
                    "同一流水号是一笔划拨，各行应当相同"
                )
                raise SourceError(
                    message,
                    [
                        Fault(
                            line.sheet,
                            line.row,
                            TITLES[name],
                            found,
                            expected,
                            message,
                        )
                    ],
                )


def line_key(line: Transfer) -> tuple:
    """What tells the rows of one transfer apart."""
    return (line.scope, line.fund, line.nature)


def _content(line: Transfer) -> tuple:
    return tuple(
        said(getattr(line, name)) for name in TITLES if name not in COMPLETABLE
    )
