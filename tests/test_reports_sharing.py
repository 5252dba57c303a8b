"""report sharing: what families shared, by pair, relation, category and month."""

import json
from decimal import Decimal
from fractions import Fraction

import openpyxl
import pytest
from sharing_by_hand import BENGBU, HEFEI, WUHU, premiums, shared

from ledger.errors import UsageError
from ledger.periods import Month
from reports.settlements.sharing import sharing

JULY, AUGUST = Month(2024, 7), Month(2024, 8)
# 合肥's accounts pay 300.00 at home and 150.00 - 40.00 in 芜湖; 芜湖's 90.00 in 合肥.
THREE_PAIRS = """
month   | payer  | place  | relation | category | act | lines | amount
2024-07 | 340100 | 340100 | 配偶 | 普通门诊 | 收费 | 3 | 300.00
2024-07 | 340100 | 340200 | 父母 | 普通门诊 | 收费 | 2 | 150.00
2024-08 | 340100 | 340200 | 父母 | 普通门诊 | 退还 | 1 | -40.00
2024-08 | 340200 | 340100 | 子女 | 购药     | 收费 | 1 | 90.00
"""


def asked(home, first=None, last=None, region=""):
    with home.reading() as connection:
        return sharing(connection, first, last, region)


def told(parts) -> dict:
    return {part.name: (*part.figures, part.figures.net) for part in parts}


def yuan(text: str) -> Decimal:
    return Decimal(text)


def test_pairs_tell_charges_and_refunds_apart_and_net(anhui_home):
    shared(anhui_home, THREE_PAIRS)

    pairs = {(p.payer, p.place): p.figures for p in asked(anhui_home).pairs}

    assert pairs == {
        (HEFEI, HEFEI): (3, yuan("300.00"), 0, yuan("0")),
        (HEFEI, WUHU): (2, yuan("150.00"), 1, yuan("-40.00")),
        (WUHU, HEFEI): (1, yuan("90.00"), 0, yuan("0")),
    }
    assert pairs[HEFEI, WUHU].net == yuan("110.00")


def test_relations_categories_and_months_each_add_up_to_the_total(anhui_home):
    shared(anhui_home, THREE_PAIRS)

    made = asked(anhui_home)

    assert (*made.total, made.total.net) == (
        6,
        yuan("540.00"),
        1,
        yuan("-40.00"),
        yuan("500.00"),
    )
    assert told(made.relations) == {
        "配偶": (3, yuan("300.00"), 0, yuan("0"), yuan("300.00")),
        "父母": (2, yuan("150.00"), 1, yuan("-40.00"), yuan("110.00")),
        "子女": (1, yuan("90.00"), 0, yuan("0"), yuan("90.00")),
    }
    assert {name: row[-1] for name, row in told(made.categories).items()} == {
        "普通门诊": yuan("410.00"),
        "购药": yuan("90.00"),
    }
    assert [(part.name, part.figures.net) for part in made.months] == [
        ("2024-07", yuan("450.00")),
        ("2024-08", yuan("50.00")),
    ]


def test_charges_and_refunds_of_one_month_and_pair_stand_in_one_detail(anhui_home):
    shared(anhui_home, THREE_PAIRS)
    shared(anhui_home, "act | lines | amount\n收费 | 2 | 9.00\n退还 | 1 | -3.00")

    details = asked(anhui_home).details

    assert len(details) == 4
    assert details[0] == (
        "2024-07",
        HEFEI,
        HEFEI,
        "配偶",
        "普通门诊",
        (5, yuan("309.00"), 1, yuan("-3.00")),
    )


def test_the_share_of_cross_city_money_is_of_the_net_amounts(anhui_home):
    """150 - 40 + 90 = 200 of 500 crossed the border of a city."""
    shared(anhui_home, THREE_PAIRS)

    made = asked(anhui_home)

    assert made.cross.net == yuan("200.00")
    assert made.cross_rate == Fraction(2, 5)


def test_a_span_holds_both_its_months_and_a_region_both_its_roles(anhui_home):
    shared(anhui_home, THREE_PAIRS)

    assert asked(anhui_home, AUGUST, AUGUST).total.net == yuan("50.00")
    assert asked(anhui_home, last=JULY).total.net == yuan("450.00")
    assert asked(anhui_home, AUGUST).total.net == yuan("50.00")
    assert asked(anhui_home, region=WUHU).total.net == yuan("200.00")
    assert asked(anhui_home, region=BENGBU).pairs == []


def test_drafts_rejected_and_reversed_postings_do_not_count(anhui_home):
    shared(anhui_home, "amount\n1.00", state="draft")
    shared(anhui_home, "amount\n2.00", state="rejected", live=False)
    shared(anhui_home, "amount\n4.00", live=False)
    shared(anhui_home, "amount\n8.00")
    premiums(anhui_home, "amount\n16.00", state="draft")

    made = asked(anhui_home)

    assert made.total.net == yuan("8.00")
    assert made.premiums == []


def test_other_parts_of_a_bill_are_no_sharing(anhui_home):
    shared(anhui_home, "part | amount\n个账 | 5.00\n统筹 | 6.00\n共济 | 7.00")

    assert asked(anhui_home).total.net == yuan("7.00")


def test_premiums_stand_beside_by_pair_and_kind_without_ones_own(anhui_home):
    """合肥 pays 800 for 合肥 and 200 for 芜湖; 380 for oneself is no sharing."""
    premiums(
        anhui_home,
        """
        payer  | region | kind         | relation | lines | amount
        340100 | 340100 | 城乡居民医保 | 子女     | 1     | 400.00
        340100 | 340100 | 城乡居民医保 | 配偶     | 1     | 400.00
        340100 | 340200 | 惠民保       | 父母     | 2     | 200.00
        340100 | 340100 | 城乡居民医保 | 本人     | 1     | 380.00
        """,
    )

    made = asked(anhui_home)

    assert made.premiums == [
        (HEFEI, HEFEI, "城乡居民医保", 2, yuan("800.00")),
        (HEFEI, WUHU, "惠民保", 2, yuan("200.00")),
    ]
    assert made.premium_total == (4, yuan("1000.00"))
    assert made.premium_cross == (2, yuan("200.00"))
    assert made.premium_cross_rate == Fraction(1, 5)
    assert [row.kind for row in asked(anhui_home, region=WUHU).premiums] == ["惠民保"]


def test_nothing_shared_has_no_rate(anhui_home):
    made = asked(anhui_home)

    assert (made.total.net, made.cross_rate) == (yuan("0.00"), None)


def test_what_was_all_given_back_is_told_as_nothing_net(anhui, sqlite_anhui_home):
    shared(sqlite_anhui_home, "act | amount\n收费 | 5.00\n退还 | -5.00")

    _, out, _ = anhui("report", "sharing")

    assert "家庭共济净额为零" in out


def test_a_span_that_ends_before_it_begins_is_refused(sqlite_anhui_home):
    with pytest.raises(UsageError, match="请对调"):
        asked(sqlite_anhui_home, AUGUST, JULY)


def test_the_command_tells_pairs_and_the_share_in_words(anhui, sqlite_anhui_home):
    shared(sqlite_anhui_home, THREE_PAIRS)
    premiums(sqlite_anhui_home, "payer | region\n340100 | 340200")

    code, out, _ = anhui("report", "sharing", "--from", "2024-07", "--to", "2024-10")
    lines = map(str.split, out.splitlines())
    pair = next(line for line in lines if line[:2] == ["合肥市", "芜湖市"])

    assert code == 0
    assert pair == [
        "合肥市",
        "芜湖市",
        "跨市",
        "2",
        "150.00",
        "1",
        "-40.00",
        "110.00",
    ]
    assert "跨市共济200.00元，占共济支出500.00元的40.00%。" in out
    assert "代缴保费" in out and "城乡居民医保" in out


def test_the_command_says_that_nothing_was_shared(anhui):
    code, out, _ = anhui("report", "sharing")

    assert code == 0
    assert "没有家庭共济支出" in out


def test_json_has_names_and_codes_and_money_as_texts(anhui, sqlite_anhui_home):
    shared(sqlite_anhui_home, THREE_PAIRS)
    premiums(sqlite_anhui_home, "payer | region\n340100 | 340200")

    _, out, _ = anhui("report", "sharing", "--region", WUHU, "--json")
    made = json.loads(out)

    assert (made["from"], made["to"], made["region"]) == (None, None, WUHU)
    assert made["total"] == {
        "charges": 3,
        "charged": "240.00",
        "refunds": 1,
        "refunded": "-40.00",
        "net": "200.00",
    }
    assert made["cross"]["rate"] == "1.0000"
    assert made["pairs"][0] == {
        "payer": HEFEI,
        "payer_name": "合肥市",
        "place": WUHU,
        "place_name": "芜湖市",
        "cross": True,
        "charges": 2,
        "charged": "150.00",
        "refunds": 1,
        "refunded": "-40.00",
        "net": "110.00",
    }
    assert made["details"][1]["net"] == "-40.00"
    assert made["premiums"]["cross"] == {
        "premiums": 1,
        "amount": "400.00",
        "rate": "1.0000",
    }


def test_the_workbook_has_a_sheet_for_each_view(anhui, sqlite_anhui_home, tmp_path):
    shared(sqlite_anhui_home, THREE_PAIRS)
    path = tmp_path / "共济.xlsx"

    code, _, _ = anhui("report", "sharing", "--xlsx", path)
    book = openpyxl.load_workbook(path)

    assert code == 0
    assert book.sheetnames == [
        "按地区",
        "按关系",
        "按费用类别",
        "按月",
        "代缴保费",
        "明细",
    ]
    cells = [[cell.value for cell in row] for row in book["按地区"].iter_rows()]
    assert ["合肥市", "芜湖市", "跨市", 2, 150, 1, -40, 110] in cells
    assert ["合计", None, None, 6, 540, 1, -40, 500] in cells
    cells = [[cell.value for cell in row] for row in book["明细"].iter_rows()]
    named = ["2024-08", "芜湖市", "合肥市", "子女", "购药"]
    assert [*named, 1, 90, 0, 0, 90] in cells


@pytest.mark.parametrize("name", ["sharing", "settlement-differences"])
def test_another_provinces_region_is_refused(anhui, name):
    code, _, err = anhui("report", name, "--region", "511300")

    assert code == 2
    assert "不是本省的统筹区" in err
