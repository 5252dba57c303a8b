"""What every form's taker shares: where a line stands, in an error."""

import pytest
from desk_by_hand import take_transfers

ROWS = (
    "付款日期 | 付款方代码 | 收款方代码 | 资金性质 | 用途 | 险种 | 本级金额 | 交易流水号\n"
    "2018-01-12 | 520100 | 520000 | 预付金 | 跨省 | 310 | {} | N1"
)


@pytest.mark.parametrize(
    "name, place", [("x.csv", "x.csv"), ("x.xlsx", "x.xlsx“明细”")]
)
def test_a_csv_has_no_sheet_to_name(sqlite_home, name, place):
    take_transfers(sqlite_home, ROWS.format("1.00"), name="a.csv")
    result = take_transfers(sqlite_home, ROWS.format("2.00"), name=name)

    assert result.message.startswith(f"{place}第3行：这一行已经入账")
