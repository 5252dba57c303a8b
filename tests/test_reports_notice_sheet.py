"""A notice's workbook: it reads back as the form that it is, and prints on A4."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from papers_by_hand import F2, F3, F4, F5, columns, notice_row, paper, yuan

from importers.forms import read
from ledger.documents import Clearing, Funding, NoticeLine, ProvinceQuota, Quota
from ledger.periods import Month, Quarter
from reports.advances.notice_paper import Opinion, Payee, Step
from reports.advances.notice_sheet import notice_workbook

NUMBER = "黔异预〔2018〕1号"


def read_back(made):
    """The lines that an importer reads in a paper's workbook, without their places."""
    document = read(notice_workbook(made), "文书.xlsx")
    assert document.totalled
    return document.form, [line._replace(sheet="", row=0) for line in document.lines]


def sheet_of(made):
    return openpyxl.load_workbook(BytesIO(notice_workbook(made))).active


def texts(made):
    return [
        str(cell.value)
        for row in sheet_of(made).iter_rows()
        for cell in row
        if cell.value
    ]


def listed(title, shape, rows, **changes):
    """A list for everybody: no addressee, no account."""
    plain = {"addressee": "", "payee": None, "due_day": None, "text": ""}
    return paper(title=title, columns=shape, rows=rows, **plain | changes)


def quota(region, name, fund, abroad, home, note=""):
    parts = yuan(abroad), yuan(home)
    return ["2018Q1", 2, "额度调整", region, name, fund, *parts, sum(parts), note]


def test_f8_says_again_what_the_letter_says():
    form, lines = read_back(paper())

    assert (form, len(lines)) == ("F8", 4)
    assert lines[3] == NoticeLine(
        sheet="",
        row=0,
        kind="advance-notice",
        number=NUMBER,
        period=Quarter(2018, 1),
        region="520100",
        scope="省内",
        fund="390",
        amount=Decimal("980000.07"),
        due_day=date(2018, 1, 30),
        payee_name="贵州省财政厅",
        payee_account="2402002129014452854-000000008",
        payee_bank="中国工商银行贵州省新支行",
        note="",
    )


def test_f8_of_several_units_and_money_back():
    rows = [
        notice_row(NUMBER, "2018Q1", "520100", "贵阳市", "跨省", "310", "-5.00"),
        notice_row(NUMBER, "2018Q1", "520200", "六盘水市", "跨省", "310", "0.00"),
    ]
    _, lines = read_back(paper(rows=rows))

    told = [(line.region, str(line.amount)) for line in lines]
    assert told == [("520100", "-5.00"), ("520200", "0.00")]


def test_f3_has_both_scopes_on_a_line():
    rows = [
        quota("520100", "贵阳市", "职工医保", "60", "-40.05"),
        quota("522300", "黔西南布依族苗族自治州", "居民医保", "0", "7", "无历史数据"),
    ]
    made = listed("贵州省异地就医费用预付金明细表", F3, rows)

    form, lines = read_back(made)
    facts = ("", 0, Quarter(2018, 1), 2, "额度调整")

    assert form == "F3"
    assert lines == [
        Quota(*facts, "520100", "310", Decimal("60.00"), Decimal("-40.05"), ""),
        Quota(*facts, "522300", "390", Decimal("0.00"), Decimal("7.00"), "无历史数据"),
    ]


@pytest.mark.parametrize(
    "title, before, first",
    [
        ("跨省预付金额度调整通知书", "3.00", False),
        ("跨省预付金收款通知书", None, True),
    ],
)
def test_f4_by_either_name(title, before, first):
    before = before and Decimal(before)
    change = Decimal("1.00") - (before or 0)
    row = ["2018", "440000", "广东省", "付款", before, yuan("1"), change, "2月底前"]
    form, lines = read_back(listed(title, F4, [row], period="2018年"))

    assert form == "F4"
    assert lines == [
        ProvinceQuota(
            sheet="",
            row=0,
            year=2018,
            province="440000",
            direction="付款",
            before=before,
            after=Decimal("1.00"),
            change=change,
            term="2月底前",
            first=first,
        )
    ]


def test_f5_with_the_province_whose_people_it_is_for():
    shape = (*F5, *columns("参保省份代码"))
    row = ["2018Q1", "520102", "南明区", "H1", "医院", "310"]
    row += [yuan("5"), yuan("1"), yuan("6"), "440000"]
    form, lines = read_back(listed("省内异地就医预付金用款计划", shape, [row]))

    assert form == "F5"
    assert lines == [
        Funding(
            sheet="",
            row=0,
            quarter=Quarter(2018, 1),
            place="520102",
            institution="H1",
            institution_name="医院",
            fund="310",
            at_home=Decimal("5.00"),
            elsewhere=Decimal("1.00"),
            province="440000",
        )
    ]


def test_f2_keeps_what_the_paper_leaves_out():
    """清算单号 and the empty parts stand beyond the printed table, and read back."""
    plain = ["QS1", "正常", "2018-01", "跨省", "520102", "南明区", "440000", "广东省"]
    amounts = [3, yuan("90"), yuan("8"), None, None, None, None, yuan("8")]
    row = [*plain, "310", "住院", *amounts, None, ""]
    made = listed("省内异地就医费用清算明细", F2, [row])

    assert read_back(made) == (
        "F2",
        [
            Clearing(
                *("", 0, "QS1", "正常", Month(2018, 1), "跨省", "520102", "440000"),
                *("310", "住院", 3, Decimal("90.00"), Decimal("8.00")),
                *(None, None, None, None, Decimal("8.00"), None, ""),
            )
        ],
    )
    titles = [cell.value for cell in sheet_of(made)[5]]
    assert titles == [
        *("范围", "参保地", "就医地", "险种", "医疗类别"),
        *("人次", "医疗总费用", "统筹支付", "基金支付", None, "清算单号", "清算性质"),
        *("清算期", "参保地代码", "就医地代码", "大病支付", "公务员补助"),
        *("个人账户支付", "其他基金", "确认日期"),
        "备注",
    ]
    assert sheet_of(made).print_area.partition("!")[2] == "$A$1:$I$17"


def test_it_prints_on_a4_one_page_wide_with_its_header_on_every_page():
    sheet = sheet_of(paper())
    header = next(row[0].row for row in sheet.iter_rows() if row[0].value == "用途")

    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "portrait"
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.print_title_rows == f"${header}:${header}"
    assert "第 &P 页 共 &N 页" in sheet.oddFooter.right.text
    assert sheet.oddFooter.left.text == NUMBER


def test_it_has_head_words_account_signatures_and_seals():
    made = paper(opinions=(Opinion("市（州）财政部门审核意见"),), notes=("一", "二"))
    found = "\n".join(texts(made))

    for words in (
        "贵州省异地就医结算中心",
        "2018年一季度预付金收款通知书",
        "贵阳市医疗保障经办机构：",
        "金额（大写）：人民币贰仟零壹拾贰万陆仟壹佰元零柒分　　（小写）：¥20,126,100.07",
        "账　　号：2402002129014452854-000000008",
        "到账期限　2018年1月30日前",
        "说明2：二",
        "经办人：＿",
        "复核人：＿",
        "负责人：＿",
        "贵州省异地就医结算中心（公章）",
        "2018年1月15日",
        "市（州）财政部门审核意见：",
        "依据：黔人社厅通〔2017〕204号 附件一 一（一）",
    ):
        assert words in found


def test_heads_are_merged_over_the_whole_printed_width():
    sheet = sheet_of(paper())

    assert "A1:C1" in [str(merged) for merged in sheet.merged_cells.ranges]
    assert sheet.print_area.startswith("'预付金收款通知书'!$A$1:$C$")


def test_what_happened_since_does_not_change_the_file():
    step = Step("已确认", "市", "wang", date(2018, 1, 18), "有话", "LS1")
    since = paper(
        steps=(step,),
        state="已确认",
        mark="已撤回",
        next_step="",
        opinions=tuple(
            opinion._replace(said="已确认，wang") for opinion in paper().opinions
        ),
    )

    assert notice_workbook(since) == notice_workbook(paper())


def test_a_formula_stays_a_text():
    evil = '=HYPERLINK("http://x","y")'
    rows = [notice_row(NUMBER, "2018Q1", "520100", evil, "跨省", "310", "1")]
    made = paper(rows=rows, payee=Payee(evil, "@1", "+1"), notes=(evil,), text=evil)
    sheet = sheet_of(made)

    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {
        "s",
        "n",
        "d",
    }


def test_an_amount_that_a_number_cannot_hold_is_a_text():
    huge = "12345678901234.56"
    rows = [notice_row(NUMBER, "2018Q1", "520100", "贵阳市", "跨省", "310", huge)]
    _, lines = read_back(paper(rows=rows))

    assert str(lines[0].amount) == huge


def test_a_row_is_as_high_as_its_longest_text():
    long = quota("520100", "贵阳市", "310", "1", "1", "说" * 100)
    short = quota("520200", "六盘水市", "310", "1", "1")
    sheet = sheet_of(listed("贵州省异地就医费用预付金明细表", F3, [long, short]))
    heights = [sheet.row_dimensions[row].height for row in (6, 7)]

    assert heights[0] > 5 * heights[1] > 0


def test_what_others_issued_is_not_ours_to_sign():
    found = "\n".join(texts(paper(office="", opinions=())))

    assert "以原件为准" in found
    assert "公章" not in found and "经办人" not in found
