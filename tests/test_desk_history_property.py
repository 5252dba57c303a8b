"""Property: whatever drafts, approvals, rejections and reversals came before, the
forms posted in the end make the same balances; numbers and chains stay whole.
"""

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from desk_by_hand import LI, WANG, clearings, transfers
from forms_by_hand import write_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_desk_crash import check_whole
from test_desk_import_property import balances

from desk.homes import put_setting
from desk.importing import Options, import_files
from desk.reversing import reverse
from desk.vouchers import approve, list_vouchers, reject, voucher_name
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import YibaoError

MOVES = """
付款方代码 | 收款方代码 | 险种 | 用途 | 本级金额 | 交易流水号 | 到账日期
520102     | 520100     | 310  | 跨省 | 1.00     | A          | {0}
520102     | 520100     | 390  | 省内 | 2.00     | A          | {0}
520100     | 520000     | 310  | 跨省 | 4.00     | B          | 2017-05-02
440000     | 520000     | 310  | 跨省 | 8.00     | C          | {0}
"""
LIST = """
参保地代码 | 险种 | 基金支付 | 确认日期
520102     | 310  | 0.10     | {0}
520102     | 390  | 0.20     | {1}
520302     | 310  | 0.40     | {1}
529900     | 310  | 0.80     | {0}
"""
FORMS = {
    "在途": ("F1", transfers(MOVES.format(""))),
    "到账": ("F1", transfers(MOVES.format("2017-05-02"))),
    "待确认": ("F2", clearings(LIST.format("", ""))),
    "部分确认": ("F2", clearings(LIST.format("2017-07-10", ""))),
    "确认": ("F2", clearings(LIST.format("2017-07-10", "2017-07-10"))),
}
act = st.tuples(
    st.sampled_from(["import", "draft", "approve", "reject", "reverse"]),
    st.sampled_from(list(FORMS)),
    st.integers(0, 99),
)


@pytest.fixture(scope="module")
def reference(sqlite_template, tmp_path_factory):
    """The balances of a home that took the whole forms and nothing else."""
    folder = tmp_path_factory.mktemp("reference")
    shutil.copytree(sqlite_template, folder / "home")
    home = Home(folder / "home")
    for name in ("到账", "确认"):
        assert take(home, name).message == ""
    return held(home)


@settings(
    max_examples=500 if os.environ.get("YIBAO_FUZZ") else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(act, max_size=12), second=st.booleans())
def test_property_every_history_ends_in_the_same_balances(
    sqlite_template, reference, acts, second
):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(sqlite_template, Path(folder) / "home")
        home = Home(Path(folder) / "home")
        if second:
            put_setting(home, LI, "reversal-review", "second-person", cite="测试")
        for word, name, number in acts:
            do(home, word, name, number)
            check_whole(home)

        while drafts := names(home, "draft"):
            reject(home, WANG, drafts[:1], "清理")
        results = [take(home, name) for name in ("到账", "确认")]

        assert [r.message for r in results] == ["", ""]
        assert held(home) == reference
        home.close()


def do(home, word: str, name: str, number: int) -> None:
    """One act; that it is refused is no fault."""
    if word in ("import", "draft"):
        take(home, name, draft=word == "draft")
        return
    wanted = names(home, "approved" if word == "reverse" else "draft")
    if not wanted:
        return
    chosen = wanted[number % len(wanted)]
    try:
        if word == "approve":
            approve(home, WANG, [chosen])
        elif word == "reject":
            reject(home, WANG, [chosen], "不要")
        else:
            reverse(home, LI, chosen, date(2017, 12, 31), "不对")
    except YibaoError:
        print_changed(home)


def take(home, name: str, **how):
    form, rows = FORMS[name]
    path = write_form(home.path.parent / f"{name}.csv", form, rows)
    return import_files(home, [path], LI, Options(**how))[0]


def names(home, state: str) -> list[str]:
    with home.reading() as connection:
        return [voucher_name(row) for row in list_vouchers(connection, state=state)]


def held(home) -> dict:
    """Every balance that is not zero."""
    return {place: amount for place, amount in balances(home).items() if amount}
