"""预付金测算表: a plan's working, as it was kept, for who must see why."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from browser import chromium, visit  # noqa: F401

from ledger.advances.plans import EditRow, LineRow, PlanRow
from posting_rules.planning import work
from posting_rules.policies import advance_policy
from reports.advances.working import plan_paper
from reports.advances.working_page import working_page

POLICY = advance_policy("520000")
PLAN = PlanRow(
    1,
    "2018Q1",
    "520000",
    2,
    "核定",
    True,
    "guizhou_2017_204",
    date(2018, 1, 12),
    "made",
    "暂定，<b>确认</b>后再测算差额",
    "li",
    "2018-01-12T09:00:00+08:00",
)
GIVEN = {each["name"]: Decimal(0) for each in POLICY.plan["input"]} | {
    "last": Decimal("300.00"),
    "listed": 2,
    "advance": Decimal("500.00"),
}


def line(payer="520100", scope="跨省", fund="310", note="", amount=None, before="0.00"):
    worked = work(POLICY, "核定", GIVEN)
    computed = worked.amount
    return LineRow(
        payer,
        scope,
        fund,
        computed,
        Decimal(before),
        computed if amount is None else Decimal(amount),
        worked.as_json(),
        note,
    )


def row(payer, title):
    return next(row for row in payer.rows if row.title == title)


def test_inputs_lines_and_the_result_stand_in_a_column_of_each_scope_and_fund():
    """Two months cleared 300, a quarter 450; five months need 750, 50 are left."""
    paper = plan_paper(POLICY, PLAN, [line(), line(scope="省内")], [])
    payer = paper.payers[0]

    assert (payer.name, payer.columns) == ("贵阳市", ("跨省 职工医保", "省内 职工医保"))
    assert row(payer, "上季度清算").cells == (("300.00", ""), ("300.00", ""))
    assert row(payer, "上季度有清算单的月数").cells[0] == ("2个月", "")
    assert row(payer, "上季度清算额").cells[0] == ("450.00", "300.00×3÷2")
    assert row(payer, "本期预付金").cells[0][0] == "700.00"
    assert row(payer, "本期预付金").kind == "result"


def test_totals_by_payer_and_by_column():
    lines = [line(), line(payer="520200", scope="省内", amount="-50.00")]
    paper = plan_paper(POLICY, PLAN, lines, [])

    assert paper.summary == (
        ("520100", "贵阳市", (Decimal("700.00"), None), Decimal("700.00")),
        ("520200", "六盘水市", (None, Decimal("-50.00")), Decimal("-50.00")),
    )
    assert paper.totals == (Decimal("700.00"), Decimal("-50.00"))
    assert paper.amount == Decimal("650.00")


def test_what_was_entered_instead_is_told_with_its_reason():
    edit = EditRow(
        *(1, "520100", "跨省", "310", Decimal("700.00"), Decimal("900.00")),
        *("市里申请", "wang", "2018-01-13T09:00:00+08:00"),
    )
    payer = plan_paper(POLICY, PLAN, [line(amount="900.00")], [edit]).payers[0]

    assert row(payer, "本版金额").cells == (("900.00", ""),)
    assert payer.notes == (
        "跨省 职工医保由700.00改为900.00：市里申请（wang，2018-01-13）",
    )


def test_what_earlier_editions_set_is_a_row_of_its_own():
    payer = plan_paper(POLICY, PLAN, [line(before="40.00")], []).payers[0]

    assert row(payer, "以前各版已核定").cells == (("40.00", ""),)


def test_a_note_of_every_column_is_told_once():
    lines = [
        line(note="暂定"),
        line(scope="省内", note="暂定"),
        line("520200", note="甲"),
    ]
    lines.append(line("520200", scope="省内"))
    paper = plan_paper(POLICY, PLAN, lines, [])

    assert [payer.notes for payer in paper.payers] == [
        ("暂定",),
        ("跨省 职工医保：甲",),
    ]


def test_the_kept_working_is_shown_not_todays_formula():
    kept = json.loads(line().working)
    kept["lines"][0]["title"] = "旧公式的一行"
    paper = plan_paper(POLICY, PLAN, [line()._replace(working=json.dumps(kept))], [])

    assert paper.payers[0].rows[-len(kept["lines"])].title == "旧公式的一行"
    assert paper.formulas[0].title == "旧公式的一行"


def test_a_line_without_a_working_has_its_amount_alone():
    bare = line()._replace(working="{}", amount=Decimal("5.00"))
    paper = plan_paper(POLICY, PLAN, [bare], [])

    assert [row.title for row in paper.payers[0].rows] == ["本版金额"]
    assert (paper.formulas, paper.parameters) == ((), ())


def test_the_page_prints_each_payer_on_a_page_and_takes_words_as_words(
    chromium, tmp_path  # noqa: F811
):
    paper = plan_paper(POLICY, PLAN, [line(), line("520200")], [])
    page = working_page(paper)
    saved = Path(tmp_path / "plan.html")
    saved.write_text(page, "utf-8")
    with visit(chromium) as opened:
        opened.page.goto(saved.as_uri())
        headings = opened.page.locator("h2").all_inner_texts()
        printed = opened.page.pdf(prefer_css_page_size=True)

        assert opened.troubles == []
    assert "&lt;b&gt;确认" in page and "<b>确认" not in page
    assert [text.split()[0] for text in headings] == ["公式", "贵阳市", "六盘水市"]
    assert printed.count(b"/Type /Page\n") in (3, 4)
