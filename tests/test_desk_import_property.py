"""Property: any transfers and clearings, in any order of import, keep the books true.

What the books hold is compared with sums over the forms' own lines, never with
another book alone. YIBAO_FUZZ=1 tries more.
"""

import os
import shutil
import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from desk_by_hand import LI, book_files
from forms_by_hand import line, write_form
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from desk.importing import import_files
from ledger.book_files import print_all
from ledger.database import Home
from ledger.money import NOTHING
from ledger.schema import Voucher, VoucherLine
from ledger.vouchers import signed

COUNTIES = {"520102": "520100", "520103": "520100", "520302": "520300"}
MOVES = [(county, city) for county, city in COUNTIES.items()]
MOVES += [("520100", "520000"), ("520300", "520000"), ("529900", "520000")]
MOVES += [("520000", "440000"), ("440000", "520000"), ("520000", "430000")]
PAYERS = [*COUNTIES, "520199", "520399", "529900"]
amounts = st.integers(1, 10**9).map(lambda fen: Decimal(fen) / 100)
transfer = st.fixed_dictionaries(
    {
        "move": st.sampled_from(MOVES),
        "back": st.booleans(),
        "scope": st.sampled_from(["跨省", "省内"]),
        "fund": st.sampled_from(["310", "390"]),
        "amount": amounts,
        "arrives": st.sampled_from(["at once", "later", "never"]),
    }
)
clearing = st.fixed_dictionaries(
    {
        "payer": st.sampled_from(PAYERS),
        "place": st.sampled_from(["440000", "440100", "430000", "520200", "520302"]),
        "fund": st.sampled_from(["310", "390"]),
        "amount": amounts,
        "red": st.booleans(),
        "confirmed": st.booleans(),
    }
)


@settings(
    max_examples=400 if os.environ.get("YIBAO_FUZZ") else 12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    transfers=st.lists(transfer, max_size=6),
    clearings=st.lists(clearing, max_size=6),
    data=st.data(),
)
def test_property_identities_hold_in_any_order(
    sqlite_template, transfers, clearings, data
):
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        shutil.copytree(sqlite_template, folder / "home")
        home = Home(folder / "home")
        paths = [path for i, t in enumerate(transfers) for path in bank(folder, i, t)]
        paths += [lists(folder, i, c) for i, c in enumerate(clearings)]

        results = import_files(home, data.draw(st.permutations(paths)), LI)

        assert [r.message for r in results] == [""] * len(paths)
        held = balances(home)
        check_balanced(held)
        check_centre(held)
        check_mirrors(held, transfers, clearings)
        books = book_files(home)
        print_all(home)
        assert book_files(home) == books
        home.close()


def bank(folder, i: int, move: dict) -> list[Path]:
    """A transfer's form; two where the money arrives by a later form."""
    payer, payee = move["move"][::-1] if move["back"] else move["move"]
    abroad = {"440000", "430000"} & {payer, payee}
    row = line(
        "F1",
        付款方代码=payer,
        收款方代码=payee,
        资金性质="退回" if move["back"] else "预付金",
        用途="跨省" if abroad else move["scope"],
        险种=move["fund"],
        本级金额=str(move["amount"]),
        合计=str(move["amount"]),
        交易流水号=f"S{i}",
    )
    days = {"at once": ["2017-05-02"], "later": ["", "2017-05-02"], "never": [""]}
    return [
        write_form(folder / f"t{i}-{n}.csv", "F1", [{**row, "到账日期": day}])
        for n, day in enumerate(days[move["arrives"]])
    ]


def lists(folder, i: int, cleared: dict) -> Path:
    row = line(
        "F2",
        清算单号=f"Q{i}",
        清算性质="冲减" if cleared["red"] else "补清算",
        范围="省内" if cleared["place"].startswith("52") else "跨省",
        参保地代码=cleared["payer"],
        就医地代码=cleared["place"],
        险种=cleared["fund"],
        基金支付=str(net(cleared)),
        确认日期="2017-07-10" if cleared["confirmed"] else "",
    )
    return write_form(folder / f"c{i}.csv", "F2", [row])


def net(cleared: dict) -> Decimal:
    return -cleared["amount"] if cleared["red"] else cleared["amount"]


def balances(home) -> dict[tuple, Decimal]:
    """(book, subject, detail, fund): debit less credit of what is approved."""
    held: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    c = VoucherLine.__table__.c
    with home.reading() as connection:
        rows = connection.execute(
            select(
                Voucher.book_id,
                c.subject,
                c.detail,
                c.fund,
                c.side,
                func.sum(c.amount, type_=c.amount.type),
            )
            .join(Voucher, Voucher.id == c.voucher_id)
            .where(Voucher.number.is_not(None))
            .group_by(Voucher.book_id, c.subject, c.detail, c.fund, c.side)
        ).all()
    for *place, side, amount in rows:
        held[tuple(place)] += signed(side, amount)
    return held


def total(held, book: str, *subjects: str, detail=None) -> Decimal:
    return sum(
        amount
        for (at, subject, region, _), amount in held.items()
        if at == book and subject in subjects and detail in (None, region)
    )


def check_balanced(held) -> None:
    """Every book, within every fund."""
    nets: dict[tuple, Decimal] = defaultdict(lambda: NOTHING)
    for (book, _, _, fund), amount in held.items():
        nets[book, fund] += amount
    assert set(nets.values()) <= {NOTHING}


def check_centre(held) -> None:
    """I-3, extended by X4 and X7."""
    centre = "520000-centre"
    bank = total(held, centre, "财政专户存款——异地就医结算中心")
    received = ("暂收款——各市、州", "暂收款——省内异地就医", "暂收款——外省预付金")
    assert bank == -total(held, centre, *received, "暂付款——各省、市")


def check_mirrors(held, transfers, clearings) -> None:
    """I-4: both ends of a claim, against the forms' lines, money under way apart."""
    agency = {county: f"{county}-county-agency" for county in COUNTIES}
    agency |= {city: f"{city}-city-agency" for city in COUNTIES.values()}
    agency["529900"] = "520000-province-agency"
    for payer, payee in MOVES[:-3]:
        holder = "520000-centre" if payee == "520000" else agency[payee]
        claims = ("暂收款——各市、州", "暂收款——各县、区", "暂付款——各县、区")
        owed = -total(held, holder, *claims, detail=payer)
        claim = total(held, agency[payer], "暂付款——异地就医款")
        paid, arrived = moved(transfers, payer, payee)
        done = sum(
            net(c)
            for c in clearings
            if c["confirmed"] and payer in (c["payer"], city_of(c["payer"]))
        )
        assert (claim, owed) == (paid - done, arrived - done)


def moved(transfers, payer: str, payee: str) -> tuple[Decimal, Decimal]:
    """What the payer's and the holder's book know to have moved between them."""
    claim = owed = NOTHING
    for t in transfers:
        if t["move"] != (payer, payee):
            continue
        came = t["amount"] if t["arrives"] != "never" else NOTHING
        if t["back"]:  # the holder pays, the payer receives
            owed, claim = owed - t["amount"], claim - came
        else:
            claim, owed = claim + t["amount"], owed + came
    return claim, owed


def city_of(payer: str) -> str:
    return payer[:4] + "00" if payer[2:] != "9900" else payer
