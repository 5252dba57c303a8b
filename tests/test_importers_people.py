"""Lists of people: opened for one pass, rows set aside one by one (reading 15)."""

import tracemalloc
from datetime import date

import pytest
import settlements_by_hand
from forms_by_hand import as_csv, as_workbook, as_xls, as_xlsx, form_rows, write_form
from hypothesis import given, settings
from hypothesis import strategies as st

from importers import people
from importers.forms import opened, read
from importers.people import PEOPLE, printed_head, raw_rows
from ledger.bulk import uncollected
from ledger.documents import SourceDocument
from ledger.errors import SourceError

G1 = {
    "所属期": "2023-01",
    "统筹区代码": "511300",
    "个人编号": "511300000001",
    "姓名": "张三",
    "人员类别": "在职",
    "缴费基数": "5000.00",
}
G2 = {
    "统筹区代码": "511300",
    "个人编号": "511300000001",
    "姓名": "张三",
    "人员类别": "退休",
    "期初余额": "100.00",
    "截止日期": "2022-12-31",
}
G6 = {
    "流水号": "BD001",
    "日期": "2023-03-01",
    "个人编号": "511300000001",
    "变动类型": "转入",
    "金额": "100.00",
    "依据": "转移凭证",
}
G7 = {
    "个人编号": "511300000001",
    "备案类型": "异地安置",
    "范围": "跨省",
    "起始日期": "2023-03-01",
}
G8 = {"划转流水号": "HZ001", "退回日期": "2023-04-01", "退回金额": "100.00"}
LINES = {"G1": G1, "G2": G2, "G6": G6, "G7": G7, "G8": G8, **settlements_by_hand.LINES}


def line(form: str, **changes) -> dict:
    return {**LINES[form], **changes}


def printed(form: str, *rows, **options) -> list[list]:
    options.setdefault("total", form == "G2")
    return form_rows(form, list(rows) or [line(form)], **options)


class Taken:
    """A list read to its end: its document, and the rows as dicts by field."""

    def __init__(self, data: bytes | list, name: str = "清单.csv"):
        data = as_csv(data) if isinstance(data, list) else data
        self.document = opened(data, name)
        self.blocks = list(self.document.blocks())
        self.rows = [
            dict(zip(self.document.fields, values), sheet=block.sheet, row=row)
            for block in self.blocks
            for row, *values in zip(block.rows, *block.columns)
        ]

    @property
    def numbers(self) -> list[int]:
        return [row["row"] for row in self.rows]

    @property
    def aside(self) -> list:
        return self.document.set_aside

    @property
    def one(self) -> dict:
        (only,) = self.rows
        return only


def fault(rows: list[list] | bytes):
    """The one fault of a file whose one row is set aside."""
    taken = Taken(rows)
    assert taken.rows == []
    (only,) = taken.aside
    return only


def refusal(data: bytes | list, name: str = "清单.csv") -> SourceError:
    with pytest.raises(SourceError) as caught:
        Taken(data, name)
    assert str(caught.value).endswith("本文件没有入账。请改正后重新导入。")
    return caught.value


def says(error: SourceError) -> str:
    return str(error).split("\n")[0]


# What comes out


def test_a_list_of_contributions_comes_as_the_database_keeps_it():
    row = line(
        "G1",
        单位缴费="300",
        个人缴费="1,000.5",
        到账日期="2023/1/15",
        出生年月="1980年3月",
        公务员补助计入="12.34",
    )
    taken = Taken(printed("G1", row))

    assert (taken.document.form, taken.document.name) == ("G1", "清单.csv")
    assert taken.one == {
        "sheet": "",
        "row": 3,
        "month": "2023-01",
        "region": "511300",
        "person_id": "511300000001",
        "name": "张三",
        "status": "在职",
        "insured_as": "单位职工",
        "kind": "正常",
        "born": "1980-03",
        "base": 500000,
        "employer": 30000,
        "personal": 100050,
        "declared": None,
        "received_on": "2023-01-15",
        "retired_from": "",
        "civil": 1234,
    }


def test_opening_balances_come_as_the_database_keeps_them():
    assert Taken(printed("G2")).one == {
        "sheet": "",
        "row": 3,
        "region": "511300",
        "person_id": "511300000001",
        "name": "张三",
        "status": "退休",
        "amount": 10000,
        "cutoff": "2022-12-31",
    }


def test_changes_come_as_the_database_keeps_them():
    row = line("G6", 死亡日期="2023-02-01", 变动类型="死亡", 收款账号="6217 0012")
    assert Taken(printed("G6", row)).one == {
        "sheet": "",
        "row": 3,
        "serial": "BD001",
        "dated": "2023-03-01",
        "person_id": "511300000001",
        "kind": "死亡",
        "died_on": "2023-02-01",
        "amount": 10000,
        "other": "",
        "payee_name": "",
        "payee_account": "6217 0012",
        "payee_bank": "",
        "basis": "转移凭证",
        "note": "",
        "region": "",
    }


def test_filings_come_as_the_database_keeps_them():
    row = line("G7", 终止日期="2023-03-01", 备案类型="跨制度转移", 核实机构="某局")
    assert Taken(printed("G7", row)).one == {
        "sheet": "",
        "row": 3,
        "person_id": "511300000001",
        "kind": "跨制度转移",
        "scope": "跨省",
        "from_day": "2023-03-01",
        "until_day": "2023-03-01",
        "hardship": "",
        "agency": "某局",
        "verified_on": None,
        "valid_until": None,
        "payee_name": "",
        "payee_account": "",
        "payee_bank": "",
    }


def test_bounces_come_as_the_database_keeps_them():
    assert Taken(printed("G8", line("G8", 退回原因="户名不符"))).one == {
        "sheet": "",
        "row": 3,
        "serial": "HZ001",
        "dated": "2023-04-01",
        "amount": 10000,
        "reason": "户名不符",
    }


@pytest.mark.parametrize("form", LINES)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv"])
def test_a_list_reads_the_same_from_every_kind_of_file(tmp_path, form, suffix):
    total = bool(PEOPLE[form].sums)
    path = write_form(tmp_path / f"x{suffix}", form, [line(form)], total=total)
    taken = Taken(path.read_bytes(), f"/some/where/x{suffix}")

    expected = dict(Taken(printed(form)).one)
    expected["sheet"] = "" if suffix == ".csv" else "明细"
    assert taken.one == expected
    assert taken.document.totalled == total
    assert len(taken.document.sha256) == 64


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_may_be_utf8_with_or_without_bom_or_gb18030(encoding):
    rows = printed("G1", line("G1", 姓名="㑇龘"))

    assert Taken(as_csv(rows, encoding)).one["name"] == "㑇龘"
    assert Taken(as_csv(rows[1:], encoding)).one["name"] == "㑇龘"


def test_numbers_and_days_of_a_workbook_are_read():
    row = line(
        "G1",
        所属期=date(2023, 1, 1),
        统筹区代码=511300,
        个人编号=511300000001,
        缴费基数=5000.1,
        到账日期=date(2023, 1, 15),
        出生年月=date(1980, 3, 12),
    )
    taken = Taken(as_xlsx(printed("G1", row)))
    one = taken.one

    assert (one["month"], one["region"]) == ("2023-01", "511300")
    assert (one["person_id"], one["base"]) == ("511300000001", 500010)
    assert (one["received_on"], one["born"]) == ("2023-01-15", "1980-03")


def test_a_fund_form_is_opened_whole_and_people_are_not_read_whole():
    fund = as_csv(form_rows("F2", [{"清算单号": "QS1", **F2}]))
    assert isinstance(opened(fund, "x"), SourceDocument)
    assert opened(fund, "x") == read(fund, "x")

    with pytest.raises(SourceError, match="是个人账户计入清单，这里只收基金的表"):
        read(as_csv(printed("G1")), "x")


F2 = {"清算性质": "正常", "清算期": "2017-06", "范围": "跨省", "险种": "310"}
F2 |= {"参保地代码": "520102", "就医地代码": "440000", "基金支付": "100.00"}


def test_blocks_come_in_file_order_and_not_too_large():
    rows = [line("G8", 划转流水号=f"HZ{i}") for i in range(25_000)]
    taken = Taken(printed("G8", *rows))

    assert taken.numbers == list(range(3, 25_003))
    assert [row["serial"] for row in taken.rows] == [f"HZ{i}" for i in range(25_000)]
    assert len(taken.blocks) == 3
    assert taken.document.count == 25_000


def test_sheets_of_a_workbook_come_one_after_the_other():
    other = printed("G8", line("G8", 划转流水号="HZ002"))
    data = as_workbook({"封面": [["说明"]], "一": printed("G8"), "二": other})
    taken = Taken(data)

    assert [(block.sheet, block.rows) for block in taken.blocks] == [
        ("一", [3]),
        ("二", [3]),
    ]


@pytest.mark.parametrize("base", ["5000.00", "x"], ids=["taken", "half set aside"])
def test_a_large_list_is_never_held_whole(base):
    rows = [line("G1", 姓名=f"张{chr(0x4E00 + i % 5000)}") for i in range(40_000)]
    for i, row in enumerate(rows):
        row["个人编号"] = f"5113{i:012d}"
        row["缴费基数"] = base if i % 2 else "5000.00"
    data = as_csv(printed("G1", *rows, total=False))
    del rows
    tracemalloc.start()
    with uncollected():
        document = opened(data, "x")
        for block in document.blocks():
            pass
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert held < (16 << 20) + 1000 * len(document.set_aside)


def test_a_list_is_gone_over_once():
    with pytest.raises(AssertionError):
        Taken(printed("G1")).document.blocks()


# Rows that are set aside


def test_a_wrong_row_is_set_aside_and_the_others_are_taken():
    wrong = line("G1", 缴费基数="五千")
    taken = Taken(printed("G1", line("G1"), wrong, line("G1")))

    assert taken.numbers == [3, 5]
    (fault,) = taken.aside
    assert fault == (
        None,
        4,
        "缴费基数",
        "五千",
        "以元为单位、到分为止的金额",
        "清单.csv第4行：缴费基数“五千”不是以元为单位、到分为止的金额。",
    )
    assert taken.document.count == 3


def test_the_place_of_a_row_that_is_set_aside_names_its_sheet():
    fault_ = fault(as_xlsx(printed("G8", line("G8", 退回日期="昨天"))))

    assert fault_.sheet == "明细"
    assert fault_.message == "清单.csv“明细”第3行：退回日期“昨天”不是日期。"


def test_all_that_is_wrong_with_a_row_is_said_once():
    found = fault(printed("G1", line("G1", 人员类别="", 缴费基数="-1", 统筹区代码="9")))

    assert (found.column, found.found) == ("统筹区代码", "9")
    assert found.message == (
        "清单.csv第3行：统筹区代码“9”不是六位行政区划代码；"
        "人员类别没有填；缴费基数“-1”是负数。"
    )


@pytest.mark.parametrize(
    ("form", "title"),
    [
        (form.code, column.title)
        for form in PEOPLE.values()
        for column in form.columns
        if column.required and not (form.needs_total and column.title in form.sums)
    ],
)
def test_a_required_cell_that_is_empty_sets_its_row_aside(form, title):
    found = fault(printed(form, line(form, **{title: " "})))

    assert found.column == title
    assert found.message == f"清单.csv第3行：{title}没有填。"


@pytest.mark.parametrize(
    ("form", "title", "region", "on"),
    [
        ("G1", "所属期", "520222", "2017-05"),
        ("G2", "截止日期", "520222", "2017-05-31"),
        ("G6", "日期", "520222", "2017-05-31"),
    ],
)
def test_a_region_counts_on_the_rows_own_day(form, title, region, on):
    """盘县 (520222) became 盘州市 (520281) on 2017-04-10."""
    before = {title: on.replace("05", "03"), "统筹区代码": region}
    after = {title: on, "统筹区代码": region}
    today = {title: on.replace("05", "03"), "统筹区代码": "520281"}
    taken = Taken(printed(form, *(line(form, **c) for c in (before, after, today))))

    assert [row["region"] for row in taken.rows] == ["520281", "520281"]
    (found,) = taken.aside
    assert (found.row, found.column, found.found) == (4, "统筹区代码", region)
    assert "不是有效的行政区划代码，今为520281" in found.message


def test_an_unknown_region_is_set_aside():
    found = fault(printed("G1", line("G1", 统筹区代码="999999")))

    assert "统筹区代码“999999”不是已知的行政区划代码" in found.message


def test_a_filing_that_ends_before_it_begins_is_set_aside():
    found = fault(printed("G7", line("G7", 终止日期="2023-02-28")))

    assert found.message == "清单.csv第3行：终止日期“2023-02-28”早于起始日期。"
    assert found.expected == "不早于2023-03-01"


def test_equal_lines_are_not_the_readers_business():
    assert Taken(printed("G8", line("G8"), line("G8"))).numbers == [3, 4]


def test_too_many_rows_set_aside_refuse_the_file(monkeypatch):
    monkeypatch.setattr(people, "MOST_SET_ASIDE", 3)
    wrong = line("G8", 退回日期="x")

    assert len(Taken(printed("G8", *[wrong] * 3)).aside) == 3
    error = refusal(printed("G8", *[wrong] * 4))
    assert says(error) == "清单.csv：不能收录的行超过3行。"
    assert "第3行：退回日期“x”不是日期" in error.faults[0].expected


def test_set_aside_rows_are_found_again_as_they_are_printed():
    rows = printed("G8", line("G8"), line("G8", 退回日期="x"), line("G8"))
    rows[3][2] = "1,00"
    for data in as_csv(rows), as_xlsx(rows), as_xls(rows):
        taken = Taken(data)
        wanted = {(fault.sheet or "", fault.row) for fault in taken.aside}
        sheet = taken.blocks[0].sheet

        assert list(raw_rows(data, "x", wanted)) == [(sheet, 4, ["HZ001", "x", "1,00"])]
        assert printed_head(data, "x") == ["划转流水号", "退回日期", "退回金额"]


# Masks


@pytest.mark.parametrize(
    ("form", "title", "cell", "found"),
    [
        ("G1", "个人编号", "5113-000-1234", "****1234"),
        ("G1", "个人编号", "5.113E+17", "****E+17"),
        ("G1", "姓名", "张\u200b三", "张*"),
        ("G1", "缴费基数", "511300199001011234x", "****234x"),
        ("G1", "人员类别", "511300199001011234", "****1234"),
        ("G6", "收款户名", "张\u200b三", "张*"),
        ("G6", "收款账号", "6217\u200b0012345678", "****5678"),
        ("G6", "备注", "张三\u200b的遗属", ""),
        ("G7", "特殊困难原因", "张三\u200b患病", ""),
        ("G8", "退回原因", "张" * 501, ""),
    ],
)
def test_names_and_numbers_of_people_are_masked(form, title, cell, found):
    wrong = fault(printed(form, line(form, **{title: cell})))
    quoted = f"“{found}”" if found else ""

    assert wrong.found == found
    assert wrong.message.startswith(f"清单.csv第3行：{title}{quoted}")


def test_a_message_shows_no_other_cell_of_the_row():
    rows = printed("G1", line("G1", 缴费基数="x"))
    assert "张" not in str(fault(rows)) and "0001" not in str(fault(rows))

    torn = as_csv(printed("G1", line("G1"), line("G1")))[:-20]
    late = printed("G8", line("G8"), total=True) + [["511300199001011234"] + ["1"] * 2]
    for data in torn, late:
        error = refusal(data)
        assert "张三" not in str(error) + str(error.faults)
        assert "5113" not in str(error) + str(error.faults)


# What refuses the file


def test_structure_faults_refuse_the_file():
    rows = printed("G1")
    assert "有4格，表头有6格，行可能残缺" in says(refusal([*rows, rows[2][:4]]))
    assert "人员类别列没有找到" in says(refusal([r[:4] + r[5:] for r in rows]))
    assert "引号没有闭合" in says(refusal(as_csv(rows) + b'"abc'))
    assert "没有一行数据" in says(refusal(rows[:2]))
    wide = [row + [""] * 2000 for row in rows]
    assert "表头有2006格" in says(refusal(wide))
    assert "是UTF-16编码" in says(refusal("所属期".encode("utf-16")))
    two = as_workbook({"一": rows, "二": printed("G8")})
    assert "一个文件只有一种表" in refusal(two).faults[0].expected
    mixed = as_workbook({"一": rows, "二": form_rows("F2", [{"清算单号": "Q", **F2}])})
    assert "一个文件只有一种表" in refusal(mixed).faults[0].expected


def test_formulas_errors_and_merged_cells_refuse_the_file():
    def formula(sheet, workbook):
        sheet.write_formula(2, 5, "=1/0", None, "#DIV/0!")

    assert "缴费基数“#DIV/0!”是公式的错误值" in says(
        refusal(as_xlsx(printed("G1"), touch=formula))
    )
    rows = printed("G8", line("G8"), line("G8"))
    merged = as_xlsx(rows, touch=lambda sheet, _: sheet.merge_range("A3:A4", "HZ"))
    assert "在合并的单元格里" in says(refusal(merged))


def test_titles_headers_and_rows_that_are_no_lines_are_as_in_every_form():
    rows = printed("G8", line("G8"), line("G8"), title="南充市 划转退回清单（二月）")
    rows[1] = ["*划转 流水号", "退回日期", "退回金额（元）"]
    rows[3:3] = [["", "", ""], rows[1], [" ", "", ""]]
    rows += [["制表人：李四", "", ""]]

    assert Taken(rows).numbers == [3, 7]
    assert Taken(rows).document.count == 2
    assert Taken(as_xlsx(rows)).numbers == [3, 7]


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_property_a_mangled_list_is_read_or_refused_never_crashes(data):
    form = data.draw(st.sampled_from(sorted(LINES)))
    rows = printed(form, line(form), line(form))
    content = bytearray(as_csv(rows, data.draw(st.sampled_from(["utf-8", "gb18030"]))))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        piece = data.draw(st.sampled_from(PIECES) | st.binary(max_size=3))
        content[at : at + data.draw(st.integers(0, 8))] = piece
    try:
        document = opened(bytes(content), "x")
        if not isinstance(document, SourceDocument):
            taken = sum(len(block.rows) for block in document.blocks())
            assert taken + len(document.set_aside) == document.count
    except SourceError as error:
        assert error.faults


PIECES = [b"", b",", b"\n", b'"', "合计".encode(), b"\xff", b"\r\n,,,,\r\n", b"9" * 40]
