"""Property: whatever bills, families, refunds and moves come, and wherever their lists
are cut in time order, every split agrees with the plain twin (settlement_oracle).

The twin takes row by row as things happen; the product takes files of them, shuffled
inside. YIBAO_FUZZ=1 looks longer.
"""

import copy
import os
import random
import shutil
from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from people_by_hand import G1, G2, G6, RETIRED, stored
from settlement_oracle import Aside, Oracle
from settlement_oracle_rules import DIRECT_LINE, SHOP
from settlements_by_hand import G3, G4, G5, G10, take

from desk.vouchers import approve
from ledger.database import Home
from ledger.postings import Actor
from reports.checks.findings import ERROR
from reports.reconcile import check

FUZZ = os.environ.get("YIBAO_FUZZ") == "1"
LATER = Actor("li", "2029-01-01T09:00:00+08:00")
WANG = Actor("wang", "2029-01-02T09:00:00+08:00")
ON = date(2029, 1, 1)
PARTS = "total in_policy deductible pooled other own cash".split()


class World:
    """A province of the test: its cities, who lives there, where they are treated."""

    def __init__(
        self, province, begins, cities, workers, relatives, institutions, families
    ):
        self.province, self.begins = province, datetime.fromisoformat(begins)
        self.families = families  # grantor, grantee, relation: bound at the beginning
        self.cities = cities
        self.workers = workers  # (city, status, opening balance)
        self.relatives = relatives  # cities
        self.institutions = institutions  # (code, level, region, qualified)
        self.people = [f"P{n}" for n in range(len(workers) + len(relatives))]


ANHUI = World(
    "34",
    "2024-06-01 02:00:00",
    ["340100", "340200", "340300"],
    [
        ("340100", "在职", "60.00"),
        ("340100", "退休", "40.55"),
        ("340100", "在职", "0.00"),
        ("340200", "在职", "120.01"),
        ("340200", "在职", "30.00"),
        ("340300", "退休", "80.00"),
    ],
    ["340100", "340200"],
    [
        ("H1", "三级", "340100", ""),
        ("H2", "二级及以下", "340200", ""),
        ("H3", SHOP, "340300", "否"),
        ("H4", "三级", "320100", ""),
    ],
    [
        (3, 0, "配偶"),
        (1, 0, "子女"),
        (0, 1, "父母"),
        (0, 6, "子女"),
        (4, 6, "外孙子女"),
        (1, 6, "孙子女"),
        (3, 7, "父母"),
        (4, 7, "祖父母"),
        (5, 2, "子女"),
    ],
)
SICHUAN = World(
    "51",
    "2023-10-05 08:00:00",
    ["511300", "510400"],
    [
        ("511300", "在职", "90.00"),
        ("511300", "退休", "50.55"),
        ("511300", "在职", "0.00"),
        ("511300", "在职", "200.00"),
        ("510400", "在职", "90.00"),
    ],
    ["511300"],
    [
        ("H1", "三级", "511300", ""),
        ("H2", "二级及以下", "511300", ""),
        ("H3", SHOP, "511300", "是"),
        ("H4", SHOP, "511300", "否"),
        ("H5", "三级", "510400", ""),
    ],
    [(0, 1, "父母"), (3, 0, "配偶"), (0, 2, "子女"), (1, 5, "父母"), (3, 5, "父母")],
)

NUMBER = st.integers(0, 59)
AMOUNT = st.one_of(
    st.integers(1, 60_000),
    st.sampled_from([1, 2, 3, 14_999, 15_000, 15_001, 19_999, 20_000, 20_001]),
    st.integers(60_000, 400_000),
)
PERCENT = st.sampled_from([100, 100, 100, 80, 50, 33, 0])
COSTS = (
    ["普通门诊"] * 4 + ["购药"] * 3 + ["门诊特殊疾病", "两病", "医疗器械", "体育健身"]
)
RELATIONS = ["配偶", "父母", "子女", *DIRECT_LINE, "兄弟姐妹"]
BILL = st.fixed_dictionaries(
    {
        "who": NUMBER,
        "where": NUMBER,
        "cost": st.sampled_from(COSTS),
        "total": AMOUNT,
        "in_policy": PERCENT,
        "pooled": st.sampled_from([None, None, 0, 0, 50, 70, 100]),
        "other": st.sampled_from([0, 0, 0, 0, 5, 30]),
        "split": st.sampled_from([""] * 6 + ["same", "cash", "fund", "wrong", "much"]),
        "channel": st.sampled_from(["", "", "", "", "手工"]),
    }
)
EVENTS_BY_NAME = {
    "bill": st.tuples(st.just("bill"), BILL),
    "twin_bill": st.tuples(st.just("twin_bill"), NUMBER),
    "stale": st.tuples(st.just("stale"), BILL, st.booleans()),
    "refund": st.tuples(st.just("refund"), NUMBER, PERCENT, PERCENT, st.booleans()),
    "reverse": st.tuples(st.just("reverse"), NUMBER),
    "bind": st.tuples(st.just("bind"), NUMBER, NUMBER, NUMBER),
    "unbind": st.tuples(st.just("unbind"), NUMBER),
    "move": st.tuples(st.just("move"), NUMBER, NUMBER),
    "retire": st.tuples(st.just("retire"), NUMBER),
    "die": st.tuples(st.just("die"), NUMBER),
    "premium": st.tuples(st.just("premium"), NUMBER, NUMBER, AMOUNT),
    "cut": st.tuples(st.just("cut")),
    "draft": st.tuples(st.just("draft")),
}
OFTEN = {"bill": 12, "refund": 5, "cut": 3, "bind": 3, "draft": 2}
OFTEN |= {"reverse": 2, "premium": 2}
NAMES = [name for name in EVENTS_BY_NAME for _ in range(OFTEN.get(name, 1))]
EVENT = st.sampled_from(NAMES).flatmap(EVENTS_BY_NAME.__getitem__)
MINUTES = st.sampled_from([0, 1, 30, 600, 3000, 60 * 24 * 8])
EVENTS = st.lists(st.tuples(MINUTES, EVENT), min_size=10, max_size=40)


class Play:
    """The same events in a home and in the twin."""

    def __init__(self, home: Home, world: World, seed: int):
        self.home, self.world, self.rng = home, world, random.Random(seed)
        self.twin, self.now = Oracle(world.province), world.begins
        self.serial, self.files = 0, 0
        self.waiting = {"G4": [], "G3": []}
        self.refused = 0
        self.told_in = set()  # (person, month) with a row of G1

    def begin(self):
        cutoff = str(self.now.date() - timedelta(days=40))
        rows = [
            {
                **G2,
                "个人编号": who,
                "统筹区代码": city,
                "人员类别": status,
                "期初余额": balance,
                "截止日期": cutoff,
            }
            for who, (city, status, balance) in zip(
                self.world.people, self.world.workers
            )
        ]
        self.both("G2", rows, total=True)
        rows = [
            {
                **G10,
                "机构代码": code,
                "机构名称": code,
                "机构级别": level,
                "统筹区代码": region,
                "药店符合条件": qualified,
            }
            for code, level, region, qualified in self.world.institutions
        ]
        self.both("G10", rows)
        for grantor, grantee, relation in self.world.families:
            self.now += timedelta(minutes=1)
            self.bind(grantor, grantee, relation)

    def act(self, minutes, event):
        self.now += timedelta(minutes=minutes, seconds=1)
        name, *values = event
        getattr(self, name)(*values)

    # --- files ----------------------------------------------------------------------

    def cut(self):
        """Import what waits, each list in any order of its rows."""
        self.approve()
        self.put_in()
        self.compare()

    def draft(self):
        """Import what waits as drafts: the next lists reckon with them."""
        self.put_in(draft=True)

    def put_in(self, **how):
        for form in ("G4", "G3"):
            rows, self.waiting[form] = self.waiting[form], []
            if rows and form == "G3":
                self.rng.shuffle(rows)
                self.give(form, rows, self.refused, **how)
            elif rows:
                self.rng.shuffle(rows)
                self.give(form, rows)
        self.refused = 0

    def approve(self):
        """All drafts, in their order: each may use what an earlier one gives back."""
        drafts = stored(
            self.home,
            "SELECT max(voucher.id) FROM voucher"
            " JOIN posting ON posting.id = posting_id WHERE state = 'draft'"
            " GROUP BY posting.id ORDER BY posting.id",
        )
        for (id,) in drafts:
            approve(self.home, WANG, [f"#{id}"])

    def give(self, form, rows, refused=None, **how):
        self.files += 1
        result = take(
            self.home, form, rows, name=f"{form}_{self.files}.csv", by=LATER, **how
        )
        if refused is not None:
            assert result.set_aside == refused, (rows, result.message, result.errors)
            assert result.status != "rejected" or refused == len(rows), result.message
        return result

    def both(self, form, rows, late=False, **how):
        """A file of its own, in both."""
        refused = self.twin.take(form, rows, late)
        how |= {"late": late} if late else {}
        self.give(form, rows, len(refused), **how)

    # --- bills ------------------------------------------------------------------------

    def bill(self, bill):
        self.line(self.row(bill, self.now))

    def line(self, row):
        self.refused += len(self.twin.take("G3", [row]))
        self.waiting["G3"].append(row)

    def stale(self, bill, late):
        """A bill of some days ago, in a file of its own."""
        self.cut()
        row = self.row(bill, self.now - timedelta(days=6, seconds=bill["total"]))
        if row["结算时间"][:7] == self.text(self.now)[:7]:
            self.both("G3", [row], late)
            self.compare()

    def same_day(self, line):
        return line.time[:10] == self.text(self.now)[:10]

    def row(self, bill, at):
        """The row as a list prints it; with a whole split, what the twin says of it."""
        code, level, region, _ = of(self.world.institutions, bill["where"])
        total = bill["total"]
        in_policy = total * bill["in_policy"] // 100
        pooled = bill["pooled"]
        if pooled is None and (level == "三级" and total % 5 or self.world is ANHUI):
            pooled = total % 2 * 40  # a bill that would be set aside, now and then
        if pooled is not None:
            pooled = in_policy * pooled // 100
        other = (
            (total - (pooled or 0)) * bill["other"] // 100 if pooled is not None else 0
        )
        row = {
            **G3,
            "结算流水号": self.next("S"),
            "结算时间": self.text(at),
            "个人编号": of(self.world.people, bill["who"]),
            "原结算流水号": "",
            "结算方式": bill["channel"],
            "机构代码": code,
            "机构级别": level,
            "就医地代码": region,
            "费用类别": bill["cost"],
            "医疗总费用": yuan(total),
            "政策范围内费用": yuan(in_policy),
            "统筹支付": "" if pooled is None else yuan(pooled),
            "其他基金": yuan(other) if other else "",
            "个账支付": "",
            "共济支付": "",
            "现金支付": "",
        }
        return self.with_split(row, bill["split"]) if bill["split"] else row

    def with_split(self, row, how):
        try:
            line = copy.deepcopy(self.twin).charge(row)
        except (Aside, KeyError):
            return row
        pooled, own, shared, cash = line.pooled, line.own, line.shared, line.cash
        if how == "cash":
            kept = (own / 3).quantize(Decimal("0.01"))
            given = (shared / 2).quantize(Decimal("0.01"))
            own, shared, cash = kept, given, cash + own - kept + shared - given
        elif how == "fund":
            kept = (pooled / 2).quantize(Decimal("0.01"))
            pooled, cash = kept, cash + pooled - kept
        elif how == "wrong":
            cash += Decimal("0.01")
        elif how == "much":
            own, cash = own + 5000, cash - 5000
            if cash < 0:
                return row
        said = {
            "统筹支付": pooled,
            "个账支付": own,
            "共济支付": shared,
            "现金支付": cash,
        }
        return {**row, **{title: str(amount) for title, amount in said.items()}}

    def bills(self):
        return [line for line in self.twin.lines.values() if line.act == "收费"]

    def twin_bill(self, number):
        """The same bill in the other channel, on its own day."""
        found = [line for line in self.bills() if self.same_day(line)]
        if found:
            channel = "手工" if of(found, number).channel == "联网" else "联网"
            row = {
                **of(found, number).row,
                "结算流水号": self.next("S"),
                "结算方式": channel,
                "结算时间": self.text(self.now),
            }
            self.line(row)

    def refund(self, number, percent, in_policy, says):
        if not self.bills():
            return
        bill = of(self.bills(), number)
        rest = bill.rest
        total = (rest["total"] * percent / 100).quantize(Decimal("0.01"))
        inside = (rest["in_policy"] * in_policy / 100).quantize(Decimal("0.01"))
        row = self.back(bill, "退费", total, min(total, inside))
        if says and total < rest["total"] and not bill.counts:
            part = (rest["pooled"] * percent / 100).quantize(Decimal("0.01"))
            row["统筹支付"] = str(part)
        self.line(row)

    def reverse(self, number):
        back = [line for line in self.twin.lines.values()]
        if not back:
            return
        bill = of(back, number)
        self.line(self.back(bill, "冲正", abs(bill.total), abs(bill.in_policy)))

    def back(self, bill, act, total, in_policy):
        row = {
            **bill.row,
            "结算流水号": self.next("S"),
            "结算时间": self.text(self.now),
            "业务类型": act,
            "原结算流水号": bill.serial,
            "医疗总费用": str(total),
            "政策范围内费用": str(in_policy),
        }
        titles = "统筹支付 其他基金 个账支付 共济支付 现金支付".split()
        return {**row, **dict.fromkeys(titles, "")}

    # --- families and people --------------------------------------------------------

    def bind(self, grantor, grantee, relation):
        grantor = of(self.world.people[: len(self.world.workers)], grantor)
        grantee = of(self.world.people, grantee)
        row = {
            **G4,
            "授权人编号": grantor,
            "被授权人编号": grantee,
            "关系": relation if isinstance(relation, str) else of(RELATIONS, relation),
            "时间": self.text(self.now),
            "被授权人统筹区": "",
            "被授权人险种": "",
        }
        if grantee not in self.twin.people:
            self.cut()
            at = self.world.people.index(grantee) - len(self.world.workers)
            row |= {"被授权人统筹区": self.world.relatives[at], "被授权人险种": "390"}
            self.both("G4", [row])
            return
        self.twin.take("G4", [row])
        self.waiting["G4"].append(row)

    def unbind(self, number):
        standing = [b for b in self.twin.bindings if not b["until"]]
        if standing:
            binding = of(standing, number)
            row = {
                **G4,
                "授权人编号": binding["from"],
                "被授权人编号": binding["to"],
                "关系": binding["relation"],
                "操作": "解绑",
                "时间": self.text(self.now),
                "被授权人统筹区": "",
                "被授权人险种": "",
            }
            self.twin.take("G4", [row])
            self.waiting["G4"].append(row)

    def move(self, who, city):
        """From the month on; the account's money goes after."""
        who = self.alive(who)
        city = of(self.world.cities, city)
        before = self.twin.people[who].in_month(self.text(self.now)[:7])[0]
        if city == before or not self.first_in_month(who):
            return
        self.cut()
        status = self.twin.people[who].in_month(self.text(self.now)[:7])[1]
        self.insure(who, city, status)
        amount = str(self.twin.balances[who, before])
        if amount != "0.00":
            for kind, region in (("转出", before), ("转入", city)):
                row = {
                    **G6,
                    "流水号": self.next("B"),
                    "日期": self.text(self.now)[:10],
                    "个人编号": who,
                    "变动类型": kind,
                    "金额": amount,
                    "统筹区代码": region,
                    "对方": "经办机构",
                    "死亡日期": "",
                }
                self.both("G6", [row])

    def retire(self, who):
        who = self.alive(who)
        month = self.text(self.now)[:7]
        city, status = self.twin.people[who].in_month(month)
        if status == "在职" and self.first_in_month(who):
            self.cut()
            self.insure(who, city, "退休")

    def insure(self, who, city, status):
        month = self.text(self.now)[:7]
        row = {**G1, "所属期": month, "统筹区代码": city, "个人编号": who}
        row |= {"人员类别": status, "到账日期": ""}
        self.both("G1", [{**row, **RETIRED} if status == "退休" else row])

    def first_in_month(self, who):
        key = who, self.text(self.now)[:7]
        fresh = key not in self.told_in
        self.told_in.add(key)
        return fresh

    def die(self, number):
        if number >= 20:  # few
            return
        who = self.alive(number)
        self.cut()
        day = self.text(self.now)[:10]
        row = {**G6, "流水号": self.next("B"), "日期": day, "死亡日期": day}
        row |= {"个人编号": who, "变动类型": "死亡", "金额": "0.00"}
        self.both("G6", [{**row, "统筹区代码": ""}])

    def alive(self, number):
        workers = self.world.people[: len(self.world.workers)]
        living = [who for who in workers if self.twin.people[who].died == "9"]
        return of(living, number)

    def premium(self, who, kind, amount):
        who = of(self.world.people, who)
        if who not in self.twin.people or self.twin.people[who].died < "9":
            return
        self.cut()
        kinds = ["城乡居民医保", "长期护理保险", "惠民保", "职工大额医疗费用补助"]
        row = {
            **G5,
            "缴费流水号": self.next("J"),
            "缴费时间": self.text(self.now),
            "参保人编号": who,
            "险种": of(kinds, kind),
            "年度": self.text(self.now)[:4],
            "金额": yuan(amount % 12_000 + 1),
            "参保地代码": self.twin.people[who].in_month(self.text(self.now)[:7])[0],
        }
        self.both("G5", [row])

    # --- both say the same ----------------------------------------------------------

    def compare(self):
        assert lines(self.home) == {
            serial: (
                *(int(getattr(line, part) * 100) for part in PARTS),
                [(w, r, n, int(a * 100)) for w, r, n, a in line.shares],
            )
            for serial, line in self.twin.lines.items()
        }
        held = stored(self.home, "SELECT person_id, region, balance FROM account")
        assert {(who, region): amount for who, region, amount in held} == {
            account: int(amount * 100) for account, amount in self.twin.balances.items()
        }
        years = stored(
            self.home, "SELECT person_id, year, deducted, paid FROM outpatient_year"
        )
        assert {(w, str(y)): [d, p] for w, y, d, p in years if d or p} == {
            key: [int(amount * 100) for amount in used]
            for key, used in self.twin.years.items()
            if any(used)
        }

    def end(self):
        self.cut()
        paid = defaultdict(list)
        for serial, *share in stored(
            self.home,
            "SELECT serial, payer_id, payer_region, relation, amount"
            " FROM premium_share ORDER BY serial, position",
        ):
            paid[serial].append(tuple(share))
        assert paid == {
            serial: [(w, r, n, int(a * 100)) for w, r, n, a in shares]
            for serial, shares in self.twin.premiums.items()
        }
        owed = stored(
            self.home,
            "SELECT month, part, place, payer, CAST(sum(amount) AS bigint)"
            " FROM settlement_sum WHERE channel = '联网'"
            " GROUP BY month, part, place, payer",
        )
        assert {tuple(key): amount for *key, amount in owed if amount} == {
            key: int(amount * 100) for key, amount in self.twin.sums().items()
        }
        with self.home.reading() as connection:
            found = [f for f in check(connection, ON, self.home) if f.severity == ERROR]
        moved = {f.book[:6] for f in found if f.identity == "家庭共济"}
        assert moved == self.twin.broken("2029-01")
        found = [f for f in found if f.identity != "家庭共济"]
        assert found == [], found

    def next(self, letter):
        self.serial += 1
        return f"{letter}{self.serial:05}"

    @staticmethod
    def text(at):
        return at.isoformat(" ")


def lines(home):
    """{流水号: (each of PARTS, shares)}, whole fen."""
    shares = defaultdict(list)
    for serial, *share in stored(
        home,
        "SELECT serial, payer_id, payer_region, relation, amount"
        " FROM settlement_share WHERE freed = 0 ORDER BY serial, position",
    ):
        shares[serial].append(tuple(share))
    rows = stored(
        home, f"SELECT serial, {', '.join(PARTS)} FROM settlement WHERE freed = 0"
    )
    return {serial: (*parts, shares[serial]) for serial, *parts in rows}


def of(choices, number):
    return choices[number % len(choices)]


def yuan(fen):
    return f"{fen // 100}.{fen % 100:02}"


def play(home, world, seed, events):
    played = Play(home, world, seed)
    played.begin()
    for minutes, event in events:
        played.act(minutes, event)
    played.end()


@pytest.mark.parametrize("world", [ANHUI, SICHUAN], ids=["安徽", "四川"])
@settings(
    max_examples=1000 if FUZZ else 20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
)
@given(seed=st.integers(0, 9), events=EVENTS)
def test_every_bill_is_split_as_the_plain_twin_splits_it(
    sqlite_anhui_template,
    sqlite_sichuan_template,
    tmp_path_factory,
    world,
    seed,
    events,
):
    template = {"34": sqlite_anhui_template, "51": sqlite_sichuan_template}
    path = tmp_path_factory.mktemp("property") / "home"
    shutil.copytree(template[world.province], path)
    home = Home(path)
    try:
        play(home, world, seed, events)
    finally:
        home.close()
        shutil.rmtree(path.parent)


@pytest.mark.parametrize("seed", range(20 if FUZZ else 3))
@pytest.mark.parametrize("world", [ANHUI, SICHUAN], ids=["安徽", "四川"])
def test_every_bill_is_split_as_the_plain_twin_splits_it_on_a_server(
    world, seed, request
):
    name = "anhui" if world is ANHUI else "sichuan"
    home = request.getfixturevalue(f"postgresql_{name}_home")

    play(home, world, seed, drawn(random.Random(seed)))


def drawn(rng):
    """Events as hypothesis would draw them, by a seed."""

    def number():
        return rng.randrange(60)

    def bill():
        return {
            "who": number(),
            "where": number(),
            "cost": rng.choice(COSTS),
            "total": rng.randint(1, 90_000),
            "in_policy": rng.choice([100, 100, 80, 33]),
            "pooled": rng.choice([None, None, 0, 50]),
            "other": rng.choice([0, 0, 0, 5]),
            "split": rng.choice(["", "", "", "same", "cash", "fund", "wrong"]),
            "channel": rng.choice(["", "", "", "手工"]),
        }

    def percent():
        return rng.choice([100, 80, 50, 33])

    values = {
        "bill": lambda: (bill(),),
        "twin_bill": lambda: (number(),),
        "stale": lambda: (bill(), rng.random() < 0.5),
        "refund": lambda: (number(), percent(), percent(), rng.random() < 0.7),
        "reverse": lambda: (number(),),
        "bind": lambda: (number(), number(), number()),
        "unbind": lambda: (number(),),
        "move": lambda: (number(), number()),
        "retire": lambda: (number(),),
        "die": lambda: (number(),),
        "premium": lambda: (number(), number(), rng.randint(1, 20_000)),
        "cut": tuple,
        "draft": tuple,
    }
    names = [rng.choice(NAMES) for _ in range(40)]
    minutes = [rng.choice([0, 1, 30, 600, 3000]) for _ in names]
    return [(delta, (name, *values[name]())) for delta, name in zip(minutes, names)]


def test_what_was_settled_by_hand_is_not_settled_again_whoever_paid(anhui_home):
    """Also where all of it was cash, and whether in the same list or in another."""
    played = Play(anhui_home, ANHUI, 0)
    played.begin()
    bill = dict(who=2, where=0, cost="两病", total=5000, in_policy=100, pooled=0)
    bill |= {"other": 0, "split": ""}

    played.act(1, ("bill", {**bill, "channel": "手工"}))  # nobody has money for P2
    played.act(1, ("cut",))
    played.act(1, ("bill", {**bill, "channel": "联网"}))
    played.act(1, ("cut",))

    assert list(played.twin.lines) == ["S00001"]
