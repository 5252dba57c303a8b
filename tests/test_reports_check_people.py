"""check, identity 11: every break is found, and its first person or batch is named."""

from datetime import date

import pytest
from accounts_by_hand import NANCHONG, WANG_ID, ZHANG, batch, contributed, person, run

from reports.reconcile import check

ON = date(2023, 12, 31)


@pytest.fixture
def credited(sichuan_home):
    """张三 and 王五 of 南充: 5000.00 and 3000.00 give 100.00 and 60.00; and 80.00."""
    home = sichuan_home
    person(home, ZHANG, "张三")
    person(home, WANG_ID, "王五", base="3000")
    lines = [(ZHANG, "5000"), (WANG_ID, "3000")]
    document_id = contributed(home, "一月.csv", "2023-01", lines)
    moved = [(ZHANG, "在职计入", "100"), (WANG_ID, "在职计入", "60")]
    batch(home, "credit", moved, document_id=document_id)
    batch(home, "change", [(WANG_ID, "转入", "80")], period="")
    return home


def found(home, unmasked=False) -> list[str]:
    """What check finds, as 什么：应为 expected，实为 found."""
    with home.reading() as connection:
        findings = check(connection, ON, home, unmasked)
    return [f"{f.what}：{f.expected}→{f.found}" for f in findings if f.identity == "11"]


def test_a_home_whose_accounts_agree_is_told_so(credited):
    assert found(credited) == []


def test_a_balance_that_is_not_its_movements_names_the_first_person(credited):
    run(credited, "UPDATE account SET balance = balance + 1")

    assert found(credited) == [
        "****0001（511300南充市）个人账户余额：100.00→100.01",
        "511300南充市个人账户基金：240.02→240.00",
    ]


def test_money_moved_from_one_account_to_another_is_found(credited):
    run(credited, f"UPDATE account SET balance = 9999 WHERE person_id = '{ZHANG}'")
    run(credited, f"UPDATE account SET balance = 14001 WHERE person_id = '{WANG_ID}'")

    assert found(credited) == ["****0001（511300南充市）个人账户余额：100.00→99.99"]


def test_who_may_sees_the_person_whole(credited):
    run(credited, f"UPDATE account SET balance = 1 WHERE person_id = '{WANG_ID}'")

    assert found(credited, unmasked=True)[0].startswith(
        "P0000000002（511300南充市）个人账户余额：140.00→0.01"
    )


def test_a_movement_without_an_account_is_found(credited):
    run(credited, f"DELETE FROM account WHERE person_id = '{WANG_ID}'")

    assert found(credited)[0] == "****0002（511300南充市）个人账户余额：140.00→0.00"


def test_a_changed_movement_names_its_batch(credited):
    run(
        credited,
        f"UPDATE movement SET amount = 6001 WHERE person_id = '{WANG_ID}' "
        "AND kind = '在职计入'",
    )

    assert found(credited) == [
        "****0002（511300南充市）个人账户余额：140.01→140.00",
        "批次1（511300南充市 2023-01 按月计入）“在职计入”：160.00→160.01",
        "批次1（511300南充市 2023-01 按月计入）凭证“个人账户基金——在职计入”："
        "160.01→160.00",
        "511300南充市个人账户基金——在职计入：160.01→160.00",
        "511300南充市医保收入——个人账户收入待计入：-0.01→0.00",
    ]


def test_a_movement_that_was_deleted_names_its_batch(credited):
    run(
        credited, f"DELETE FROM movement WHERE person_id = '{WANG_ID}' AND batch_id = 2"
    )

    assert "批次2（511300南充市 变动）“转入”：1笔1人→0笔0人" in found(credited)


def test_one_person_twice_in_a_batch_is_counted_once(credited):
    run(credited, f"UPDATE movement SET serial = 'x' WHERE person_id = '{WANG_ID}'")
    run(credited, f"UPDATE movement SET person_id = '{ZHANG}' WHERE serial = 'x'")

    assert "批次1（511300南充市 2023-01 按月计入）“在职计入”：2笔2人→2笔1人" in found(
        credited
    )


def test_a_batch_total_that_was_changed_is_found(credited):
    run(credited, "UPDATE batch SET total = total + 100 WHERE id = 2")

    assert found(credited) == ["批次2（511300南充市 变动）总额：80.00→81.00"]


def test_a_movement_of_another_region_in_a_batch_is_found(credited):
    run(credited, "UPDATE movement SET region = '510400' WHERE batch_id = 2")

    assert "批次2（511300南充市 变动）“转入”：511300→510400" in found(credited)


def test_a_voucher_that_was_changed_names_its_batch(credited):
    run(
        credited,
        "UPDATE voucher_line SET amount = amount + 500 "
        "WHERE subject = '个人账户基金——转入'",
    )

    assert found(credited) == [
        "批次2（511300南充市 变动）凭证“个人账户基金——转入”：80.00→85.00",
        "511300南充市个人账户基金——转入：80.00→85.00",
        "511300南充市个人账户基金：240.00→245.00",
    ]


def test_a_voucher_on_the_control_account_without_a_batch_is_found(credited):
    run(credited, "DELETE FROM batch_total WHERE batch_id = 2")
    run(credited, "DELETE FROM movement WHERE batch_id = 2")
    run(credited, "DELETE FROM batch WHERE id = 2")

    assert "2023-01/记-3 个人账户基金——转入：有批次→80.00" in found(credited)


def test_a_batch_that_counts_with_a_draft_is_found(credited):
    run(credited, "UPDATE batch SET state = 'draft' WHERE id = 2")

    assert "批次2（511300南充市 变动）的凭证：待审核→已审核" in found(credited)


def test_sources_that_are_not_those_of_the_batch_are_found(credited):
    run(credited, "UPDATE document SET sha256 = 'f' WHERE id = 1")

    assert [line.partition("：")[0] for line in found(credited)] == [
        "批次1（511300南充市 2023-01 按月计入）来源哈希"
    ]


def test_a_claim_that_is_not_its_movements_names_the_person(credited):
    run(credited, f"UPDATE account SET claim = 700 WHERE person_id = '{WANG_ID}'")

    assert found(credited) == [
        "****0002（511300南充市）个人账户追回挂账：0.00→7.00",
        "511300南充市暂付款——个人账户追回：7.00→0.00",
    ]


def test_a_line_that_was_changed_names_its_file(credited):
    run(
        credited,
        f"UPDATE contribution_line SET own = 5000 WHERE person_id = '{WANG_ID}'",
    )

    assert found(credited) == [
        "一月.csv的医保收入——个人账户收入待计入：150.00→160.00",
        "511300南充市医保收入——个人账户收入待计入：-10.00→0.00",
    ]


def test_what_was_received_and_not_credited_waits(sichuan_home):
    person(sichuan_home)
    contributed(sichuan_home, "一月.csv", "2023-01", [(ZHANG, "5000")])

    assert found(sichuan_home) == []


def test_a_draft_does_not_count_yet(credited):
    batch(credited, "change", [(ZHANG, "转出", "-30")], period="", approve=False)

    assert found(credited) == []


def test_a_balance_below_zero_is_found(credited):
    if credited.engine.dialect.name == "sqlite":
        with credited.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("UPDATE account SET balance = -1")
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")
    else:
        run(credited, 'ALTER TABLE account DROP CONSTRAINT "account_balance"')
        run(credited, "UPDATE account SET balance = -1")

    assert found(credited)[0] == "****0001（511300南充市）个人账户余额：不小于0→-0.01"


def test_region_and_names_stand_in_no_finding(credited):
    run(credited, "UPDATE account SET balance = balance + 1")

    with credited.reading() as connection:
        said = str(check(connection, ON, credited))

    assert NANCHONG in said
    assert ZHANG not in said and "张三" not in said
