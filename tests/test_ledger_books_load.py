"""Stock beancount takes every printed book, to the fen; hostile words are data."""

import os
from datetime import date
from decimal import Decimal

import pytest
from desk_by_hand import (
    LI,
    WANG,
    book_files,
    rows,
    take,
    take_clearings,
    take_transfers,
    transfers,
)
from forms_by_hand import write_form

from desk.importing import import_files
from desk.reversing import reverse
from desk.vouchers import ManualLine, approve, new_voucher
from ledger.errors import UsageError
from ledger.money import FEN
from ledger.postings import Actor

os.environ["BEANCOUNT_DISABLE_LOAD_CACHE"] = "1"
COUNTY = "520102-county-agency"
OPENING = """
账簿                 | 截止日期   | 科目                 | 借方余额 | 贷方余额
520102-county-agency | 2017-03-31 | 财政专户存款——县本级 | 500.00   |
520102-county-agency | 2017-03-31 | 净资产——上年结余     |          | 500.00
"""


def loaded(home) -> dict:
    """Every book as stock beancount loads it; an error of the loader fails."""
    from beancount import loader

    books = {}
    for path in sorted((home.path / "books").rglob("*.beancount")):
        entries, errors, options = loader.load_file(str(path))
        assert errors == [], path
        books[f"{path.parent.name}/{path.stem}"] = entries
    return books


def transactions(entries) -> list:
    from beancount.core import data

    return [entry for entry in entries if isinstance(entry, data.Transaction)]


def test_every_book_loads_without_an_error(sqlite_home):
    take(sqlite_home, "F0", rows(OPENING))
    take_transfers(
        sqlite_home,
        "付款日期   | 到账日期   | 付款方代码 | 收款方代码 | 资金性质 | 交易流水号\n"
        "2017-04-28 | 2017-05-02 | 520102     | 520100     | 预付金   | A\n"
        "2017-05-03 | 2017-05-03 | 520100     | 520000     | 预付金   | B\n"
        "2017-05-03 | 2017-05-03 | 529900     | 520000     | 预付金   | C\n"
        "2017-05-04 |            | 520000     | 440000     | 预付金   | D\n"
        "2017-05-04 | 2017-05-04 | 440000     | 520000     | 预付金   | E\n"
        "2018-05-04 | 2018-05-04 | 520000     | 520100     | 退回     | F\n"
        "2018-05-05 | 2018-05-05 | 520100     | 520102     | 退回     | G",
    )
    take_clearings(
        sqlite_home,
        "参保地代码 | 就医地代码 | 险种 | 清算性质\n"
        "520102     | 440000     | 310  | 正常\n"
        "520199     | 440000     | 390  | 正常\n"
        "529900     | 430000     | 310  | 正常",
    )
    reverse(sqlite_home, WANG, f"{COUNTY}/2017-07/1", date(2017, 7, 31), "不对")

    books = loaded(sqlite_home)

    assert len(books) == 13
    assert {len(transactions(entries)) > 0 for entries in books.values()} == {True}


def test_a_loaded_voucher_says_what_a_verifier_needs(sqlite_home):
    take_transfers(sqlite_home, "付款日期\n2017-04-28")

    voucher = transactions(loaded(sqlite_home)[f"{COUNTY}/2017"])[0]

    meta = {k: v for k, v in voucher.meta.items() if k not in ("filename", "lineno")}
    assert {"voucher", "rule", "basis", "source", "source-sha256"} <= meta.keys()
    assert (meta["seq"], meta["attachments"]) == (Decimal(1), Decimal(1))
    assert (meta["prepared-by"], meta["approved-by"]) == ("li", "按规则")
    assert len(meta["hash"]) == len(meta["previous"]) == 64
    assert [(p.meta["side"], p.meta["fund"]) for p in voucher.postings] == [
        ("借", "310"),
        ("贷", "310"),
    ]
    assert [len(link) for link in voucher.links] == [len("adv-") + 16]


def test_one_fen_off_does_not_load(sqlite_home, tmp_path):
    from beancount import loader

    take_transfers(sqlite_home, "付款日期\n2017-04-28")
    text = book_files(sqlite_home)[f"{COUNTY}/2017"].decode()

    _, errors, _ = loader.load_string(text.replace(" 100.00 CNY", " 100.01 CNY"))

    assert "does not balance" in str(errors[0])


HOSTILE = [
    '" \\" 引号',
    "反斜线\\",
    '换行"\n2017-01-01 plugin "os"',
    '回车\r2017-01-01 include "x"',
    "制表\t竖直\x0b换页\x0c下一行\x85分行\u2028分段\u2029",
    "从右到左\u202eCNY 00.1",
    '* ; # ^link #tag {1} "',
    "=cmd|'/c calc'!A1",
    "<script>alert(1)</script>",
    "\u3000　全角　\u3000",
    "😀𠀀",
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_are_data(words, sqlite_home):
    made = new_voucher(
        sqlite_home,
        Actor("o'\"\\", LI.at),
        COUNTY,
        date(2017, 4, 28),
        narration=words,
        payee=words,
        basis=words,
        debit=[ManualLine("财政专户存款——县本级", FEN)],
        credit=[ManualLine("利息收入", FEN)],
        fund="310",
    )
    approve(sqlite_home, WANG, [f"#{made.id}"])

    entries = loaded(sqlite_home)[f"{COUNTY}/2017"]

    voucher = transactions(entries)[0]
    shown = "".join(" " if c in BREAKS else c for c in words)
    assert (voucher.payee, voucher.narration) == (shown, shown)
    assert voucher.meta["basis"] == shown
    assert len(transactions(entries)) == 1
    assert voucher.meta["prepared-by"] == "o'\"\\"


BREAKS = "\n\r\t\x0b\x0c\x85\u2028\u2029"


def test_a_hostile_file_name_is_data(sqlite_home, tmp_path):
    name = '表"\n2017-01-01 plugin "os".csv'
    path = write_form(tmp_path / name, "F1", transfers("付款日期\n2017-04-28"))

    result = import_files(sqlite_home, [path], LI)[0]

    assert result.status == "posted"
    voucher = transactions(loaded(sqlite_home)[f"{COUNTY}/2017"])[0]
    assert voucher.meta["source"] == '表" 2017-01-01 plugin "os".csv#R3'


@pytest.mark.parametrize("words", ["\udcff", "\0"], ids=["surrogate", "NUL"])
def test_words_that_no_file_can_hold_are_refused(words, sqlite_home):
    """A lone surrogate is what a shell makes of bytes that are no UTF-8."""
    with pytest.raises(UsageError, match="不能保存的字符"):
        new_voucher(
            sqlite_home,
            LI,
            COUNTY,
            date(2017, 4, 28),
            narration=words,
            debit=[ManualLine("财政专户存款——县本级", FEN)],
            credit=[ManualLine("利息收入", FEN)],
            fund="310",
        )


def test_a_file_name_in_gb18030_is_read_as_such(sqlite_home, tmp_path):
    path = write_form(tmp_path / "a.csv", "F1", transfers("付款日期\n2017-04-28"))
    path = path.rename(tmp_path / os.fsdecode("划拨单.csv".encode("gb18030")))

    result = import_files(sqlite_home, [path], LI)[0]

    assert result.path.endswith("/划拨单.csv")
    voucher = transactions(loaded(sqlite_home)[f"{COUNTY}/2017"])[0]
    assert voucher.meta["source"] == "划拨单.csv#R3"
