"""Property: whatever months, retirements, deaths and figures come, in any order,
crediting agrees with a plain twin that keeps dictionaries and loops over them.

The twin knows what is due of every person and month, posts the difference, and owes
what is not there. YIBAO_FUZZ=1 looks longer.
"""

import os
import random
import shutil
from collections import defaultdict
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import product

import pytest
from batches_by_hand import Row, die, lines, money_comes, retire, set_figure, spend
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from people_by_hand import LI, NANCHONG, stored
from test_desk_credit import balances, check_identities, control

from desk.people.credit import credit
from desk.people.make_up import make_up
from desk.reversing import reverse
from ledger.database import Home
from ledger.errors import BookError
from ledger.periods import Month

FUZZ = os.environ.get("YIBAO_FUZZ") == "1"
MONTHS = [Month(2023, number) for number in range(1, 7)]
TODAY = date(2023, 12, 1)
PEOPLE = [f"P{number}" for number in range(4)]
person, month = st.sampled_from(PEOPLE), st.sampled_from(MONTHS)
FIGURES = ["3350.00", "3500.01", "3000.00"]
EVENTS = st.one_of(
    st.tuples(
        st.just("line"),
        person,
        month,
        st.integers(0, 30000),
        st.sampled_from([0, 0, 2550]),
        st.booleans(),
    ),
    st.tuples(st.just("money"), person, month),
    *[st.tuples(st.just("retire"), person, month)] * 2,
    *[st.tuples(st.just("die"), person, month)] * 2,
    *[st.tuples(st.just("spend"), person, st.integers(50, 100))] * 3,
    *[st.tuples(st.just("credit"), month)] * 5,
    *[st.tuples(st.just("make-up"), st.sampled_from(FIGURES))] * 3,
    st.tuples(st.just("reverse"), st.integers(0, 20)),
)


class Twin:
    """What stands, person by person; money in whole fen."""

    def __init__(self):
        self.lines = {}  # (person, month): [own, civil, ready]
        self.retired, self.dead = {}, {}  # first month of each
        self.credited = {}  # (person, month): (kind, amount, civil)
        self.balance = defaultdict(int)
        self.claim = defaultdict(int)
        self.kinds = defaultdict(int)
        self.figure, self.published = "3350.00", None

    @property
    def fixed(self) -> int:
        figure = Decimal(self.published or self.figure) * 100 * Decimal("0.028")
        return int(figure.quantize(Decimal(1), ROUND_HALF_UP))

    def status(self, person, month) -> str:
        if person in self.dead and month >= self.dead[person]:
            return ""
        if person in self.retired and month >= self.retired[person]:
            return "退休划入"
        return "在职计入"

    def add(self, person, kind, amount):
        self.balance[person] += amount
        self.kinds[kind] += amount

    def pay_off(self, person, claimed, added):
        """What a batch adds pays off what was claimed before it and still is."""
        paid = min(self.claim[person], added)
        if claimed > 0 and paid > 0:
            self.claim[person] -= paid
            self.add(person, "追回挂账", -paid)

    def owe(self, person):
        """What a correction took beyond the balance is a claim."""
        if self.balance[person] < 0:
            lacking = -self.balance[person]
            self.claim[person] += lacking
            self.add(person, "追回挂账", lacking)

    def credit(self, month):
        self.correct()
        for (person, of), (own, civil, ready) in sorted(self.lines.items()):
            kind = self.status(person, of)
            if of != month or not ready or not kind or (person, of) in self.credited:
                continue
            amount = own if kind == "在职计入" else self.fixed
            self.credited[person, of] = (kind, amount, civil)
            self.add(person, kind, amount)
            self.add(person, "公务员补助计入", civil)
            self.pay_off(person, self.claim[person], amount + civil)

    def correct(self):
        for person in PEOPLE:
            before = self.balance[person]
            for month in MONTHS:
                if (person, month) not in self.credited:
                    continue
                kind, amount, civil = self.credited[person, month]
                now = self.status(person, month)
                if not now:
                    self.add(person, kind, -amount)
                    self.add(person, "公务员补助计入", -civil)
                    del self.credited[person, month]
                elif now != kind:
                    self.add(person, kind, -amount)
                    self.add(person, now, self.fixed)
                    self.credited[person, month] = (now, self.fixed, civil)
            added = self.balance[person] - before
            self.pay_off(person, self.claim[person], added)
            self.owe(person)

    def take_back(self, rows):
        """Movements of a batch, with the other sign; months stand as before it."""
        before, claimed = dict(self.balance), dict(self.claim)
        for person, period, act, kind, amount in rows:
            self.add(person, kind, -amount)
            if kind == "追回挂账":
                self.claim[person] -= amount
                continue
            month = Month(*map(int, period.split("-")))
            stood = self.credited.get((person, month), ("", 0, 0))
            if act == "make-up":
                self.credited[person, month] = (stood[0], stood[1] - amount, stood[2])
            elif act == "undo" and kind == "公务员补助计入":
                self.credited[person, month] = (*stood[:2], -amount)
            elif act == "undo":
                self.credited[person, month] = (kind, -amount, stood[2])
            elif act == "credit":
                del self.credited[person, month]
        for person in PEOPLE:
            added = self.balance[person] - before.get(person, 0)
            self.pay_off(person, claimed.get(person, 0), added)
            lacking = max(0, -self.balance[person], -self.claim[person])
            self.claim[person] += lacking
            self.add(person, "追回挂账", lacking)

    def make_up(self):
        before = dict(self.balance)
        for (person, month), (kind, amount, civil) in sorted(self.credited.items()):
            if kind == "退休划入" and amount != self.fixed:
                self.add(person, kind, self.fixed - amount)
                self.credited[person, month] = (kind, self.fixed, civil)
        for person in PEOPLE:
            added = self.balance[person] - before.get(person, 0)
            self.pay_off(person, self.claim[person], added)
            self.owe(person)


def play(home: Home, events) -> None:
    """Play the events in the home and in the twin; both must say the same.

    Three people have lines of every month, one has none yet.
    """
    twin = Twin()
    set_figure(home)
    for number, (who, of) in enumerate(product(PEOPLE[:3], MONTHS)):
        act(home, twin, "line", who, of, 10000 + number, 2550 * (number % 3 // 2), True)
    for event in events:
        act(home, twin, *event)
        check(home, twin)


def act(home, twin, name, *values) -> None:
    """One event; what makes no sense where it stands is left out."""
    match name, *values:
        case "line", person, month, own, civil, ready:
            if (person, month) in twin.lines:
                return
            status = {"在职计入": "在职", "退休划入": "退休", "": ""}
            credit_as = status[twin.status(person, month)]
            ready = ready or credit_as != "在职"
            row = Row(person, str(month), own, credit_as, civil, ready)
            lines(home, row)
            twin.lines[person, month] = [own, civil, ready]
        case "money", person, month:
            if not twin.lines.get((person, month), [0, 0, True])[2]:
                money_comes(home, person, str(month))
                if (person, month) not in twin.credited:
                    twin.lines[person, month][2] = True
        case "retire", person, month:
            known = twin.retired.get(person)
            if (
                person in twin.dead
                or known
                and known <= month
                or not known_in(home, person)
            ):
                return
            retire(home, person, str(month))
            twin.retired[person] = month
            ready_now(twin, person, month)
        case "die", person, month:
            if person in twin.dead or not known_in(home, person):
                return
            die(home, person, month.first_day)
            twin.dead[person] = month.next
            ready_now(twin, person, month.next)
        case "spend", person, percent:
            if fen := twin.balance[person] * percent // 100:
                spend(home, person, fen)
                twin.add(person, "转出", -fen)
        case "credit", month:
            if any(of == month for _, of in twin.lines):
                credit(home, LI, month, NANCHONG, post_on=TODAY)
                twin.credit(month)
        case "make-up", value:
            set_figure(home, value, 2022, correct=twin.published not in (None, value))
            twin.published = value
            make_up(home, LI, NANCHONG, TODAY)
            twin.make_up()
        case "reverse", number:
            undo(home, twin, number)


def known_in(home, person) -> bool:
    return bool(stored(home, "SELECT 1 FROM person WHERE person_id = :p", p=person))


def ready_now(twin, person, month) -> None:
    """Rows since then need no money any more."""
    for (who, of), line in twin.lines.items():
        if who == person and of >= month and (who, of) not in twin.credited:
            line[2] = True


def undo(home, twin, number) -> None:
    """Reverse a standing batch, unless a later one reckoned with its months."""
    standing = stored(
        home,
        "SELECT batch.id, kind, book_id, voucher.year, voucher.month, voucher.number"
        " FROM batch JOIN voucher ON voucher.posting_id = batch.posting_id"
        " WHERE batch.state = 'counted' AND kind IN ('credit', 'make-up', 'correction')"
        " ORDER BY batch.id DESC, voucher.id",
    )
    if not standing:
        return
    id, kind, book, year, of, voucher = standing[number % len(standing)]
    rows = stored(
        home,
        "SELECT person_id, period, act, kind, amount FROM movement"
        " WHERE batch_id = :id",
        id=id,
    )
    later = stored(
        home,
        "SELECT person_id, movement.period FROM movement"
        " JOIN batch ON batch.id = batch_id WHERE state = 'counted'"
        " AND batch.kind IN ('make-up', 'correction')"
        " AND batch.id > :id AND movement.period <> ''",
        id=id,
    )
    leaned_on = {row[:2] for row in rows} & set(later)
    try:
        reverse(home, LI, f"{book}/{year}-{of:02}/{voucher}", TODAY, "测试")
    except BookError as refused:
        assert leaned_on and "先冲销批次" in str(refused)
        return
    assert not leaned_on
    twin.take_back(rows)


def check(home, twin) -> None:
    kinds = {kind: amount for kind, amount in twin.kinds.items() if amount}
    told = {who: (b, c) for who, (b, c) in balances(home).items() if b or c}

    assert told == {
        who: (twin.balance[who], twin.claim[who])
        for who in PEOPLE
        if twin.balance[who] or twin.claim[who]
    }
    assert control(home) == kinds
    check_identities(home)


@settings(
    max_examples=500 if FUZZ else 80,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(st.lists(EVENTS, min_size=12, max_size=30))
def test_crediting_agrees_with_a_plain_twin(
    sqlite_sichuan_template, tmp_path_factory, events
):
    path = tmp_path_factory.mktemp("property") / "home"
    shutil.copytree(sqlite_sichuan_template, path)
    home = Home(path)
    try:
        play(home, events)
    finally:
        home.close()
        shutil.rmtree(path)


@pytest.mark.parametrize("seed", range(20 if FUZZ else 3))
def test_crediting_agrees_with_a_plain_twin_on_a_server(seed, postgresql_sichuan_home):
    drawn = random.Random(seed)

    def of(*choices):
        return drawn.choice(choices)

    events = []
    for _ in range(25):
        who, month = of(*PEOPLE), of(*MONTHS)
        events.append(
            of(
                (
                    "line",
                    who,
                    month,
                    drawn.randrange(30000),
                    of(0, 2550),
                    of(True, False),
                ),
                ("money", who, month),
                *[("credit", month)] * 4,
                *[("retire", who, month), ("die", who, month)] * 2,
                ("spend", who, drawn.randint(50, 100)),
                ("make-up", of(*FIGURES)),
                ("reverse", drawn.randrange(20)),
            )
        )
    play(postgresql_sichuan_home, events)
