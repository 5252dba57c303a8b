"""A small province for the web's tests: postings by hand in some of Guizhou's books."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

from werkzeug.test import Client

from desk.homes import init_home
from desk.web.application import make_application
from ledger import postings
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.postings import Actor
from ledger.vouchers import CREDIT, DEBIT, Line, Posting, Voucher

PREPARER = Actor("li", "2017-07-01T09:00:00+08:00")
APPROVER = Actor("wang", "2017-07-01T10:00:00+08:00")
TODAY = date(2017, 6, 30)
PORT = 5000
CENTRE = "520000-centre"
GUIYANG = "520100-city-agency"
LIUPANSHUI = "520200-city-agency"
EMPLOYEES = "310"
OUR_ACCOUNT = "财政专户存款——异地就医结算中心"


def made_home(folder: Path) -> Home:
    home, _ = init_home(folder, "520000", PREPARER)
    return home


def held(
    book: str,
    payer: str,
    amount: str,
    *,
    cleared: bool = False,
    on: date = date(2017, 4, 28),
    quarter: str = "2017Q2",
    narration: str = "",
) -> Posting:
    """A payer's advance that a book takes, or a clearing against it."""
    lines = _lines(book, payer, Decimal(amount), cleared)
    voucher = Voucher(
        book=book,
        dated=on,
        occurred_on=on,
        rule="guizhou_2017_204/2.2.2" if cleared else "guizhou_2017_204/2.1.2",
        basis="黔人社厅通〔2017〕204号 附件二",
        event="clearing" if cleared else "city-to-province",
        scope="跨省",
        period=quarter,
        quarter=quarter,
        payee="",
        narration=narration
        or ("清算异地就医费用" if cleared else "收到异地就医预付金"),
        lines=tuple(lines),
        attachments=1,
        source="预付金划拨单_2017Q2.xlsx#划拨单!R7",
    )
    unit = "|".join([book, payer, amount, str(on), str(cleared)])
    return Posting(unit, "clr" if cleared else "adv", "", voucher.event, (voucher,))


def _lines(book: str, payer: str, money: Decimal, cleared: bool) -> list[Line]:
    centre = book.endswith("centre")
    holding = "暂收款——各市、州" if centre else "暂收款——各县、区"
    if cleared:
        away = "暂付款——各省、市" if centre else "暂付款——异地就医款"
        detail = "440000" if centre else ""
        return [
            Line(DEBIT, holding, payer, EMPLOYEES, money),
            Line(CREDIT, away, detail, EMPLOYEES, money),
        ]
    bank = OUR_ACCOUNT if centre else "财政专户存款——市本级"
    return [
        Line(DEBIT, bank, "", EMPLOYEES, money),
        Line(CREDIT, holding, payer, EMPLOYEES, money),
    ]


def keep(home: Home, *made: Posting, approved: bool = True) -> list[int]:
    """Record postings, approve them by rule, print their books."""
    with home.writing() as connection:
        ids = postings.record(connection, made, PREPARER)
        if approved:
            postings.approve(connection, ids, APPROVER)
    print_changed(home)
    return ids


class LocalClient(Client):
    """A client on this machine, as its browser asks; it knows its home."""

    home: Home

    def open(self, *args, **kwargs):
        kwargs.setdefault("base_url", f"http://127.0.0.1:{PORT}")
        return super().open(*args, **kwargs)


def made_client(folder: Path, **options) -> tuple[Home, LocalClient]:
    home = made_home(folder)
    client = LocalClient(make_application(home, lambda: TODAY, port=PORT, **options))
    client.home = home
    return home, client
