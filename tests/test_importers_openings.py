"""F0 科目期初余额表: its own checks."""

from datetime import date
from decimal import Decimal

import pytest
from forms_by_hand import as_csv, form_rows, line

from importers.forms import read
from ledger.documents import Opening
from ledger.errors import SourceError

BANK = line("F0", 借方余额="100.00")
FUND = line("F0", 科目="医保基金结余", 贷方余额="100.00")


def openings(*rows: dict, **options):
    return read(as_csv(form_rows("F0", list(rows), **options)), "期初.csv").lines


def refused(*rows: dict) -> str:
    with pytest.raises(SourceError) as caught:
        openings(*rows, total=False)
    return str(caught.value).split("\n")[0].removeprefix("期初.csv")


def test_every_column_reaches_its_field():
    one, other = openings(
        {**BANK, "辅助明细": "520102", "险种": "310"}, {**FUND, "险种": "职工医保"}
    )

    assert one == Opening(
        sheet="",
        row=3,
        book="520102-county-agency",
        cutoff=date(2016, 12, 31),
        subject="财政专户存款",
        detail="520102",
        fund="310",
        debit=Decimal("100.00"),
        credit=Decimal("0.00"),
    )
    assert (other.fund, other.debit, other.credit) == ("310", 0, 100)


def test_debit_and_credit_must_be_equal_in_each_book():
    found = refused(BANK, {**FUND, "贷方余额": "99.99"})
    assert "第4行：账簿520102-county-agency（未填险种）" in found
    assert "借方合计100.00与贷方合计99.99不等，相差0.01" in found

    assert "不等" in refused(BANK, {**FUND, "账簿": "520103-county-agency"})


def test_debit_and_credit_must_be_equal_in_each_fund():
    found = refused({**BANK, "险种": "310"}, {**FUND, "险种": "390"})

    assert "账簿520102-county-agency险种310借方合计100.00与贷方合计0.00不等" in found


def test_a_line_without_a_balance_is_a_balance_of_nothing():
    assert openings(BANK, FUND, line("F0", 科目="暂付款"))[2].debit == 0


def test_a_line_with_both_sides_is_refused():
    assert "与借方余额同时填写" in refused({**BANK, "贷方余额": "1"}, FUND)


def test_a_red_balance_is_read():
    rows = {**BANK, "借方余额": "(100.00)"}, {**FUND, "贷方余额": "-100.00"}

    assert openings(*rows)[0].debit == -100


@pytest.mark.parametrize("book", ["520102", "贵阳市", "520102-county-desk", "a b"])
def test_what_is_no_book_is_refused(book):
    assert f"账簿“{book}”不是账簿编号" in refused({**BANK, "账簿": book}, FUND)


def test_a_cutoff_is_required():
    assert refused({**BANK, "截止日期": ""}, FUND) == "第3行：截止日期没有填。"


def test_two_equal_keys_in_one_file_are_refused_naming_both_rows():
    found = refused(BANK, FUND, BANK)

    assert found.startswith(
        "第5行：与第3行是同一条（账簿、科目、辅助明细、险种都相同）"
    )
    assert (
        len(openings(BANK, {**BANK, "辅助明细": "x"}, FUND, {**FUND, "辅助明细": "x"}))
        == 4
    )
