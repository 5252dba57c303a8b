"""A notice as a page: what it says, once; how it lies; what a printer makes of it."""

import re
from datetime import date
from decimal import Decimal

import pytest
from browser import chromium, visit  # noqa: F401
from papers_by_hand import F3, F8, columns, notice_row, paper, yuan

from reports.advances.notice_page import notice_page
from reports.advances.notice_paper import Opinion, Payee, Step
from reports.advances.notice_table import printed_table

NUMBER = "黔异预〔2018〕1号"


def words(page: str) -> str:
    """What a page shows, without its style."""
    shown = re.sub(r"<(style|title)>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    return " ".join(shown.split())


def rows_of(count: int) -> list[list]:
    return [
        notice_row(
            NUMBER, "2018Q1", f"5201{at:02}", f"{at}区", "跨省", "310", f"{at}.5"
        )
        for at in range(count)
    ]


def quotas(count: int, note: str = "") -> list[list]:
    amounts = yuan("1234567.80"), yuan("-200000"), yuan("1034567.80")
    facts = ["2018Q1", 1, "核定", "522600", "黔东南苗族侗族自治州", "310"]
    return [[*facts, *amounts, note] for _ in range(count)]


def told_columns(made) -> list[str]:
    return [made.columns[at].title for at in printed_table(made).shown]


def test_a_letter_says_who_to_whom_how_much_where_and_by_when():
    found = words(notice_page(paper()))

    for word in (
        "贵州省异地就医结算中心 黔异预〔2018〕1号 2018年一季度预付金收款通知书",
        "贵阳市医疗保障经办机构：",
        "单位：元",
        "合 计 20,126,100.07",
        "金额（大写）： 人民币贰仟零壹拾贰万陆仟壹佰元零柒分",
        "¥20,126,100.07",
        "账 号 2402002129014452854-000000008",
        "到账期限 2018年1月30日前",
        "依据：黔人社厅通〔2017〕204号 附件一 一（一）",
        "经办人： 复核人： 负责人：",
        "公章 贵州省异地就医结算中心 2018年1月15日",
        "市（州）财政部门审核意见",
    ):
        assert word in found


def test_what_the_head_says_is_no_column():
    made = paper()

    assert told_columns(made) == ["用途", "险种", "金额"]
    assert printed_table(made).facts == (("单位代码", "520100"), ("单位", "贵阳市"))


def test_a_column_that_the_head_does_not_say_stays():
    """Two units; an account other than the one in the box."""
    rows = rows_of(2)
    for row in rows:
        row[9] = "另一个账号"

    assert told_columns(paper(rows=rows)) == [
        *("单位代码", "单位", "用途", "险种", "金额", "收款账号"),
    ]


def test_a_deadline_that_differs_by_row_stays():
    rows = rows_of(2)
    rows[1][7] = date(2018, 2, 28)

    assert "期限" in told_columns(paper(rows=rows))


def test_money_back_is_said_in_words_and_nothing_is_left_blank_but_zero():
    rows = [
        notice_row(NUMBER, "2018Q1", "520100", "贵阳市", "跨省", "310", "-5.00"),
        notice_row(NUMBER, "2018Q1", "520100", "贵阳市", "省内", "310", "0.00"),
    ]
    found = words(notice_page(paper(rows=rows)))

    assert "跨省 职工医保 -5.00 省内 职工医保 合 计 -5.00" in found
    assert "人民币负伍元整" in found


def test_a_notice_without_lines_says_so():
    found = words(notice_page(paper(rows=[], amount=Decimal(0), words="零元整")))

    assert "没有金额" in found
    assert "人民币零元整" in found


def test_steps_stand_beside_the_paper_and_what_was_said_in_its_box():
    step = Step(
        "有异议", "市（州）经办机构", "wang", date(2018, 1, 18), "数不对", "函1号"
    )
    said = Opinion("市（州）经办机构确认意见", "有异议，数不对")
    page = notice_page(paper(steps=(step,), opinions=(said,), mark="已撤回"))
    beside, _, sheet = page.partition('<article class="paper">')

    assert "市（州）经办机构（wang）：数不对，凭据 函1号" in words(beside)
    assert "已撤回 贵州省" in words(sheet)
    assert "市（州）经办机构确认意见 黔异预〔2018〕1号 有异议，数不对" in words(sheet)


def test_what_others_issued_is_not_ours_to_sign():
    found = words(notice_page(paper(office="", opinions=())))

    assert "以原件为准" in found
    assert "公章" not in found and "复核人" not in found


def test_hostile_words_are_words():
    evil = "<img src=x onerror=alert(1)>\"'&"
    made = paper(
        rows=[notice_row(evil, "2018Q1", evil, evil, evil, evil, "1")],
        columns=F8,
        number=evil,
        office=evil,
        addressee=evil,
        text=evil,
        payee=Payee(evil, evil, evil),
        notes=(evil,),
        mark=evil,
        opinions=(Opinion(evil, evil),),
    )

    assert "<img" not in notice_page(made, links=[(evil, "/")])


def test_the_page_is_whole_in_itself_and_the_web_has_its_style_apart():
    alone, served = notice_page(paper()), notice_page(paper(), "/notices/paper.css")

    assert "<style>" in alone and "http" not in alone
    assert "<style>" not in served and ' style="' not in served
    assert '<link rel="stylesheet" href="/notices/paper.css">' in served


def quota_list(count: int, note: str):
    plain = {"payee": None, "due_day": None, "opinions": (), "text": "请按期办理。"}
    return paper(columns=F3, rows=quotas(count, note), **plain)


@pytest.mark.parametrize(
    "made, pages, lying",
    [
        (paper(), 1, False),
        (paper(rows=rows_of(8), notes=("暂定，确认后另作调整。",)), 1, False),
        (paper(rows=rows_of(60)), 3, False),
        (quota_list(20, ""), 1, False),
        (quota_list(5, "无历史数据，请人工测算"), 1, True),
        (quota_list(22, "无历史数据，请人工测算"), 2, True),
    ],
    ids=["a letter", "of eight lines", "of sixty", "a list", "with notes", "and long"],
)
def test_it_prints_on_few_pages(chromium, made, pages, lying):  # noqa: F811
    with visit(chromium) as opened:
        opened.page.set_content(notice_page(made))
        printed = opened.page.pdf(prefer_css_page_size=True)

        assert opened.troubles == []
    assert len(re.findall(rb"/Type /Page\b", printed)) == pages
    width, height = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed).groups()
    assert (float(width) > float(height)) == lying


def test_nothing_runs_out_of_the_paper(chromium):  # noqa: F811
    """The widest form with long names, on a screen as wide as the paper."""
    wide = columns(
        "清算单号 清算期 范围 参保地代码 参保地 就医地代码 就医地 险种 医疗类别"
        " 人次:number 甲:money 乙:money 丙:money 丁:money 戊:money 己:money 庚:money"
    )
    facts = ["QS2018Q1-KS", "2018-01", "跨省", "522635", "黔东南苗族侗族自治州"]
    facts += ["659006", "铁门关市", "310", "门诊特殊疾病", 110]
    rows = [[*facts, *[yuan("1234567.89")] * 7], ["QS2", *facts[1:], *[yuan("1")] * 7]]
    with visit(chromium) as opened:
        opened.page.set_content(notice_page(paper(columns=wide, rows=rows)))
        over = opened.page.evaluate(
            "() => { const paper = document.querySelector('.paper');"
            " const right = paper.getBoundingClientRect().right;"
            " return [...paper.querySelectorAll('td, th, p')].filter("
            "cell => cell.getBoundingClientRect().right > right - 20).length }"
        )

    assert over == 0
