"""The command line as scripts use it: exit codes, JSON, `run`; Chinese only."""

import json
import re
import shutil

import click
import pytest
from desk_by_hand import LI, book_files, printed, rows
from forms_by_hand import line, write_form

from desk.cli import cli

ARRIVED = "到账日期\n2017-05-02"


def test_import_done_and_already_done_are_0(yibao, form):
    first, again = yibao("import", form()), yibao("import", form())

    assert (first[0], again[0]) == (0, 0)
    assert "a.csv：F1 已入账，新1行，凭证4张" in first[1]
    assert "a.csv：F1 原已入账，新0行，原有1行，凭证0张" in again[1]


def test_a_refused_file_is_1_and_says_why_on_stderr(yibao, form):
    code, out, err = yibao("import", form("错.csv", "收款方代码\n520200"), form())

    assert code == 1
    assert "错.csv：没有入账" in err and "第3行" in err
    assert "a.csv：F1 已入账" in out


WRONG_USE = {
    "没有这个命令": ["nothing"],
    "没有这个选项": ["import", "--nothing", "a.csv"],
    "没有文件": ["import"],
    "不是文字": ["voucher", "list", "\udcff"],
    "依据不是文字": ["setting", "set", "reading", "printed", "--cite", "\udcff"],
    "不是日期": ["import", "a.csv", "--post-on", "2017-13-01"],
    "不是期间": ["offset", "2017"],
    "不是凭证": ["voucher", "show", "12"],
    "没有原因": ["voucher", "reject", "#1"],
    "不是状态": ["voucher", "list", "--state", "nothing"],
    "不是金额": [
        *["voucher", "new", "520102-county-agency", "--on", "2017-04-28"],
        *["--narration", "x", "--debit", "利息收入", "1.005", "--credit", "x", "1"],
    ],
    "不是设置": ["setting", "set", "nothing", "1", "--cite", "x"],
    "不是选择": ["init", "x", "--province", "520000", "--reading", "x"],
    "不是姓名": ["import", "a.csv", "--by", "按规则"],
    "没有这个文件": ["run", "没有.txt"],
    "不是数": ["sample", "x", "--seed", "x"],
}


@pytest.mark.parametrize("words", WRONG_USE.values(), ids=WRONG_USE)
def test_wrong_use_is_2_and_said_in_chinese(words, yibao):
    code, out, err = yibao(*words)

    assert code == 2
    assert re.search("[一-鿿]", err)
    assert english(out + err) == []


def test_no_home_is_wrong_use_and_an_empty_one_is_refused(yibao, monkeypatch, tmp_path):
    monkeypatch.delenv("YIBAO_HOME")

    assert yibao("book", "list")[0] == 2
    code, _, err = yibao("--home", tmp_path, "book", "list")
    assert code == 1
    assert "先运行 yibao init" in err


def commands(command=cli, *names):
    """Every command and group, as words."""
    yield names
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            yield from commands(command.get_command(context, name), *names, name)


@pytest.mark.parametrize("names", list(commands()), ids=" ".join)
def test_help_is_in_chinese_only(names, yibao):
    code, out, err = yibao(*names, "--help")

    assert (code, err) == (0, "")
    assert english(out) == []
    assert "用法：" in out and "选项" in out


ENGLISH = "Usage Error Options Commands Arguments Show this Try Missing No such"
ENGLISH += " Invalid Got default required FILENAME TEXT INTEGER PATH DIRECTORY"


def english(text: str) -> list[str]:
    """click's own words that were left in a text."""
    return [word for word in ENGLISH.split() if re.search(rf"\b{word}\b", text)]


def test_run_takes_comments_and_names_of_the_program(yibao, form, tmp_path):
    script = tmp_path / "月.txt"
    script.write_text(
        f"# 四月\n\nyibao import {form()}\n"
        "offset 2017Q2 --post-on 2017-07-15 # 没有要对冲的\n",
        "utf-8",
    )

    code, out, err = yibao("run", script)

    assert (code, err) == (0, "")
    assert "已入账" in out and "没有要对冲的。" in out


def test_run_stops_at_the_first_failure(yibao, form, tmp_path):
    script = tmp_path / "月.txt"
    wrong = form("错.csv", "收款方代码\n520200")
    script.write_text(f"import {wrong}\nimport {form()}\n", "utf-8")

    code, out, err = yibao("run", script)
    kept_going = yibao("run", "--keep-going", script)

    assert (code, out) == (1, "")
    assert "月.txt第1行" in err and "退出码1" in err
    assert kept_going[0] == 1
    assert "a.csv：F1 已入账" in kept_going[1]


def test_run_refuses_a_line_with_an_open_quotation_mark(yibao, tmp_path):
    script = tmp_path / "月.txt"
    script.write_text('import "a.csv\n', "utf-8")

    code, _, err = yibao("run", script)

    assert code == 2
    assert "第1行" in err


def test_a_dry_run_changes_nothing(yibao, form, sqlite_home):
    code, out, _ = yibao("import", form(), "--dry-run", "--json")

    assert (code, json.loads(out)["files"][0]["status"]) == (0, "checked")
    assert printed(sqlite_home) == ""
    assert book_files(sqlite_home) == {}


def test_who_acts_is_by_then_the_environment(yibao, form, monkeypatch):
    yibao("import", form("a.csv", "交易流水号\nA"))
    yibao("import", form("b.csv", "交易流水号\nB"), "--by", "wang")

    names = [
        json.loads(
            yibao("voucher", "show", f"520102-county-agency/2017-04/{n}", "--json")[1]
        )
        for n in (1, 2)
    ]

    assert [row["prepared_by"] for row in names] == ["li", "wang"]
    assert yibao("import", form(), "--by", "一" * 41)[0] == 2


def test_draft_approve_reject_reverse_by_command(yibao, form):
    yibao("import", "--draft", form("a.csv", "交易流水号\nA"))
    yibao("import", "--draft", form("b.csv", "交易流水号\nB"))

    assert yibao("voucher", "approve", "#1")[0] == 1  # li prepared it
    assert yibao("voucher", "approve", "#1", "--by", "wang")[0] == 0
    assert yibao("voucher", "reject", "#3", "--reason", "重复")[0] == 0
    name = "520102-county-agency/2017-04/1"
    reverse = ["voucher", "reverse", name, "--reason", "不对", "--on", "2017-07-02"]
    assert yibao(*reverse)[0] == 0
    code, _, err = yibao(*reverse)
    assert (code, "已由520102-county-finance/2017-07/1冲销" in err) == (1, True)
    code, out, _ = yibao("voucher", "list", "520102-county-agency")
    assert code == 0
    assert "已退回" in out and "注销4月28日记-1号凭证：不对" in out


def test_a_voucher_by_hand_by_command(yibao):
    new = ["voucher", "new", "520102-county-agency", "--on", "2017-04-28"]
    new += ["--debit", "财政专户存款——县本级", "1,234.50"]
    new += ["--credit", "利息收入", "1234.5"]

    code, out, _ = yibao(*new, "--narration", "收到利息")

    assert (code, out) == (0, "草稿 #1，请另一人审核。\n")
    assert "1234.50" in yibao("voucher", "show", "#1")[1]


def test_books_that_cannot_be_written_are_said_so(yibao, form, sqlite_home):
    shutil.rmtree(sqlite_home.path / "books")
    (sqlite_home.path / "books").write_text("in the way")

    code, _, err = yibao("import", form())

    assert code == 1
    assert "没有印出" in err and "凭证都在数据库里" in err
    (sqlite_home.path / "books").unlink()
    assert yibao("import", form())[1].startswith("a.csv：F1 原已入账")
    assert len(book_files(sqlite_home)) == 4


def test_quotas_and_openings_by_command(yibao, tmp_path):
    quota = write_form(tmp_path / "明细表.xlsx", "F3", [line("F3")])
    balances = (
        "科目 | 借方余额 | 贷方余额\n财政专户存款——县本级 | 5.00 |\n净资产 | | 5.00"
    )
    opening = write_form(
        tmp_path / "期初.xls", "F0", [line("F0", **row) for row in rows(balances)]
    )

    assert yibao("import", quota, opening)[0] == 0
    assert LI.by == "li"


def test_a_choice_is_asked_for_in_chinese(yibao):
    code, _, err = yibao("usage", "--fail-on", "green")

    assert code == 2
    assert "“green”不是'red', 'yellow'之一。" in err


def test_a_book_that_is_not_there_is_refused_by_usage(yibao):
    code, _, err = yibao("usage", "--book", "520102-agency")

    assert code == 1
    assert "没有账套“520102-agency”" in err


def test_verify_says_in_chinese_that_a_path_is_not_there(yibao, tmp_path):
    code, out, _ = yibao("verify", tmp_path / "没有")

    assert code == 1
    assert "读不到文件：没有这个文件" in out


def test_a_book_of_another_province_is_not_opened(yibao):
    code, _, err = yibao("book", "open", "510100-city-agency")

    assert code == 2
    assert "不是贵州省的账套" in err


def test_balances_say_the_direction_of_both_balances(yibao, form):
    yibao("import", form("a.csv", ARRIVED))

    code, out, _ = yibao("balances", "520100-city-agency", "--on", "2017-06-30")

    (county,) = [row.split() for row in out.splitlines() if "南明区" in row]
    assert code == 0
    assert county[1:] == ["南明区", "借", "-100.00", "借", "-100.00"]
