"""Property: in whatever order lists are imported, confirmed, disputed, settled and
taken back, in the end the books hold what the final forms make at once.
YIBAO_FUZZ=1 tries more.
"""

import os
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from desk_by_hand import LI, WANG, clearings
from forms_by_hand import write_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_desk_crash import check_whole
from test_desk_import_property import balances

from desk.advances.choosing_lines import spot
from desk.advances.confirming import Asked, confirm, dispute, settle
from desk.advances.taking_back import take_back
from desk.homes import put_setting
from desk.importing import Options, import_files
from desk.reversing import reverse
from desk.vouchers import approve, list_vouchers, reject, voucher_name
from ledger.book_files import print_changed
from ledger.database import Home
from ledger.errors import YibaoError
from ledger.periods import Month, Quarter
from reports.checks.findings import ERROR
from reports.reconcile import check

DAYS = [date(2017, 4, 10), date(2017, 4, 11), date(2017, 7, 9)]
LISTS = {
    "一月": """
清算单号 | 清算期  | 参保地代码 | 就医地代码 | 险种 | 基金支付
A        | 2017-01 | 520102     | 440000     | 310  | 0.10
A        | 2017-01 | 520102     | 430000     | 390  | 0.20
A        | 2017-01 | 520302     | 440000     | 310  | 0.40
A        | 2017-01 | 529900     | 440000     | 310  | 0.80
""",
    "二月": """
清算单号 | 清算期  | 清算性质 | 参保地代码 | 基金支付
B        | 2017-02 | 正常     | 520102     | 1.60
B        | 2017-02 | 冲减     | 520102     | -1.60
B        | 2017-02 | 正常     | 520199     | 3.20
""",
    "一季度省内": """
清算单号 | 清算期 | 范围 | 就医地代码 | 参保地代码 | 基金支付
C        | 2017Q1 | 省内 | 520200     | 520102     | 6.40
C        | 2017Q1 | 省内 | 520200     | 520302     | 12.80
""",
}
PERIODS = [Month(2017, 1), Month(2017, 2), Quarter(2017, 1), Quarter(2017, 2)]
act = st.fixed_dictionaries(
    {
        "word": st.sampled_from(
            ["import", "form", "confirm", "confirm", "dispute", "settle"]
            + ["take back", "take back", "approve", "reject", "reverse"]
        ),
        "list": st.sampled_from(list(LISTS)),
        "period": st.sampled_from(PERIODS),
        "region": st.sampled_from(["", "520100", "520300", "529900"]),
        "day": st.sampled_from(DAYS),
        "line": st.sampled_from(["520102", "/430000", "520302", "//390"]),
        "number": st.integers(0, 99),
    }
)


@pytest.fixture(scope="module")
def reference(sqlite_template, tmp_path_factory):
    """The balances of a home that took the completed forms and nothing else."""
    folder = tmp_path_factory.mktemp("reference")
    shutil.copytree(sqlite_template, folder / "home")
    home = Home(folder / "home")
    for name in LISTS:
        assert take(home, name, DAYS[0]).message == ""
    return held(home)


@settings(
    max_examples=400 if os.environ.get("YIBAO_FUZZ") else 10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(act, max_size=14), review=st.booleans(), reversals=st.booleans())
def test_property_every_way_of_confirming_ends_in_the_same_books(
    sqlite_template, reference, acts, review, reversals
):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(sqlite_template, Path(folder) / "home")
        home = Home(Path(folder) / "home")
        for name, second in (("review", review), ("reversal-review", reversals)):
            value = "second-person" if second else "by-rule"
            put_setting(home, LI, name, value, cite="测试")
        for one in acts:
            do(home, one)
            check_whole(home)

        finish(home)

        assert held(home) == reference
        with home.reading() as connection:
            found = check(connection, date(2017, 12, 31), home)
            for day in [*DAYS, date(2017, 5, 1), date(2017, 8, 1)]:
                found += check(connection, day)
        assert [one for one in found if one.severity == ERROR] == []
        home.close()


def do(home, one) -> None:
    """One act; that it is refused is no fault."""
    asked = Asked(one["period"], one["region"])
    spots = [spot(one["line"])]
    try:
        match one["word"]:
            case "import":
                take(home, one["list"])
            case "form":
                take(home, one["list"], one["day"])
            case "confirm":
                confirm(home, LI, asked, one["day"])
            case "dispute":
                dispute(home, LI, asked, one["day"], "不符", spots)
            case "settle":
                settle(home, LI, asked, "已核对", spots)
            case "take back":
                take_back(home, LI, asked, max(one["day"], DAYS[1]), "有误")
            case "approve":
                approve(home, WANG, chosen(home, "draft", one))
            case "reject":
                reject(home, WANG, chosen(home, "draft", one), "不要")
            case "reverse":
                for name in chosen(home, "approved", one):
                    reverse(home, LI, name, DAYS[-1], "不对")
    except YibaoError:
        print_changed(home)


def finish(home) -> None:
    """Bring everything to its end: no drafts, no disputes, nothing that waits."""
    for name in ("review", "reversal-review"):
        put_setting(home, LI, name, "by-rule", cite="测试")
    while drafts := names(home, "draft"):
        reject(home, WANG, drafts[:1], "清理")
    for name in LISTS:
        assert take(home, name).message == ""
    asked = Asked(Quarter(2017, 1))
    try:
        settle(home, LI, asked, "已核对")
    except YibaoError:  # nothing waits
        pass
    assert confirm(home, LI, asked, DAYS[-1]).disputes == []


def take(home, name: str, day: date | None = None):
    rows = [{**row, "确认日期": str(day or "")} for row in clearings(LISTS[name])]
    path = write_form(home.path.parent / f"{name}.csv", "F2", rows)
    return import_files(home, [path], LI, Options())[0]


def chosen(home, state: str, one) -> list[str]:
    """One voucher of a state, or none."""
    wanted = names(home, state)
    return [wanted[one["number"] % len(wanted)]] if wanted else []


def names(home, state: str) -> list[str]:
    with home.reading() as connection:
        return [voucher_name(row) for row in list_vouchers(connection, state=state)]


def held(home) -> dict:
    """Every balance that is not zero."""
    return {place: amount for place, amount in balances(home).items() if amount}
