"""`yibao clear … --kind institutions`: what is due, what is carried, P7 at once."""

from datetime import date

import pytest
from desk_by_hand import printed
from institutions_by_hand import clear_july, owed, roster
from people_by_hand import stored
from settlements_by_hand import LI

from ledger.errors import BookError, UsageError
from ledger.periods import Month

SETTLED = "340100-city-agency"


def parts(made):
    """(payer, payee, fund, lines, gross, net) as words."""
    return [
        f"{p.payer} {p.payee} {p.fund} {p.lines} {p.gross} {p.net}" for p in made.parts
    ]


def test_what_is_due_is_told_by_place_institution_and_fund(anhui_home):
    roster(anhui_home)
    owed(
        anhui_home,
        """机构 | 险种 | 笔数 | 统筹 | 其他 | 个账 | 共济
           R1 | 310 | 3 | 60.00 | 5.00 | 20.00 | 4.00
           R1 | 390 | 2 | 30.00 | | | 6.00
           R2 | 310 | 1 | | | 12.00 |
           W1 | 310 | 1 | 7.00 | | |""",
    )
    made = clear_july(anhui_home)

    # 390's own 30.00; of its 共济 6.00 is the accounts' fund: 60+5+20+4+6 = 95.
    assert made.status == "made"
    assert parts(made) == [
        "340100 R1 310 5 95.00 95.00",
        "340100 R1 390 2 30.00 30.00",
        "340100 R2 310 1 12.00 12.00",
        "340200 W1 310 1 7.00 7.00",
    ]
