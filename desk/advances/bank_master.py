"""`yibao bank add`, `end`: which bank accounts the fund has, from when to when.

依据：附件一 一（三）; 会计基础工作规范 第六十二条
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import NamedTuple, Sequence

from sqlalchemy import Connection

from desk.vouchers import check_words
from ledger import books, regions, settings
from ledger.advances import bank_accounts, bank_lines
from ledger.advances.bank_accounts import BETWEEN, FISCAL, Account, masked
from ledger.database import Home
from ledger.errors import BookError, UsageError
from ledger.funds import fund_codes
from ledger.postings import Actor
from ledger.subjects import kept_in, subject, subjects
from posting_rules.policies import advance_policy

NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{3,59}")
SPENDING = "支出户存款"
LONGEST = 100  # characters of a name
LONGEST_CITE = 200


class Wanted(NamedTuple):
    """An account as the command line gives it; "" where it was left out."""

    number: str
    name: str
    bank: str
    region: str
    book: str
    finance_book: str
    subject: str
    funds: str
    from_day: date


def add(
    home: Home, actor: Actor, wanted: Wanted, cite: str, *, dry_run: bool = False
) -> tuple[Account, bool]:
    """Put an account into the master; whether it is new there."""
    _check_cite(cite)
    with home.writing(keep=not dry_run) as connection:
        account = _account(connection, wanted)
        policy = advance_policy(settings.province(connection))
        for known in bank_accounts.numbered(connection, policy, account.number):
            same = known._replace(id=None, until_day=None) == account
            if same or known.id is None and known.used_on(account.from_day):
                if not same:
                    raise BookError(
                        f"账号{masked(account.number)}是{policy.number}印出的账户，"
                        "不用登记；要改先用 yibao bank end 停用"
                    )
                return known, False
        bank_accounts.add(connection, account, cite.strip(), actor.by, actor.at)
        return account, True


def end(
    home: Home, actor: Actor, number: str, on: date, cite: str, *, dry_run: bool = False
) -> tuple[Account, bool]:
    """End an account, the policy's own too; whether that is new."""
    _check_cite(cite)
    with home.writing(keep=not dry_run) as connection:
        policy = advance_policy(settings.province(connection))
        rows = rows_of(connection, policy, number)
        ended = [row for row in rows if row.until_day == on]
        if ended:
            return ended[0], False
        account = rows[-1]
        if account.until_day is not None:
            raise BookError(
                f"账号{masked(account.number)}已于{account.until_day}停用，没有重复停用"
            )
        _check_lines(connection, account, on)
        bank_accounts.end(connection, account, on, cite.strip(), actor.by, actor.at)
        return account._replace(until_day=on), True


def _check_lines(connection: Connection, account: Account, on: date) -> None:
    """An account is in use on every day of its statements."""
    after = bank_lines.rows_of(connection, [account.number], first_day=on)
    if after:
        raise BookError(
            f"账号{masked(account.number)}的对账单到{after[-1].day}还有流水"
            f"（流水号{after[-1].serial}），停用日期{on}应在其后"
        )


def rows_of(connection: Connection, policy, number: str) -> Sequence[Account]:
    """The master's rows of a number, however dressed; BookError without any."""
    rows = [
        row
        for row in bank_accounts.every(connection, policy)
        if bank_accounts.same_number(row.number, number)
    ]
    if not rows:
        raise BookError(
            f"没有登记账号“{masked(number)}”；yibao bank list 列出全部，"
            "yibao bank add 登记"
        )
    return sorted(rows, key=lambda row: row.from_day)


def _account(connection: Connection, wanted: Wanted) -> Account:
    number = unicodedata.normalize("NFKC", wanted.number).replace(" ", "")
    if not NUMBER.fullmatch(number):
        raise UsageError(
            f"“{masked(wanted.number)}”不是银行账号；账号是4至60位的数字、字母和连字符"
        )
    for title, text in (("--name", wanted.name), ("--bank", wanted.bank)):
        _check_text(title, text)
    if regions.today_code(wanted.region) != wanted.region:
        raise UsageError(f"“{wanted.region}”不是现行的行政区划代码")
    id = books.book_id(books.require(connection, wanted.book))
    if id.region != wanted.region or id.kind.endswith("finance"):
        raise UsageError(
            f"--book {wanted.book}应是{regions.name(wanted.region)}经办机构或结算中心的"
            "账套；财政部门的用 --finance-book"
        )
    kept = _subject(wanted)
    return Account(
        None,
        number,
        wanted.name.strip(),
        wanted.bank.strip(),
        wanted.region,
        wanted.book,
        _finance_book(connection, wanted, kept),
        kept,
        _funds(wanted.funds),
        wanted.from_day,
        None,
    )


def _subject(wanted: Wanted) -> str:
    """The printed subject; without one, the book's 财政专户存款."""
    if not wanted.subject:
        return next(
            row.printed
            for row in subjects()
            if row.printed.startswith(FISCAL) and kept_in(row, wanted.book)
        )
    kept = subject(wanted.subject)
    if not kept.printed.startswith((FISCAL, SPENDING)) or not kept_in(
        kept, wanted.book
    ):
        raise UsageError(
            f"{wanted.book}的银行账户不能记在“{kept.printed}”；"
            f"应是这个账套的{FISCAL}或{SPENDING}"
        )
    return kept.printed


def _finance_book(connection: Connection, wanted: Wanted, kept: str) -> str:
    """The finance book of the same level; none for what is the agency's alone."""
    if not kept.startswith(FISCAL):
        if wanted.finance_book:
            raise UsageError(f"{kept}只在经办机构记账，不用 --finance-book")
        return ""
    twin = f"{wanted.region}-{regions.level(wanted.region)}-finance"
    if wanted.finance_book not in ("", twin):
        raise UsageError(
            f"--finance-book {wanted.finance_book}应是同级财政部门的账套{twin}"
        )
    return books.require(connection, twin)


def _funds(text: str) -> str:
    """310、390 of codes or names; "" is all of them."""
    words = [word for word in re.split("[、,， ]+", text) if word]
    for word in words:
        if word not in fund_codes():
            raise UsageError(f"“{word}”不是已知的险种；险种如310、职工医保")
    return BETWEEN.join(sorted({fund_codes()[word] for word in words}))


def _check_text(title: str, text: str) -> None:
    check_words(text)
    if not text.strip() or not text.isprintable() or len(text) > LONGEST:
        raise UsageError(f"{title}应是一行文字，1至{LONGEST}个字")


def _check_cite(cite: str) -> None:
    check_words(cite)
    if not cite.strip() or not cite.isprintable() or len(cite) > LONGEST_CITE:
        raise UsageError(
            f"--cite 应是一行文字，1至{LONGEST_CITE}个字：开户、销户都要有依据"
        )
