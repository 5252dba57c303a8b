"""verify: what an auditor can tell from printed files alone."""

import time
from decimal import Decimal

import pytest
from reports_by_hand import LI, clearing, day, post, take, transfer, undo

from ledger.book_files import print_changed
from reports.verify import verify
from reports.verify_book import numbers_of

BOOK = "520102-county-agency"
PAID, BANK = "暂付款——异地就医款", "财政专户存款——县本级"


def move(home, on, amount="10.00", debit=PAID, credit=BANK):
    return post(
        home,
        BOOK,
        day(on),
        ("借", debit, "", Decimal(amount)),
        ("贷", credit, "", Decimal(amount)),
    )


@pytest.fixture
def printed(sqlite_home):
    """The file of a year with three vouchers, the last of them a red one."""
    move(sqlite_home, "2018-03-05")
    made = move(sqlite_home, "2018-03-06", "20.00")
    undo(sqlite_home, made.name, day("2018-04-02"), "录错")
    print_changed(sqlite_home)
    return sqlite_home.path / "books" / BOOK / "2018.beancount"


def messages(path):
    return [problem.message for problem in verify(path).problems]


def altered(path, before, after, count=1):
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after, count), "utf-8")
    return messages(path)


def test_a_book_as_printed_has_no_problem(printed):
    assert verify(printed) == ([], 1)


def test_a_whole_home_has_no_problem(sqlite_home):
    take(sqlite_home, "F1", transfer("520102", "520100", 10, "2018-04-20"))
    take(sqlite_home, "F1", transfer("520100", "520000", 5, "2018-04-21", lower=10))
    take(sqlite_home, "F2", clearing("520102", "440000", 7, "2018Q2", "2019-01-12"))
    print_changed(sqlite_home)

    assert verify(sqlite_home.path / "books") == ([], 9)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("手工凭证", "手工凭単"),
        ('prepared-by: "li"', 'prepared-by: "wu"'),
        ('side: "借"', 'side: "贷"'),
        ("2018-03-05 *", "2018-03-06 *"),
        ('    fund: "310"\n\n', '    fund: "310"\n    note: "x"\n\n'),
    ],
)
def test_a_change_in_a_voucher_breaks_its_hash(printed, before, after):
    assert "凭证内容与哈希不符，打印后被改动过" in altered(printed, before, after)


def test_a_changed_voucher_with_a_new_hash_breaks_the_chain(printed):
    from ledger.printing import voucher_hash

    blocks = printed.read_text("utf-8").split("\n\n")
    [at] = [i for i, block in enumerate(blocks) if "seq: 1\n" in block]
    old = voucher_hash(blocks[at])
    blocks[at] = blocks[at].replace("10.00", "11.00")
    blocks[at] = blocks[at].replace(f'  hash: "{old}"', "")
    new = voucher_hash(blocks[at].replace("\n\n", "\n"))
    rows = [row for row in blocks[at].split("\n") if row]
    rows.insert(rows.index(next(r for r in rows if "previous:" in r)) + 1, "")
    rows[rows.index("")] = f'  hash: "{new}"'
    blocks[at] = "\n".join(rows)
    printed.write_text("\n\n".join(blocks), "utf-8")

    assert messages(printed) == ["第2号序的上一哈希不符，链在此断开"]


def test_a_missing_voucher_is_noticed(printed):
    blocks = printed.read_text("utf-8").split("\n\n")
    kept = [block for block in blocks if "seq: 2\n" not in block]
    printed.write_text("\n\n".join(kept), "utf-8")

    assert messages(printed) == [
        "序号应为2，实为3；有凭证缺失或重复",
        "冲销的凭证520102-county-agency/2018-03/2不在账簿里",
        "链尾与凭证不符：账簿里有2张，或末张哈希不同",
    ]


def test_the_last_voucher_cannot_be_cut_off(printed):
    blocks = printed.read_text("utf-8").split("\n\n")
    kept = [block for block in blocks if "seq: 3\n" not in block]
    printed.write_text("\n\n".join(kept), "utf-8")

    assert messages(printed) == ["链尾与凭证不符：账簿里有2张，或末张哈希不同"]


def test_a_transaction_that_is_no_voucher_is_noticed(printed):
    extra = (
        '\n2018-05-01 * "x" "y"\n'
        "  Assets:1101暂付款:01异地就医款  1.00 CNY\n"
        "  Assets:1003财政专户存款:03县本级  -1.00 CNY\n"
    )
    printed.write_text(printed.read_text("utf-8") + extra, "utf-8")

    assert "凭证内容与哈希不符，打印后被改动过" in messages(printed)


def test_one_fen_off_is_an_error(printed):
    found = altered(printed, "10.00 CNY", "10.01 CNY")

    assert any("beancount：Transaction does not balance" in text for text in found)
    assert "险种310借贷不平，借方减贷方为0.01" in found


def test_a_tolerance_is_refused(printed):
    found = altered(printed, '"tolerance_multiplier" "0"', '"tolerance_multiplier" "1"')

    assert found == ['容差不为零：应有 option "tolerance_multiplier" "0"']


def test_another_books_or_years_file_is_noticed(printed):
    found = altered(printed, f'"{BOOK}" "2018"', f'"{BOOK}" "2019"')

    assert "账簿写明的是“2019”，路径却是“2018”" in found
    assert "第1号序的上一哈希不符，链在此断开" in found


def test_what_the_year_before_left_must_be_taken_over(sqlite_home):
    move(sqlite_home, "2017-12-05")
    move(sqlite_home, "2018-03-05")
    print_changed(sqlite_home)
    folder = sqlite_home.path / "books" / BOOK
    alone = messages(folder)
    altered(folder / "2018.beancount", "10.00 CNY", "12.00 CNY")
    found = altered(folder / "2018.beancount", "10.00 CNY", "12.00 CNY")
    both = messages(folder)

    assert alone == []
    assert found == []  # 上年结转 is not in the chain
    assert both[0] == (
        "上年结转与2017年账簿不符：Assets:1003:03 险种310应为-10.00，实为-12.00"
    )


def test_results_of_the_year_before_are_net_assets(sqlite_home):
    spent = "医保费用支出——医保各险种（县本级）"
    move(sqlite_home, "2017-12-05", debit=spent)
    move(sqlite_home, "2018-03-05")
    print_changed(sqlite_home)

    assert messages(sqlite_home.path / "books") == []


@pytest.mark.parametrize(
    "row",
    [
        'plugin "evil"',
        'include "other.beancount"',
        'option "insert_pythonpath" "TRUE"',
        'option "plugin_processing_mode" "raw"',
        'pushmeta side: "借"',
        '  plugin "evil"',
        '2018-01-01 open Assets:X plugin "evil"',
        ') plugin "evil"',
        '\rplugin "evil"',
        '; x\x0bplugin "evil"\x85plugin "evil"',
        '2018-01-01 custom "x" ) plugin "evil"',
    ],
)
def test_nothing_in_a_file_is_run(printed, row, monkeypatch):
    flag = printed.parent / "ran"
    (printed.parent / "evil.py").write_text(f"open({str(flag)!r}, 'w')")
    monkeypatch.chdir(printed.parent)
    monkeypatch.syspath_prepend(str(printed.parent))
    printed.write_text(f"{row}\n" + printed.read_text("utf-8"), "utf-8")
    found = messages(printed)

    assert found
    assert not flag.exists()


STRANGE = {
    "empty": b"",
    "not UTF-8": b"\xff\xfe",
    "zeros": b"\0" * 100,
    "no such day": b"2018-99-99 open Assets:X CNY\n",
    "division by zero": b'2018-01-01 * "a" "b"\n  Assets:1X  1/0 CNY\n',
    "deep": b"(" * 100_000,
    "deep in a line": b"2018-01-01 balance Assets:X " + b"(" * 100_000 + b"\n",
    "strange head": b'2018-01-01 custom "yibao-book" 1 2\n',
    "huge number": b"2018-01-01 balance Assets:X " + b"9" * 100_000 + b" CNY\n",
}


@pytest.mark.parametrize("kind", STRANGE)
def test_a_torn_or_strange_file_is_a_problem_and_no_crash(tmp_path, kind):
    content = STRANGE[kind]
    path = tmp_path / "2018.beancount"
    path.write_bytes(content)

    assert verify(path).problems


def test_a_folder_without_books_is_a_problem(tmp_path):
    assert messages(tmp_path) == ["没有找到账簿（*.beancount）"]


def test_numbers_may_run_by_month_or_by_year(sqlite_home):
    from desk.homes import put_setting

    move(sqlite_home, "2018-03-05")
    move(sqlite_home, "2018-03-05")
    put_setting(
        sqlite_home, LI, "numbering", "year", from_day=day("2019-01-01"), cite="51"
    )
    for on in ("2019-04-05", "2019-06-05", "2019-05-05", "2019-05-06"):
        move(sqlite_home, on)
    print_changed(sqlite_home)

    assert messages(sqlite_home.path / "books") == []


def test_accounts_are_compared_by_number():
    assert (
        numbers_of("Assets:1101暂付款:02各县区:520281盘州市") == "Assets:1101:02:520281"
    )


def test_many_books_take_a_few_seconds(sqlite_home):
    for number in range(40):
        move(sqlite_home, f"2018-03-{number % 28 + 1:02}")
    print_changed(sqlite_home)
    path = sqlite_home.path / "books" / BOOK / "2018.beancount"
    start = time.perf_counter()
    verify(path)

    assert time.perf_counter() - start < 2
