"""The commands person and report, and check --unmasked: words in, words out."""

import json
from datetime import date
from decimal import Decimal

import pytest
from accounts_by_hand import (
    WANG_ID,
    ZHANG,
    batch,
    contributed,
    disclosures,
    person,
    run,
)

from desk.cli import call

REGION = ("--region", "511300")


@pytest.fixture
def home(sqlite_sichuan_home):
    """张三 was credited 100.00 and 王五 60.00 of January; 王五 took 20.00 with him."""
    home = sqlite_sichuan_home
    person(home)
    person(home, WANG_ID, "王五", base="3000", born="1958-02")
    lines = [(ZHANG, "5000"), (WANG_ID, "3000")]
    document_id = contributed(home, "一月.csv", "2023-01", lines)
    moved = [(ZHANG, "在职计入", "100"), (WANG_ID, "在职计入", "60")]
    batch(home, "credit", moved, document_id=document_id)
    batch(home, "change", [(WANG_ID, "转出", "-20")], period="")
    return home


@pytest.fixture
def yibao(home, monkeypatch, capsys):
    monkeypatch.setenv("YIBAO_HOME", str(home.path))
    monkeypatch.setenv("YIBAO_BY", "li")
    monkeypatch.delenv("YIBAO_DATABASE_URL", raising=False)

    def run(*words):
        code = call([str(word) for word in words])
        told = capsys.readouterr()
        return code, told.out, told.err

    return run


def test_person_tells_since_when_one_is_retired(home, yibao):
    run(home, "UPDATE person SET retired_from = '2023-02'")

    assert "退休待遇自2023-02\n" in yibao("person", ZHANG)[1]


def test_person_tells_who_has_no_account_by_kind_of_insurance(home, yibao):
    run(home, f"DELETE FROM account WHERE person_id = '{WANG_ID}'")
    run(home, "DELETE FROM movement")
    run(home, "UPDATE person_state SET insured_as = '单建统筹'")

    out = yibao("person", WANG_ID)[1]

    assert "单建统筹，没有个人账户。\n" in out and "（没有）" not in out


def test_person_answers_as_the_contract_says(yibao):
    code, out, _ = yibao("person", WANG_ID, "--json", "--on", "2023-12-31")
    told = json.loads(out)

    assert code == 0
    assert (told["person_id"], told["balance"], told["name"]) == (
        WANG_ID,
        "40.00",
        "王*",
    )
    account = told["accounts"][0]
    assert (account["region"], account["status"], account["balance"]) == (
        "511300",
        "在职",
        "40.00",
    )
    assert told["movements"][0] == {
        "on": "2023-01-31",
        "region": "511300",
        "kind": "在职计入",
        "amount": "60.00",
        "balance": "60.00",
        "batch": 1,
        "source": "一月.csv#明细!R3",
        "period": "2023-01",
        "voucher": "511300-city-agency/2023-01/2",
        "institution": "",
        "category": "",
    }
    assert told["family"] == {"grantors": [], "grantees": []}
    assert told["outpatient"] == {
        "year": 2023,
        "deducted": "0.00",
        "paid": "0.00",
        "deductible_left": "200.00",
        "cap_left": "1000.00",
        "cite": "南府办发〔2022〕33号 第七条（一）",
    }


def test_person_is_told_in_words(yibao):
    code, out, _ = yibao("person", WANG_ID)

    assert code == 0
    assert "王*　P0000000002　南充市　在职" in out
    assert "-20.00" in out and "40.00" in out and "王五" not in out


def test_nobody_is_found_by_name(yibao):
    code, out, err = yibao("person", "王五")

    assert (code, out) == (1, "")
    assert "只能按完整的个人编号查询" in err and "王五" not in err


def test_every_unmasked_look_is_on_record(yibao, home):
    code, out, _ = yibao("person", WANG_ID, "--unmasked", "--by", "zhao")

    assert code == 0 and "王五" in out
    assert disclosures(home) == [("zhao", "person", WANG_ID)]


def test_a_look_at_nobody_is_not_on_record(yibao, home):
    assert yibao("person", "P9", "--unmasked")[0] == 1
    assert disclosures(home) == []


def test_who_may_not_see_people_whole_is_refused(yibao, home):
    yibao("setting", "set", "may-unmask", "zhao、qian", "--cite", "岗位表")

    code, out, err = yibao("person", WANG_ID, "--unmasked")

    assert (code, out) == (1, "")
    assert "“li”不能查看完整的姓名和编号" in err
    assert yibao("person", WANG_ID, "--unmasked", "--by", "qian")[0] == 0
    assert disclosures(home) == [("qian", "person", WANG_ID)]


def test_a_statement_is_saved_as_workbook_and_as_page(yibao, tmp_path):
    sheet, page = tmp_path / "a.xlsx", tmp_path / "a.html"

    assert yibao("person", WANG_ID, "--xlsx", sheet, "--print", page)[0] == 0
    assert sheet.read_bytes()[:2] == b"PK"
    assert "对账单" in page.read_text("utf-8")


def test_a_place_that_cannot_be_written_is_told(yibao, tmp_path):
    (tmp_path / "file").write_text("")

    code, _, err = yibao("person", WANG_ID, "--print", tmp_path / "file" / "a.html")

    assert code == 1 and "写不了文件" in err


def test_a_name_is_put_right_and_what_stood_before_is_kept(yibao, home):
    words = ("person", ZHANG, "--name", "张叁", "--born", "1981-06")

    code, out, _ = yibao(*words, "--cite", "身份证复印件")

    assert (code, out) == (0, "已更正：姓名、出生年月。\n")
    assert amendments(home) == [
        (ZHANG, 1, "name", "张三", "张叁", "身份证复印件", "li"),
        (ZHANG, 2, "born", "1980-05", "1981-06", "身份证复印件", "li"),
    ]
    assert json.loads(yibao("person", ZHANG, "--unmasked", "--json")[1])["name"] == (
        "张叁"
    )


def test_what_is_right_already_is_not_put_right_again(yibao, home):
    code, out, _ = yibao("person", ZHANG, "--name", "张三", "--cite", "身份证")

    assert code == 0 and "没有改动" in out
    assert amendments(home) == []


def test_dry_run_puts_nothing_right(yibao, home):
    assert yibao("person", ZHANG, "--name", "张四", "--cite", "证", "--dry-run")[0] == 0
    assert amendments(home) == []


@pytest.mark.parametrize(
    "words, said",
    [
        (("--name", "张四"), "--cite 不能为空"),
        (("--name", " ", "--cite", "证"), "--name 应为"),
        (("--born", "1980-13", "--cite", "证"), "不是出生年月"),
        (("--born", "1980-05", "--cite", "证", "--unmasked"), "分两次"),
        (("--cite", "证"), "只用于更正"),
        (("--from", "2023-02", "--to", "2023-01"), "请对调"),
    ],
)
def test_words_that_person_cannot_take(yibao, words, said):
    code, _, err = yibao("person", ZHANG, *words)

    assert code == 2 and said in err


def test_check_names_the_person_whole_for_who_may(yibao, home):
    run(home, f"UPDATE account SET balance = 1 WHERE person_id = '{WANG_ID}'")

    masked = yibao("check")
    whole = yibao("check", "--unmasked", "--by", "zhao", "--json")

    assert masked[0] == whole[0] == 1
    assert "****0002（511300南充市）个人账户余额" in masked[1]
    assert WANG_ID not in masked[1]
    assert json.loads(whole[1])["findings"][0]["person_id"] == WANG_ID
    assert disclosures(home) == [("zhao", "check", WANG_ID)]


def test_statistics_as_json(yibao):
    code, out, _ = yibao(
        "report",
        "personal-accounts",
        *("--from", "2023-01", "--to", "2023-12"),
        *REGION,
        "--json",
    )
    told = json.loads(out)

    assert code == 0
    assert (told["opening"], told["income"], told["expenditure"], told["closing"]) == (
        "0.00",
        "160.00",
        "20.00",
        "140.00",
    )
    assert told["distribution"]["institution"] == [
        {"name": "非医药机构", "movements": 1, "amount": "20.00"}
    ]


def test_statistics_in_words_and_as_workbook(yibao, tmp_path):
    path = tmp_path / "统计.xlsx"
    words = ("report", "personal-accounts", "--from", "2023-01", "--to", "2023-02")

    code, out, _ = yibao(*words, "--xlsx", path, "--by-month")

    assert code == 0 and path.stat().st_size > 1000
    for line in ("在职计入", "60—69岁", "南充市", "2023-02", "140.00"):
        assert line in out
    assert "王" not in out


def test_an_account_is_never_paid_in_cash(yibao):
    code, out, _ = yibao(
        "report", "account-uses", *REGION, "--on", "2023-05-01", "--use", "现金"
    )

    assert code == 1
    assert "不可以" in out and "劳社厅发〔2002〕6号 三" in out


def test_what_a_family_may_have_paid_began_in_2023(yibao):
    words = ("report", "account-uses", *REGION, "--use", "家庭成员医药费用", "--on")

    assert yibao(*words, "2022-12-31")[0] == 1
    assert yibao(*words, "2023-01-01")[0] == 0


def test_a_use_that_nothing_is_said_of(yibao):
    code, _, err = yibao("report", "account-uses", *REGION, "--use", "旅游")

    assert code == 2 and "有规定的是" in err


def test_batches_are_listed_with_totals_and_vouchers(yibao):
    code, out, _ = yibao("report", "batches", *REGION, "--month", "2023-01", "--json")
    first = json.loads(out)["batches"][0]

    assert code == 0
    assert first["totals"] == [
        {"kind": "在职计入", "people": 2, "movements": 2, "amount": "160.00"}
    ]
    assert first["vouchers"] == ["511300-city-agency/2023-01/2"]
    assert first["documents"] == ["一月.csv"]
    assert yibao("report", "batches", *REGION)[0] == 0


RISK = ("report", "cash-risk", *REGION, "--from", "2023-01", "--to", "2023-12")


@pytest.fixture
def inherited(home):
    """王五's heirs received what was left: 40.00."""
    moved = [(WANG_ID, "继承", "-40")]
    batch_id = batch(home, "change", moved, date(2023, 3, 1), "", serial="JC1")
    change_line(home, WANG_ID, "继承", "JC1", date(2023, 3, 1), batch_id)


def test_registers_mask_people(yibao, inherited):
    code, out, _ = yibao(*RISK)

    assert code == 0
    assert "王*" in out and "****0002" in out and "40.00" in out
    assert "王五" not in out and WANG_ID not in out


def test_a_register_of_people_whole_is_on_record(yibao, home, inherited):
    code, out, _ = yibao(*RISK, "--unmasked", "--json", "--by", "zhao")

    assert code == 0
    assert json.loads(out)["rows"][0]["person_id"] == WANG_ID
    assert disclosures(home) == [("zhao", "cash-risk", WANG_ID)]


def test_a_register_that_is_empty_is_said_to_be(yibao, tmp_path):
    path = tmp_path / "登记簿.xlsx"

    code, out, _ = yibao("report", "payout-exceptions", *REGION, "--xlsx", path)

    assert code == 0 and "（没有）" in out and path.stat().st_size > 1000


def test_a_region_that_is_no_city_of_the_province_is_refused(yibao):
    code, _, err = yibao("report", "batches", "--region", "520100")

    assert code == 2 and "不是本省的统筹区" in err


def change_line(home, person_id, kind, serial, dated, batch_id) -> None:
    """A row of G6, as its import keeps it."""
    from sqlalchemy import insert

    from ledger.people.tables import ChangeLine

    with home.writing() as connection:
        connection.execute(
            insert(ChangeLine.__table__).values(
                person_id=person_id,
                serial=serial,
                freed=0,
                sheet="",
                region="511300",
                dated=dated,
                kind=kind,
                died_on=None,
                amount=Decimal("40.00"),
                other="",
                payee_name="王一",
                payee_account="6222000000000000001",
                payee_bank="工商银行",
                basis="继承公证书",
                note="",
                batch_id=batch_id,
                document_id=1,
                row=2,
            )
        )


def amendments(home) -> list[tuple]:
    from sqlalchemy import text

    with home.reading() as connection:
        rows = connection.execute(
            text(
                "SELECT person_id, serial, field, before, after, cite, by "
                "FROM person_amendment ORDER BY person_id, serial"
            )
        )
        return [tuple(row) for row in rows]
