"""Sheets: what every form takes and refuses, by the example of F2."""

import struct
import tracemalloc
import zipfile
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from forms_by_hand import (
    as_csv,
    as_workbook,
    as_xls,
    as_xlsx,
    form_rows,
    line,
    write_form,
)

from importers.forms import read
from ledger.errors import SourceError
from ledger.periods import Month, Quarter


def printed(*rows, **options) -> list[list]:
    return form_rows("F2", list(rows) or [line("F2")], **options)


def one(rows: list[list], make=as_csv):
    (only,) = read(make(rows), "清算.csv").lines
    return only


def refusal(data: bytes | list, name: str = "清算.csv") -> SourceError:
    data = as_csv(data) if isinstance(data, list) else data
    with pytest.raises(SourceError) as caught:
        read(data, name)
    assert str(caught.value).endswith("本文件没有入账。请改正后重新导入。")
    return caught.value


def says(error: SourceError) -> str:
    return str(error).split("\n")[0]


def repacked(data: bytes, change) -> bytes:
    """An xlsx with its parts passed through change(name, content)."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.infolist():
                new.writestr(part.filename, change(part.filename, old.read(part)))
    return file.getvalue()


def in_sheet(old: bytes, new: bytes):
    def change(name, content):
        return content.replace(old, new) if "sheet1" in name else content

    return change


# Every kind of file


@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv"])
def test_a_form_reads_the_same_from_every_kind_of_file(tmp_path, suffix):
    path = write_form(tmp_path / f"x{suffix}", "F2", [line("F2", 人次="3")])
    document = read(path.read_bytes(), f"/some/where/x{suffix}")

    assert (document.form, document.name) == ("F2", f"x{suffix}")
    assert document.totalled
    (clearing,) = document.lines
    assert clearing.row == 3
    assert clearing.sheet == ("" if suffix == ".csv" else "明细")
    assert (clearing.amount, clearing.visits) == (Decimal("100.00"), 3)
    assert str(clearing.amount) == "100.00"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_may_be_utf8_with_or_without_bom_or_gb18030(encoding):
    data = as_csv(printed(line("F2", 备注="㑇龘")), encoding)

    assert read(data, "x").lines[0].note == "㑇龘"


def test_the_kind_of_file_is_told_by_content_not_by_name():
    assert read(as_xlsx(printed()), "x.csv").form == "F2"
    assert read(as_csv(printed()), "x.xlsx").form == "F2"
    assert read(as_xls(printed()), "x.xlsx").form == "F2"


@pytest.mark.parametrize(
    ("data", "says_so"),
    [
        (b"", "是空文件"),
        (b" \n\n", "是空文件"),
        (b"%PDF-1.4 ...", "不是表格文件"),
        (b"\xef\xbb\xbf<html><table></table>", "是网页或XML"),
        ("清算单号".encode("utf-16"), "是UTF-16编码"),
        ("清算单号,\n\0".encode(), "第2行：含有空字节"),
        (b"PK\x03\x04 torn", "压缩结构残缺"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 torn", "不是能读的Excel工作簿"),
        (b"\xff\xff\xff", "不是UTF-8或GB18030文字"),
        ("异地就医费用清算明细\n清".encode()[:-1], "第2行：第32个字节起不是UTF-8文字"),
        ("姓名,电话\n张三,1\n".encode(), "没有认出是哪一种表"),
        (as_workbook({"甲": [["姓名"]], "乙": []}), "看过工作表“甲”、“乙”"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_is_no_form_is_refused_plainly(data, says_so):
    assert says_so in says(refusal(data))


def test_a_zip_that_is_no_workbook_is_refused():
    for inside, says_so in {
        "word/document.xml": "不是Excel工作簿",
        "xl/workbook.bin": "是.xlsb文件",
        "content.xml": "OpenDocument",
    }.items():
        file = BytesIO()
        with zipfile.ZipFile(file, "w") as package:
            package.writestr(inside, "x")

        assert says_so in says(refusal(file.getvalue(), "x.xlsx"))


def test_a_torn_xlsx_is_refused_wherever_it_is_torn():
    data = as_xlsx(printed())
    for end in range(10, len(data), 500):
        assert "残缺" in says(refusal(data[:end], "x.xlsx"))


def test_a_flipped_bit_in_an_xlsx_is_refused():
    data = bytearray(as_xlsx(printed()))
    at = data.index(b"xl/worksheets/sheet1.xml") + 60
    data[at] ^= 0x10

    assert "损坏" in says(refusal(bytes(data), "x.xlsx")) or "残缺" in says(
        refusal(bytes(data), "x.xlsx")
    )


def test_a_torn_csv_is_refused_with_its_row():
    rows = as_csv(printed(line("F2"), line("F2", 险种="390"), total=False))

    assert "第4行：有" in says(refusal(rows[:-12]))
    assert "第4行：引号没有闭合" in says(refusal(rows[:-12] + b',"abc'))
    assert "第3行：有9格，表头有8格" in says(
        refusal(rows.replace(b"100.00", b"100.00,7", 1))
    )


def test_empty_cells_behind_the_last_column_are_no_fault():
    data = as_csv(printed(total=False)).replace(b"100.00", b"100.00,,")

    assert len(read(data, "x").lines) == 1


# Zip bombs and far-off cells


def bomb(size: int, declared: int | None = None) -> bytes:
    """A workbook whose sheet inflates to `size` bytes of blanks."""
    file = BytesIO()
    with zipfile.ZipFile(BytesIO(as_xlsx(printed()))) as old:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
            for part in old.infolist():
                if "sheet1" not in part.filename:
                    new.writestr(part.filename, old.read(part))
                    continue
                with new.open(part.filename, "w") as sheet:
                    for _ in range(size >> 20):
                        sheet.write(b" " * (1 << 20))
    data = file.getvalue()
    if declared is not None:
        data = data.replace(struct.pack("<I", size), struct.pack("<I", declared))
    return data


@pytest.mark.parametrize("declared", [None, 1000])
def test_a_200_mb_bomb_is_refused_without_being_held(declared):
    data = bomb(200 << 20, declared)
    tracemalloc.start()
    error = refusal(data, "x.xlsx")
    held = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert "疑为压缩炸弹" in says(error)
    assert held < 20 << 20


def test_declared_sizes_beyond_reason_are_refused_before_inflating():
    data = bomb(1 << 20, 3 << 30)

    assert "解开后超过768MB" in says(refusal(data, "x.xlsx"))


def test_a_cell_at_the_end_of_the_world_is_refused_not_given_room():
    def touch(sheet, workbook):
        sheet.write(1_048_575, 16_383, "x")

    assert "大得不合常理" in says(refusal(as_xlsx(printed(), touch=touch)))


def test_empty_formatted_rows_far_below_are_no_fault():
    def touch(sheet, workbook):
        sheet.set_row(1_048_575, 30)
        sheet.write_blank(1_048_574, 3, None, workbook.add_format({"bold": 1}))

    assert len(read(as_xlsx(printed(), touch=touch), "x").lines) == 1


def test_more_than_26_columns_are_read():
    rows = [row + ["多"] * 30 for row in printed()]

    assert len(read(as_xlsx(rows), "x").lines) == 1


# Formulas, errors, merged cells


def with_formula(value) -> bytes:
    def touch(sheet, workbook):
        sheet.write_formula(2, 7, "=60+40", None, value)

    return as_xlsx(printed(), touch=touch)


def test_a_formula_with_its_value_is_read():
    assert read(with_formula(100), "x").lines[0].amount == 100


@pytest.mark.parametrize("cached", ["<v></v>", "<v/>", ""])
def test_a_formula_without_its_value_is_refused_with_its_place(cached):
    data = repacked(with_formula(100), in_sheet(b"<v>100</v>", cached.encode()))
    error = refusal(data, "x.xlsx")

    assert says(error) == "x.xlsx“明细”第3行：基金支付公式没有存下计算结果。"
    assert error.faults[0][:3] == ("明细", 3, "基金支付")
    assert len(error.faults) == 1


def test_a_formula_that_openpyxl_wrote_is_refused_in_any_column():
    workbook = openpyxl.Workbook()
    for row in printed(total=False):
        workbook.active.append(row)
    workbook.active["K3"] = "=1+1"
    file = BytesIO()
    workbook.save(file)

    assert "第3行：第11列公式没有存下计算结果" in says(refusal(file.getvalue()))


def test_a_formula_is_found_behind_a_namespace_prefix_too():
    def change(name, content):
        if "sheet1" not in name:
            return content
        content = content.replace(b"</", b"\0").replace(b"<?", b"\1")
        content = content.replace(b"<", b"<x:").replace(b"\0", b"</x:")
        content = content.replace(b"\1", b"<?").replace(b"xmlns=", b"xmlns:x=")
        return content.replace(b"<x:v>100</x:v>", b"")

    data = repacked(with_formula(100), change)

    assert "公式没有存下计算结果" in says(refusal(data))


def test_an_empty_text_is_a_value_of_a_formula():
    rows = printed(line("F2", 备注="x"))
    data = as_xlsx(rows, touch=lambda sheet, _: sheet.write_formula(2, 8, '=""'))
    old, new = b'<c r="I3"><f>', b'<c r="I3" t="str"><f>'
    data = repacked(data, in_sheet(old, new))
    data = repacked(data, in_sheet(b"<v>0</v>", b"<v></v>"))

    assert read(data, "x").lines[0].note == ""


def test_an_error_value_is_refused_in_a_column_of_the_form_only():
    def touch(sheet, workbook):
        sheet.write_formula(2, 8, "=1/0", None, "#DIV/0!")

    error = refusal(as_xlsx(printed(line("F2", 备注="x")), touch=touch))

    assert "第3行：备注“#DIV/0!”是公式的错误值" in says(error)
    assert read(as_xlsx(printed(line("F2", 其他="x")), touch=touch), "x").lines


def merging(place: str, text: str = "", make=as_xlsx, **options):
    rows = printed(line("F2"), line("F2", 险种="390"), **options)
    return as_xlsx(rows, touch=lambda sheet, _: sheet.merge_range(place, text))


def test_merged_titles_and_labels_are_read():
    assert read(merging("A1:H1", "异地就医费用清算明细"), "x").lines
    assert read(merging("A5:G5", "合计"), "x").lines


@pytest.mark.parametrize("place", ["A3:A4", "E4:F4", "G3:H4"])
def test_merged_cells_over_lines_are_refused_with_their_place(place):
    error = refusal(merging(place, "310"))

    assert "在合并的单元格里" in str([fault.message for fault in error.faults])
    assert error.faults[0].row in (3, 4)


def test_merged_cells_in_an_xls_are_refused_too():
    rows = printed(line("F2"), line("F2", 险种="390"))
    rows[3][0] = rows[2][0] = ""
    data = as_xls(rows, touch=lambda sheet, _: sheet.write_merge(2, 3, 0, 0, "QS"))

    assert "第4行：清算单号在合并的单元格里" in says(refusal(data))


# Titles, headers, rows that are no lines


@pytest.mark.parametrize(
    "title",
    ["2017年6月异地就医费用清算明细表", "贵州省 异地就医费用清算明细（六月）", ""],
)
def test_a_title_may_carry_period_and_region_or_be_left_out(title):
    assert read(as_csv(printed(title=title)), "x").form == "F2"


def test_headers_match_without_spaces_breaks_widths_stars_and_units():
    rows = printed()
    rows[1] = [f" {title[:2]}\n{title[2:]}* " for title in rows[1]]
    rows[1][-1] = "基金支付（元）"

    assert one(rows).amount == 100
    assert one(rows, as_xlsx).amount == 100


def test_帐_in_a_header_is_账():
    rows = printed(line("F2", 个人帐户支付="100"))
    assert one(rows).personal == 100


def test_columns_come_in_any_order_and_unknown_ones_are_ignored():
    rows = [[*row[::-1], "别的"] for row in printed()]

    assert one(rows).insured == "520102"


def test_a_title_twice_is_refused():
    rows = [row + [row[-1]] for row in printed()]

    assert "第2行：基金支付一列出现了两次" in says(refusal(rows))


def test_a_missing_required_column_is_named():
    rows = [row[:3] + row[4:] for row in printed()]
    error = refusal(rows)

    assert says(error) == "清算.csv第2行：范围列没有找到，这是必需的列。"
    rows.pop(0)
    assert says(refusal(rows)) == "清算.csv第1行：范围列没有找到，这是必需的列。"


def test_a_title_without_its_header_is_refused():
    assert "没有找到表头" in says(refusal([["异地就医费用清算明细"], ["甲", "乙"]]))


def test_万元_scales_exactly():
    rows = printed(line("F2", 基金支付="1.234567"), unit="万元", total=False)
    assert one(rows).amount == Decimal("12345.67")
    rows[3][-1] = 1.234567
    assert one(rows, as_xlsx).amount == Decimal("12345.67")
    rows[3][-1] = "1.2345678"
    assert "第4行：基金支付“1.2345678”不是以元为单位" in says(refusal(rows))
    rows = [["填报单位：贵阳市医保局 单位：元"], *printed()]
    assert one(rows).amount == 100
    rows = printed(total=False)
    rows[1][-1] = "基金支付(万元)"
    assert one(rows).amount == 1_000_000


def test_units_that_are_unknown_or_disagree_are_refused():
    assert "金额单位不识" in says(refusal(printed(unit="亿元")))
    rows = printed(unit="元")
    rows[2][-1] = "基金支付（万元）"
    assert "单位不一致" in says(refusal(rows))


def test_empty_rows_footers_and_repeated_headers_are_no_lines():
    rows = printed(line("F2"), line("F2", 险种="390"))
    header, width = rows[1], len(rows[1])
    rows[3:3] = [[""] * width, header, [" "] * width]
    rows += [["制表人：张三", "审核：李四"] + [""] * (width - 2), ["（章）"] + [""] * 7]
    document = read(as_csv(rows), "x")

    assert [one.row for one in document.lines] == [3, 7]
    assert [one.row for one in read(as_xlsx(rows), "x").lines] == [3, 7]


def test_hidden_rows_count():
    data = as_xlsx(printed(), touch=lambda sheet, _: sheet.set_row(2, options=HIDDEN))

    assert len(read(data, "x").lines) == 1


HIDDEN = {"hidden": True}


def test_a_sheet_may_begin_below_and_right_of_a1():
    rows = [[], [], *([""] * 2 + row for row in printed())]

    assert [one.row for one in read(as_xlsx(rows), "x").lines] == [5]


def test_several_sheets_of_one_form_are_read_and_others_passed_over():
    other = printed(line("F2", 险种="390"))
    data = as_workbook({"封面": [["说明"]], "一": printed(), "二": other})
    document = read(data, "x")

    assert [(one.sheet, one.row) for one in document.lines] == [("一", 3), ("二", 3)]
    assert document.totalled


def test_two_forms_in_one_workbook_are_refused():
    rows = form_rows("F3", [line("F3")])

    assert (
        "一个文件"
        in refusal(as_workbook({"一": printed(), "二": rows})).faults[0].expected
    )


# 小计 and 合计


def test_subtotals_are_checked_and_left_out():
    rows = printed(*(line("F2", 险种=fund) for fund in ("310", "390", "320")))
    rows.insert(4, ["贵阳市小计"] + [""] * 6 + ["200.00"])
    rows.insert(6, ["小 计"] + [""] * 6 + ["100.00"])
    document = read(as_csv(rows), "x")
    assert [one.row for one in document.lines] == [3, 4, 6]

    rows[6][-1] = "100.01"
    assert "第7行：基金支付“100.01”与各行之和100.00不符" in says(refusal(rows))


def test_a_total_that_is_a_fen_off_is_refused_in_every_column_of_figures():
    rows = printed(line("F2", 人次="5", 医疗总费用="300"))
    for title, wrong in ("人次", "6"), ("医疗总费用", "300.01"), ("基金支付", "99.99"):
        at = rows[1].index(title)
        right, rows[3][at] = rows[3][at], wrong
        error = refusal(rows)
        rows[3][at] = right

        assert f"第4行：{title}“{wrong}”与各行之和" in says(error)


def test_without_a_total_a_file_is_read_but_not_totalled():
    assert not read(as_csv(printed(total=False)), "x").totalled


def test_a_line_after_the_total_is_refused():
    rows = printed()
    rows.append(list(printed(line("F2", 险种="390"))[2]))

    assert "第5行：在合计行之后" in says(refusal(rows))


def test_a_form_without_lines_is_refused():
    assert "没有一行数据" in says(refusal(printed()[:2]))


# Cells


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1,234,567.80", "1234567.80"),
        ("１，２３４．５０", "1234.50"),
        ("¥12.3", "12.30"),
        ("￥ 12", "12.00"),
        (" 12.30 ", "12.30"),
        ("12.300", "12.30"),
        ("0.00", "0.00"),
        ("-0.00", "0.00"),
        (12, "12.00"),
        (0.1 + 0.2, "0.30"),
        (0.07 * 100, "7.00"),
        (1234567890.12, "1234567890.12"),
    ],
)
def test_amounts_are_read_in_every_dress(cell, amount):
    rows = printed(line("F2", 基金支付=cell), total=False)
    make = as_csv if isinstance(cell, str) else as_xlsx

    assert str(one(rows, make).amount) == amount


@pytest.mark.parametrize(
    "cell", ["(1,234.00)", "（1234）", "-1234", "－¥1,234.00", "¥(1,234)"]
)
def test_accounting_negatives_are_negative(cell):
    rows = printed(line("F2", 清算性质="冲减", 基金支付=cell), total=False)

    assert one(rows).amount == -1234


@pytest.mark.parametrize(
    "cell",
    [
        "12,345.6O",
        "1.234",
        "1,23",
        "12,34.00",
        "1e3",
        "NaN",
        "--1",
        "(-1)",
        "1_0",
        "=1+1",
    ]
    + ["1.0.0", "金额", "１２.３４５", 1.234, 0.3001, True],
)
def test_what_is_no_amount_is_refused(cell):
    rows = printed(line("F2", 基金支付=cell), total=False)
    error = refusal((as_csv if isinstance(cell, str) else as_xlsx)(rows), "清算.csv")

    assert "不是以元为单位、到分为止的金额。" in says(error)
    assert error.faults[0].column == "基金支付"


@pytest.mark.parametrize("cell", [1e13, 12345678901234.56, 1e300])
def test_a_number_too_large_to_hold_its_fen_is_refused(cell):
    rows = printed(line("F2", 基金支付=cell), total=False)

    assert "超过15位的数字" in says(refusal(as_xlsx(rows)))


@pytest.mark.parametrize(
    "cell",
    ["2017-04-28", "2017/4/28", "2017年4月28日", "20170428", "２０１７－０４－２８"]
    + [20170428, date(2017, 4, 28), datetime(2017, 4, 28, 9, 30), "2017/4/28 0:00:00"],
)
def test_days_are_read_in_every_dress(cell):
    rows = printed(line("F2", 确认日期=cell))
    make = as_csv if isinstance(cell, str) else as_xlsx

    assert one(rows, make).confirmed_on == date(2017, 4, 28)


@pytest.mark.parametrize(
    "cell", ["2017-02-30", "20171301", "2017-4", "28.4.2017", "昨天"]
)
def test_days_that_are_none_are_refused(cell):
    error = refusal(printed(line("F2", 确认日期=cell)))

    assert f"第3行：确认日期“{cell}”不是日" in says(error)


@pytest.mark.parametrize(
    ("cell", "period"),
    [
        ("2017-06", Month(2017, 6)),
        ("2017年6月", Month(2017, 6)),
        ("201706", Month(2017, 6)),
        (201706, Month(2017, 6)),
        (date(2017, 6, 1), Month(2017, 6)),
        ("2017/6/1", Month(2017, 6)),
        ("2017Q2", Quarter(2017, 2)),
        ("2017年第二季度", Quarter(2017, 2)),
        ("２０１７年２季度", Quarter(2017, 2)),
    ],
)
def test_periods_are_read_in_every_dress(cell, period):
    rows = printed(line("F2", 清算期=cell))
    make = as_csv if isinstance(cell, str) else as_xlsx

    assert one(rows, make).period == period


@pytest.mark.parametrize("cell", ["2017-13", "2017Q5", "2017-06-15", "六月"])
def test_periods_that_are_none_are_refused(cell):
    assert f"第3行：清算期“{cell}”" in says(refusal(printed(line("F2", 清算期=cell))))


def test_codes_and_serials_typed_as_numbers_are_read():
    rows = printed(line("F2", 参保地代码=520102, 清算单号=201706001, 险种=310))
    clearing = one(rows, as_xlsx)

    assert (clearing.insured, clearing.list_number) == ("520102", "201706001")
    assert clearing.fund == "310"


@pytest.mark.parametrize("cell", [6217001234567890123, 1e15])
def test_a_serial_of_more_than_15_digits_as_a_number_is_refused(cell):
    error = refusal(as_xlsx(printed(line("F2", 清算单号=cell))))

    assert "末几位已经丢失" in says(error)
    assert "文本格式" in error.faults[0].expected


def test_a_serial_in_scientific_notation_is_refused():
    assert "末几位" in says(refusal(printed(line("F2", 清算单号="6.22E+18"))))


def test_a_day_in_a_column_of_serials_is_refused():
    rows = printed(line("F2", 清算单号=date(2017, 6, 1)))

    assert "是日期或时间" in says(refusal(as_xlsx(rows)))


@pytest.mark.parametrize("word", ["职工医保", "职工基本医疗保险", " 310 ", "３１０"])
def test_funds_are_read_by_code_name_or_alias(word):
    assert one(printed(line("F2", 险种=word))).fund == "310"


def test_an_unknown_fund_or_choice_is_refused():
    assert "“999”不是已知的险种" in says(refusal(printed(line("F2", 险种="999"))))
    error = refusal(printed(line("F2", 清算性质="别的")))
    assert "“别的”不是正常、补清算、冲减之一" in says(error)


def test_breaks_in_texts_become_a_space():
    rows = printed(line("F2", 备注=' 一\r\n"二"\t三 '))

    assert one(rows).note == '一 "二" 三'


@pytest.mark.parametrize(
    "character", ["\x01", "\x1b", "\u202e", "\u200b", "\x7f", "\u2066"], ids=ascii
)
def test_control_characters_seen_or_unseen_are_refused_and_not_printed(character):
    error = refusal(printed(line("F2", 备注=f"正{character}常")))

    assert f"U+{ord(character):04X}" in says(error)
    assert character not in str(error) + str(error.faults)


def test_what_looks_like_code_is_kept_as_data():
    for text in ('=cmd|"/c calc"!A1', "<script>", '2020-01-01 plugin "os"', "'; DROP"):
        assert one(printed(line("F2", 备注=text))).note == text


def test_a_text_of_more_than_500_characters_is_refused_and_cut_in_the_message():
    assert one(printed(line("F2", 备注="长" * 500))).note == "长" * 500
    error = refusal(printed(line("F2", 备注="长" * 501)))

    assert "有501个字，太长" in says(error)
    assert len(str(error)) < 400


def test_a_required_cell_that_is_empty_is_refused():
    assert "第3行：清算单号没有填。" in says(refusal(printed(line("F2", 清算单号=" "))))
    assert "第3行：清算性质没有填。" in says(refusal(printed(line("F2", 清算性质=""))))


# Errors


def test_an_error_says_place_found_expected_excerpt_and_remedy():
    rows = printed(line("F2", 参保地="南明区", 基金支付="12,345.6O"), total=False)
    error = refusal(as_xlsx(rows), "清算_2017Q2.xlsx")

    assert str(error) == (
        "清算_2017Q2.xlsx“明细”第3行：基金支付“12,345.6O”不是以元为单位、到分为止的金额。\n"
        "  QS201706 │ 正常 │ 2017-06 │ 12,345.6O\n"
        "本文件没有入账。请改正后重新导入。"
    )
    (fault,) = error.faults
    assert fault[:5] == (
        "明细",
        3,
        "基金支付",
        "12,345.6O",
        "以元为单位、到分为止的金额",
    )


def test_all_faults_are_listed_in_order_up_to_100():
    rows = printed(
        *(line("F2", 基金支付="x", 险种="y") for _ in range(30)), total=False
    )
    error = refusal(rows)
    assert len(error.faults) == 60
    assert [fault.row for fault in error.faults] == sorted(f.row for f in error.faults)
    assert "另有59处错误。" in str(error)

    rows = printed(*(line("F2", 基金支付="x") for _ in range(300)), total=False)
    assert len(refusal(rows).faults) == 100


def test_a_hostile_file_name_is_one_line_of_the_message():
    error = refusal(b"", "/a/b\\c\n\x1b[31m.xlsx")

    assert says(error).startswith("c \\u001b[31m.xlsx：是空文件")


def test_a_part_that_inflates_wrongly_is_refused():
    data = as_xlsx(printed())
    with zipfile.ZipFile(BytesIO(data)) as package:
        part = package.getinfo("xl/worksheets/sheet1.xml")
    data = data.replace(struct.pack("<I", part.CRC), struct.pack("<I", part.CRC ^ 1))

    assert "校验和不符" in says(refusal(data))
