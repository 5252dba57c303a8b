"""A home filled by hand for tests of reports: forms are taken, vouchers written."""

from datetime import date
from itertools import count

from forms_by_hand import as_csv, form_rows, line

from desk import vouchers
from desk.importing import import_file
from desk.reversing import reverse
from ledger.postings import BY_RULE, Actor, approve, record
from ledger.vouchers import Line, Posting, Voucher

LI = Actor("li", "2017-07-01T09:00:00+08:00")
_numbers = count(1)


def take(home, form, *rows, **options):
    """Import a form of these rows, smallest lines with some cells changed."""
    folder = home.path.parent / "in"
    folder.mkdir(exist_ok=True)
    path = folder / f"{form}-{next(_numbers)}.csv"
    path.write_bytes(as_csv(form_rows(form, [line(form, **row) for row in rows])))
    result = import_file(home, path, LI, **options)
    assert result.status in ("posted", "draft"), result.message
    return result


def transfer(payer, payee, amount, on, *, arrived=None, lower="0.00", **cells):
    """A row of F1, by default arrived on the day it was paid."""
    own = f"{amount:.2f}" if not isinstance(amount, str) else amount
    lower = f"{lower:.2f}" if not isinstance(lower, str) else lower
    return {
        "付款日期": str(on),
        "到账日期": str(on if arrived is None else arrived),
        "付款方代码": payer,
        "收款方代码": payee,
        "本级金额": own,
        "下级金额": lower,
        "合计": f"{float(own) + float(lower):.2f}",
        "所属季度": f"{str(on)[:4]}Q{(int(str(on)[5:7]) + 2) // 3}",
        "交易流水号": f"LS{next(_numbers)}",
        **cells,
    }


def clearing(insured, place, amount, period, confirmed="", **cells):
    """A row of F2, of a list of its own."""
    return {
        "清算单号": f"QS{next(_numbers)}",
        "清算期": period,
        "范围": "省内" if place.startswith("52") else "跨省",
        "参保地代码": insured,
        "就医地代码": place,
        "基金支付": amount if isinstance(amount, str) else f"{amount:.2f}",
        "确认日期": str(confirmed),
        **cells,
    }


def post(home, book, on, *lines, event="manual", draft=False, **facts):
    """One voucher by hand; lines are (side, subject, detail, amount[, fund])."""
    voucher = Voucher(
        book=book,
        dated=on,
        occurred_on=facts.pop("occurred_on", on),
        rule="",
        basis="",
        event=event,
        scope=facts.pop("scope", ""),
        period=facts.pop("period", ""),
        quarter=facts.pop("quarter", ""),
        payee="",
        narration=facts.pop("narration", "手工凭证"),
        lines=tuple(
            Line(side, subject, detail, fund[0] if fund else "310", amount)
            for side, subject, detail, amount, *fund in lines
        ),
        attachments=1,
        source="",
        **facts,
    )
    posting = Posting(f"manual|{next(_numbers)}", "man", "", event, (voucher,))
    with home.writing() as connection:
        ids = record(connection, [posting], LI, manual=True)
        if draft:
            return None
        [made] = approve(connection, ids, Actor(BY_RULE, LI.at))
    return made


def day(text):
    return date.fromisoformat(text)


def undo(home, name, on, reason):
    """Reverse a voucher by hand; another one approves."""
    made = reverse(home, LI, name, on, reason)
    drafts = [f"#{row.id}" for row in made if row.number is None]
    return vouchers.approve(home, Actor("wang", LI.at), drafts) if drafts else made
