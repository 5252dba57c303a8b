"""What the command line takes as a word, a day and a number, and what it says back."""

from datetime import date

import pytest

from desk.cli import today
from desk.cli_text import shown, without_accounts

TOMORROW = str(date.fromordinal(today().toordinal() + 2))
ACTS = {
    "测算": ["plan", "2018Q1", "--region", "520000", "--on"],
    "文书": ["notice", "make", "advance-notice", "2018Q1", "--on"],
    "办理": ["notice", "confirm", "1", "--on"],
    "确认": ["confirm", "2018Q1", "--kind", "advances", "--all", "--on"],
    "确认的凭证": ["confirm", "2018Q1", "--kind", "advances", "--all", "--post-on"],
    "阅处": ["warning", "note", "x", "520100", "--note", "x", "--on"],
    "调节表": ["bank", "reconcile", "1", "--on"],
    "登记已办": ["due", "--done", "x", "--period", "2018Q1", "--on"],
    "导入": ["import", "a.csv", "--post-on"],
    "对冲": ["offset", "2018Q1", "--post-on"],
    "冲销": ["voucher", "reverse", "#1", "--reason", "x", "--on"],
    "补记": ["make-up", "--region", "511300", "--post-on"],
    "清算": ["clear", "2018Q1", "--kind", "family", "--post-on"],
}
QUESTIONS = {
    "日历": ["due", "--on"],
    "预警": ["warning", "list", "--on"],
    "余额": ["balances", "520100-city-agency", "--on"],
    "暂停": ["suspend", "list", "--on"],
}


@pytest.mark.parametrize("words", ACTS.values(), ids=ACTS)
def test_what_is_done_is_done_today_or_before(words, yibao):
    code, _, err = yibao(*words, TOMORROW)

    assert code == 2
    assert f"{TOMORROW}还没有到" in err


@pytest.mark.parametrize("words", [*ACTS.values(), *QUESTIONS.values()])
@pytest.mark.parametrize("day", ["0001-01-01", "1999-12-31", "2100-01-01"])
def test_a_day_is_of_a_year_that_people_mean(words, day, yibao):
    code, _, err = yibao(*words, day)

    assert code == 2
    assert f"“{day}”不对；应为2000年至2099年的一天" in err


@pytest.mark.parametrize("words", QUESTIONS.values(), ids=QUESTIONS)
@pytest.mark.parametrize("day", ["2000-01-01", "2099-12-31"])
def test_a_question_may_be_of_any_such_day(words, day, yibao):
    code, out, err = yibao(*words, day)

    assert (code, out != "") == (0, True), err


def test_a_quarter_is_of_such_a_year_too(yibao):
    code, _, err = yibao("plan", "2100Q1", "--region", "520000")

    assert code == 2
    assert "“2100Q1”不对；应在2000年至2099年" in err


CONTROL = {"零": "a\0b", "换行": "a\nb", "转义": "a\x1b[31mb", "C1": "a\x9bb"}
TAKERS = {
    "看文书": ["notice", "show"],
    "确认清算单": ["confirm", "2018Q1", "--kind", "advances", "--all", "--list"],
    "对账": ["bank", "match", "1"],
    "阅处": ["warning", "note", "520000-province-agency", "520100", "--note"],
    "账套": ["warning", "list", "--book"],
}


@pytest.mark.parametrize("words", TAKERS.values(), ids=TAKERS)
@pytest.mark.parametrize("text", CONTROL.values(), ids=CONTROL)
def test_an_argument_is_one_line_without_control_characters(words, text, yibao):
    code, out, err = yibao(*words, text)

    assert (code, out) == (2, "")
    assert f"第{len(words) + 1}个参数“a?" in err
    assert "应为一行文字" in err


@pytest.mark.parametrize("number", ["99999999999", "9" * 4000, "-1", "0", "1.5", "一"])
def test_a_number_is_whole_and_can_be_kept(number, yibao):
    code, _, err = yibao("document", "withdraw", "--reason", "x", "--", number)

    assert code == 2
    assert "不是整数" in err or "应在1至2147483647之间" in err
    assert len(err) < 600


def test_what_a_message_quotes_is_cut(yibao):
    long = "长" * 4_000
    told = [
        yibao("plan", "2018Q1", "--region", long),
        yibao("notice", "show", long),
        yibao("offset", long),
        yibao("suspend", "start", long, "--reason", "x", "--document", "x"),
        yibao("--home", "/tmp/" + long, "book", "list"),
        yibao(long),
    ]

    assert [code > 0 for code, _, _ in told] == [True] * 6
    assert [err[:40] for _, _, err in told if len(err) > 700] == []
    assert "…" in told[0][2]


def test_an_argument_may_be_as_long_as_a_path(yibao):
    code, _, err = yibao("plan", "2018Q1", "--region", "长" * 10_000)

    assert code == 2
    assert err == "第4个参数有10000字；最多4096字\n"


def test_a_message_keeps_its_lines_and_shows_no_control_characters():
    said = shown("第一行\n“a\x1b[2J\r\u202eb”\u3000完")

    assert said == "第一行\n“a?[2J??b”\u3000完"


def test_a_word_is_cut_where_it_stands_without_quotation_marks():
    assert shown("没有" + "9" * 400, ["9" * 400]) == "没有" + "9" * 300 + "…"
    assert shown("“" + "九" * 301 + "”不是") == "“" + "九" * 300 + "…”不是"
    assert shown("“" + "九" * 300 + "”不是") == "“" + "九" * 300 + "”不是"


def test_a_line_of_a_run_is_told_without_whole_account_numbers(yibao, tmp_path):
    script = tmp_path / "账户.yibao"
    script.write_text(
        "bank end 6222020200112233445 --on 2018-01-01 --cite x\n", "utf-8"
    )
    code, _, err = yibao("run", script)

    assert code == 1
    assert "6222020200112233445" not in err.rpartition("第1行")[2]
    assert "bank end *3445 --on 2018-01-01" in err
    assert without_accounts("import 201801.xlsx 520100") == "import 201801.xlsx 520100"


def test_words_of_the_parser_are_chinese(yibao, tmp_path):
    missing = yibao("report", "year", "9999")[2]
    edition = yibao("plan", "2018Q1", "--region", "520000", "--edition", "0")[2]
    folder = yibao("report", "year", "2018", "--html", tmp_path)[2]

    assert "“9999”应在2000至2099之间" in missing
    assert "“0”应在1至2147483647之间" in edition
    assert f"文件“{tmp_path}”是目录" in folder


@pytest.mark.parametrize("region", ["nosuch", "贵阳", "522322"])
def test_notices_of_a_region_that_is_not_there_are_wrong_use(region, yibao):
    code, out, err = yibao("notice", "list", "--region", region)

    assert (code, out) == (2, "")
    assert f"没有地区“{region}”" in err
    assert yibao("notice", "list", "--region", "529900") == (0, "（没有）\n", "")
