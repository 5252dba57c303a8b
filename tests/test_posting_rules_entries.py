"""The 17 printed entries and ours, against RULES.md section 1 and 3 typed here."""

from datetime import date

import pytest

from ledger.errors import RuleError
from ledger.subjects import subject
from posting_rules.policies import entries_for, policy_of

POLICY = policy_of("520000")
PRINTED = [
    entry
    for entry in POLICY.entries
    if entry.printed and entry.reading in ("", "printed")
]

# id: (event, book, 借, 贷), copied by hand from 附件二.
ANNEX = {
    "1.1.1": (
        "county-to-city",
        "county-finance",
        ["医保支出——异地就医支出"],
        ["银行存款——医保基金存款"],
    ),
    "1.1.2": (
        "county-to-city",
        "city-finance",
        ["银行存款——医保基金存款"],
        ["医保收入——异地医保收入"],
    ),
    "1.1.3": (
        "city-to-province",
        "city-finance",
        ["医保支出——异地就医支出（市本级部分）", "医保支出——异地医保支出（县区部分）"],
        ["银行存款——医保基金存款（全市）"],
    ),
    "1.1.4": (
        "city-to-province",
        "province-finance",
        ["银行存款——医保基金存款"],
        ["医保收入——异地医保收入"],
    ),
    "1.1.5": (
        "to-other-province",
        "province-finance",
        ["医保支出——异地就医支出（省本级部分）", "医保支出——异地医保支出（市州部分）"],
        ["银行存款——医保基金存款（省级）"],
    ),
    "2.1.1": (
        "county-to-city",
        "county-agency",
        ["暂付款——异地就医款"],
        ["财政专户存款——县本级"],
    ),
    "2.1.2": (
        "county-to-city",
        "city-agency",
        ["财政专户存款——市本级"],
        ["暂付款——各县、区（辅助明细核算）"],
    ),
    "2.1.3": (
        "city-to-province",
        "city-agency",
        ["暂付款——异地就医款"],
        ["财政专户存款——市本级"],
    ),
    "2.1.4": (
        "province-to-centre",
        "province-agency",
        ["暂付款——异地就医款"],
        ["财政专户存款——省本级"],
    ),
    "2.1.5": (
        "city-to-province and province-to-centre",
        "centre",
        ["财政专户存款——异地就医结算中心"],
        ["暂收款——各市、州（含省本级）"],
    ),
    "2.1.6": (
        "to-other-province",
        "centre",
        ["暂付款——各省、市（辅助明细核算）"],
        ["财政专户存款——异地就医结算中心"],
    ),
    "2.2.1": (
        "clearing",
        "county-agency",
        ["医保费用支出——医保各险种（县本级）"],
        ["暂付款——异地就医款"],
    ),
    "2.2.2": (
        "clearing",
        "city-agency",
        ["医保费用支出——医保各险种（市州级）", "暂收款——各县、区（辅助明细核算）"],
        ["暂付款——异地就医款"],
    ),
    "2.2.3": (
        "clearing",
        "province-agency",
        ["医保费用支出——医保各险种（省本级）"],
        ["暂付款——异地就医款（省本级）"],
    ),
    "2.2.4": (
        "clearing",
        "centre",
        ["暂收款——各市、州（辅助明细含省本级）"],
        ["暂付款——各省、市（辅助明细核算）"],
    ),
    "2.3.1": (
        "city-to-province and province-to-centre",
        "centre",
        ["财政专户存款——异地就医结算中心"],
        ["暂收款——各市州（辅助明细核算含省本级）"],
    ),
    "2.3.2": (
        "clearing",
        "centre",
        ["暂收款——各市州（辅助明细核算含省本级）"],
        ["暂收款——省内异地就医"],
    ),
}
# Which of the centre's entries are for money of one scope only.
SCOPES = {"2.1.5": "跨省", "2.2.4": "跨省", "2.3.1": "省内", "2.3.2": "省内"}

# id, book and event: (借, 贷) of RULES.md section 3.1; {bank} is the account's subject.
FEES = "暂付款——银行手续费待收回"
OURS = {
    ("X2", "province-finance", ""): (
        [
            "医保支出——异地就医支出（省本级部分）",
            "医保支出——异地医保支出（市州部分）",
            "暂收款——外省预付金",
        ],
        ["银行存款——医保基金存款"],
    ),
    ("X2", "centre", ""): (
        ["支出户存款——异地就医"],
        ["财政专户存款——异地就医结算中心"],
    ),
    ("X3", "centre", ""): (["暂收款——省内异地就医"], ["支出户存款——异地就医"]),
    ("X5", "centre", "institution-other"): (
        ["暂收款——外省预付金"],
        ["支出户存款——异地就医"],
    ),
    ("X8", "any", "agency"): (["{bank}"], ["利息收入"]),
    ("X8", "any", "finance"): (["银行存款——医保基金存款"], ["医保收入——利息收入"]),
    ("X9", "any", "agency"): ([FEES], ["{bank}"]),
    ("X9", "any", "finance"): ([FEES], ["银行存款——医保基金存款"]),
    ("X14", "any", "agency"): (["{bank}"], [FEES]),
    ("X14", "any", "finance"): (["银行存款——医保基金存款"], [FEES]),
    ("X4", "centre", ""): (["财政专户存款——异地就医结算中心"], ["暂收款——外省预付金"]),
    ("X4", "province-finance", ""): (
        ["银行存款——医保基金存款"],
        ["暂收款——外省预付金"],
    ),
    ("X5", "centre", "payee"): (
        ["财政专户存款——异地就医结算中心"],
        ["暂收款——外省预付金"],
    ),
    ("X5", "province-finance", ""): (
        ["银行存款——医保基金存款"],
        ["暂收款——外省预付金"],
    ),
    ("X6", "centre", ""): (
        ["暂付款——各省、市（辅助明细核算）"],
        ["财政专户存款——异地就医结算中心"],
    ),
    ("X6", "province-finance", ""): (
        ["医保支出——异地就医支出（省本级部分）", "医保支出——异地医保支出（市州部分）"],
        ["银行存款——医保基金存款（省级）"],
    ),
    ("X12", "city-agency", ""): (["暂付款——各县、区"], ["暂收款——各县、区"]),
}


def printed_lines(template):
    return [line[0] for line in template]


@pytest.mark.parametrize("id", ANNEX)
def test_a_template_renders_back_to_the_annex_lines(id):
    entry = next(entry for entry in PRINTED if entry.id == id)

    assert (
        " and ".join(entry.events),
        entry.book,
        printed_lines(entry.debit),
        printed_lines(entry.credit),
    ) == ANNEX[id]


def test_the_policy_holds_the_17_entries_and_no_other_as_printed():
    assert sorted(entry.id for entry in PRINTED) == sorted(ANNEX)


def test_scopes_part_the_centres_entries():
    assert {e.id: e.scope for e in PRINTED if e.scope} == SCOPES


@pytest.mark.parametrize("id, book, which", OURS)
def test_our_entries_are_marked_and_render_to_their_lines(id, book, which):
    entry = next(
        e
        for e in POLICY.entries
        if (e.id, e.book) == (id, book) and which in ("", e.leg, *e.events)
    )
    lines = printed_lines(entry.debit), printed_lines(entry.credit)

    assert not entry.printed
    assert lines == OURS[id, book, which]


def test_ours_without_lines_are_marked_too():
    marked = {entry.id for entry in POLICY.entries if not entry.printed}

    assert marked == {f"X{number}" for number in range(1, 17)} - {"X10", "X13", "X15"}
    assert set(POLICY.notices) == {"X10", "X15"}


@pytest.mark.parametrize("scope", ["跨省", "省内"])
@pytest.mark.parametrize("reading", ["printed", "corrected"])
@pytest.mark.parametrize(
    "move", ["county-to-city", "city-to-province", "province-to-centre"]
)
def test_clearing_in_cash_has_the_subjects_of_the_advance(move, reading, scope):
    def made(event):
        found = entries_for(POLICY, event, scope, date(2017, 5, 1), reading)
        return {(e.book, e.leg, kept(e.debit), kept(e.credit)) for e in found}

    def kept(template):
        return tuple((subject(name).printed, amount) for name, amount in template)

    assert made(f"cash-{move}") == made(move) != set()


def test_the_corrected_reading_credits_the_other_subject():
    on = date(2017, 5, 1)
    corrected = entries_for(POLICY, "county-to-city", "跨省", on, "corrected")
    entry = next(entry for entry in corrected if entry.id == "2.1.2")

    assert printed_lines(entry.credit) == ["暂收款——各县、区（辅助明细核算）"]


@pytest.mark.parametrize("reading", ["printed", "corrected"])
@pytest.mark.parametrize("scope", ["跨省", "省内"])
def test_no_event_and_book_has_two_templates(scope, reading):
    events = {event for entry in POLICY.entries for event in entry.events}
    for event in events:
        entries = entries_for(POLICY, event, scope, date(2017, 5, 1), reading)
        books = [(entry.book, entry.leg) for entry in entries]

        assert len(books) == len(set(books)), event


def test_every_subject_of_every_template_is_in_the_table():
    for entry in POLICY.entries:
        for printed, _ in entry.debit + entry.credit:
            if printed not in ("{subject}", "{bank}"):
                assert subject(printed).printed


def test_before_the_policy_no_rule_is_in_force():
    with pytest.raises(RuleError, match="应有一条规则生效，实有0条"):
        entries_for(POLICY, "county-to-city", "跨省", date(2017, 3, 31), "printed")


def test_every_entry_cites_its_article():
    assert all(
        entry.cite.startswith(("附件", "三（", "五（")) for entry in POLICY.entries
    )


def test_a_province_without_a_policy_is_refused():
    with pytest.raises(RuleError, match="应有一份"):
        policy_of("440000")
