"""`yibao bank`: the master with masked numbers, the form, matching by hand, by CLI."""

import json

from test_desk_bank import FEE, by_hand, statement

NUMBER = "52010201"
ADD = [
    *("bank", "add", NUMBER, "--name", "南明区财政局", "--bank", "某银行南明支行"),
    *("--region", "520102", "--book", "520102-county-agency", "--funds", "职工医保"),
    *("--from", "2017-01-01", "--cite", "开户批复"),
]


def test_an_account_is_added_once_and_ended(yibao):
    first, again = yibao(*ADD), yibao(*ADD)
    ended = yibao("bank", "end", NUMBER, "--on", "2018-01-01", "--cite", "销户")
    once_more = yibao("bank", "end", NUMBER, "--on", "2018-01-01", "--cite", "销户")
    listed = json.loads(yibao("bank", "list", "--json")[1])["accounts"]

    assert [code for code, *_ in (first, again, ended, once_more)] == [0, 0, 0, 0]
    assert "已登记：账号****0201" in first[1] and "原已登记" in again[1]
    assert "原已停用" in once_more[1]
    assert listed[0] == {
        "number": "****0201",
        "name": "南明区财政局",
        "bank": "某银行南明支行",
        "region": "520102",
        "book": "520102-county-agency",
        "finance_book": "520102-county-finance",
        "subject": "财政专户存款——县本级",
        "funds": "310",
        "from": "2017-01-01",
        "until": "2018-01-01",
    }
    assert listed[1]["number"] == "****0008"  # the policy's own


def test_a_whole_number_is_for_who_may_see_it(yibao):
    yibao("setting", "set", "may-unmask", "wang", "--cite", "制度")

    refused = yibao("bank", "list", "--unmasked")
    allowed = yibao("bank", "list", "--unmasked", "--by", "wang")

    assert (refused[0], allowed[0]) == (1, 0)
    assert "2402002129014452854-000000008" in allowed[1]


def test_what_an_account_may_not_be(yibao):
    def said(*words):
        code, _, error = yibao(*[*ADD, *words])
        return code, error.strip()

    assert said("--book", "520102-county-finance")[0] == 2
    assert "不能记在“暂付款——异地就医款”" in said("--subject", "暂付款——异地就医款")[1]
    assert (
        "同级财政部门的账套520102-county-finance"
        in said("--finance-book", "520100-city-finance")[1]
    )
    assert "不是已知的险种" in said("--funds", "999")[1]
    assert "--name应是一行文字，1至100个字" in said("--name", "甲" * 101)[1]
    assert "--cite 应是一行文字，1至200个字" in said("--cite", "字" * 201)[1]
    assert (
        "只在经办机构记账"
        in said(
            *("--subject", "支出户存款", "--finance-book", "520102-county-finance")
        )[1]
    )


def test_the_policy_s_own_account_is_ended_and_taken_over(yibao):
    own = "2402002129014452854000000008"

    ended = yibao("bank", "end", own, "--on", "2018-07-01", "--cite", "换户")

    assert ended[0] == 0
    listed = json.loads(yibao("bank", "list", "--json", "--on", "2018-07-01")[1])
    assert listed["accounts"] == []


def test_the_form_says_whether_both_sides_agree(yibao, sqlite_home, tmp_path):
    yibao(*ADD)
    statement(sqlite_home, FEE.replace("|0.00|", "|-12.00|").format("不明支出"))

    table = yibao("bank", "reconcile", NUMBER, "--on", "2017-05-31")
    code, out, _ = yibao(
        *("bank", "reconcile", NUMBER, "--on", "2017-05-31", "--json"),
        *("--xlsx", tmp_path / "表.xlsx"),
    )

    assert (table[0], code) == (0, 0)
    assert "调节后相符" in table[1] and NUMBER not in table[1]
    told = json.loads(out)
    assert (told["difference"], told["bank_only"][0]["credit"]) == ("0.00", "12.00")
    assert (tmp_path / "表.xlsx").stat().st_size > 0


def test_a_start_that_differs_ends_with_1(yibao, sqlite_home):
    yibao(*ADD)
    by_hand(sqlite_home)
    rows = "账号|日期|交易流水号|收入金额|余额\n52010201|2017-06-02|S1|1.00|1.00"
    statement(sqlite_home, rows)

    code, out, _ = yibao("bank", "reconcile", NUMBER, "--on", "2017-06-30")

    assert code == 1
    assert "调节后相差12.00元" in out


def test_an_account_without_statement_is_told(yibao):
    yibao(*ADD)

    code, _, error = yibao("bank", "reconcile", NUMBER)

    assert (code, "没有对账单" in error) == (1, True)


def test_matching_by_hand(yibao, sqlite_home):
    yibao(*ADD)
    name = by_hand(sqlite_home)
    statement(sqlite_home, FEE.format("不明支出"))

    tried = yibao("bank", "match", "SF1", name, "--dry-run")
    done = yibao("bank", "match", "SF1", name, "--account", NUMBER)
    again = yibao("bank", "match", "SF1", name)
    undone = yibao("bank", "unmatch", "SF1", "--json")
    unknown = yibao("bank", "match", "SF9", name)

    assert "检查通过" in tried[1] and "已对上" in done[1] and "原已对上" in again[1]
    assert json.loads(undone[1]) == {"status": "open", "serial": "SF1"}
    assert (unknown[0], "对账单里没有流水号“SF9”" in unknown[2]) == (1, True)
