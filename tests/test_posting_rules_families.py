"""Who may be bound, whose accounts pay in which order, and what they may pay."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal

import pytest
from desk_by_hand import CASES

from posting_rules.families import Member, drawn, family_rule, given_back, in_order
from posting_rules.personal import documents_of
from posting_rules.uses import cost_ruling, mode_of, premium_ruling

TOLD = tomllib.loads((CASES / "family.toml").read_text("utf-8"))
NANCHONG, HEFEI, PANZHIHUA = "511300", "340100", "510400"
NC, AH = (date(2023, 1, 1), date(2028, 1, 1)), (date(2024, 6, 1), date.max)


def cases(kind: str):
    """Run once for each case of a kind, by its name."""
    return pytest.mark.parametrize("case", TOLD[kind], ids=lambda case: case["name"])


def fen(amounts: list[str]) -> list[int]:
    return [int(Decimal(amount) * 100) for amount in amounts]


def members(lines: list[str]) -> list[Member]:
    """`A 340100 07-02 1`: who, region, day of binding in 2024, order."""
    words = [line.split() for line in lines]
    return [
        Member(who, region, "配偶", f"2024-{day} 09:00:00", int(serial))
        for who, region, day, serial in words
    ]


@cases("cost")
def test_what_an_account_may_pay_of_a_bill(case):
    ruling = cost_ruling(
        case["region"],
        case["who"],
        case.get("place", "三级"),
        case.get("category", "普通门诊"),
        case.get("in_province", True),
        case["on"],
    )

    assert (ruling.part if ruling.may else "") == case["part"]
    assert ruling.basis == case["basis"]


@cases("premium")
def test_which_premiums_an_account_may_pay(case):
    ruling = premium_ruling(
        case["region"],
        case["who"],
        case["kind"],
        case.get("in_province", True),
        case["on"],
    )

    assert (ruling.may, ruling.basis) == (case["may"], case["basis"])


@cases("order")
def test_whose_accounts_pay_in_which_order(case):
    on = case.get("on", date(2024, 7, 31))
    bound = members(case["members"])

    paying = in_order(case["region"], bound, on)
    backwards = in_order(case["region"], bound[::-1], on)

    assert " ".join(member.person_id for member in paying) == case["pay"]
    assert backwards == paying


@cases("drawn")
def test_each_account_is_drained_before_the_next(case):
    due, balances = fen([case["due"]])[0], fen(case["balances"])

    assert drawn(due, balances) == fen(case["paid"])


@cases("returned")
def test_what_is_given_back_goes_to_the_last_that_paid_first(case):
    amount, paid = fen([case["amount"]])[0], fen(case["paid"])

    assert given_back(amount, paid) == fen(case["back"])


@cases("rule")
def test_the_rule_of_families(case):
    rule = family_rule(case["region"], case["on"])
    if "relations" not in case:
        assert rule is None
        return

    assert list(rule.relations) == case["relations"]
    assert (rule.most, rule.cross) == (case.get("most"), case["cross"])
    assert rule.cross_authorisers == case.get("cross_authorisers")
    assert list(rule.real) == case.get("real", [])
    assert rule.basis() == case["basis"]
    for what in ("most", "real"):
        assert rule.basis(what) == case.get(f"basis_{what}", case["basis"])


@cases("mode")
def test_the_part_of_expenditure_that_a_kind_of_cost_belongs_to(case):
    assert mode_of(NANCHONG, case["category"]) == case["mode"]
    assert mode_of(HEFEI, case["category"]) == case["mode"]


@pytest.mark.parametrize(
    "region, term", [(NANCHONG, NC), (HEFEI, AH), (PANZHIHUA, None)]
)
def test_on_every_day_of_a_term_one_family_rule_holds_outside_none(region, term):
    day = date(2022, 11, 1)
    while day < date(2028, 3, 1):
        holding = [
            rule
            for document in documents_of(region)
            for rule in document.families
            if rule.from_day <= day < rule.until
        ]

        assert len(holding) == (1 if term and term[0] <= day < term[1] else 0), day
        day += timedelta(days=1)


@pytest.mark.parametrize(
    "region, term", [(NANCHONG, NC), (HEFEI, AH), (PANZHIHUA, None)]
)
def test_on_every_day_each_relation_of_the_rule_is_ruled_the_same_all_the_term(
    region, term
):
    """No gap: inside its term a region's own document rules, outside the general."""
    own = {d.number for d in documents_of(region)} - {"劳社厅发〔2002〕6号"}
    day = date(2022, 11, 1)
    while day < date(2028, 3, 1):
        inside = term is not None and term[0] <= day < term[1]
        for who in ("本人", "配偶", "父母", "子女"):
            ruling = cost_ruling(region, who, "三级", "普通门诊", True, day)
            number = ruling.basis.partition(" ")[0]

            assert (number in own) == inside, (day, who)
            assert ruling.may == (inside or who == "本人"), (day, who)
        day += timedelta(days=1)


def test_nothing_that_a_document_forbids_to_all_is_open_to_anybody():
    for region, (first, until) in ((NANCHONG, NC), (HEFEI, AH)):
        for day in (first, min(until, date(2035, 1, 1)) - timedelta(days=1)):
            for who in ("本人", "配偶", "父母", "子女", "祖父母", "外孙子女"):
                for level in ("三级", "二级及以下", "定点零售药店"):
                    for category in ("公共卫生", "体育健身", "养生保健"):
                        ruling = cost_ruling(region, who, level, category, True, day)

                        assert not ruling.may
