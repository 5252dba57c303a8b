"""The slow, obvious twin of bills and families: one row at a time, plain dictionaries.

Reads the rows of the forms by their printed titles, knows nothing of the project's
code, and keeps in yuan what each account must hold, how every bill is split, what is
used of each year, and what regions owe each other:

    oracle.take("G3", rows)  # the 流水号 of the rows that cannot be taken
    oracle.lines["S0001"].own, oracle.balances["P1", "340100"]

依据：南府办发〔2022〕33号 第六条至第二十六条；皖医保中心〔2024〕39号 二；劳社厅发〔2002〕6号 三；
RULES.md section 2, readings 6, 10, 11, 14, 15, 17, 18.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

from settlement_oracle_rules import (
    NOTHING,
    PAID_IN_MONEY,
    SELF,
    SHOP,
    benefit,
    family_rule,
    holds,
    may_insure,
    may_pay,
    pooling,
    reimburse,
)


class Aside(Exception):
    """A row that cannot be taken."""


class Person:
    def __init__(self, fund=""):
        self.states = []  # (month, region, status)
        self.fund, self.died = fund, "9"

    def in_month(self, month):
        holding = [state for state in self.states if state[0] <= month]
        if not holding:
            raise Aside("nobody knows where the person was insured")
        return max(holding)[1:]


class Line:
    """A bill as it was split; `rest` is what refunds have left of each part."""

    def __init__(self, row, region, status, level, place):
        self.row, self.region, self.status = row, region, status
        self.serial, self.person = row["结算流水号"], row["个人编号"]
        self.time, self.act = row["结算时间"], row["业务类型"]
        self.channel = row.get("结算方式") or "联网"
        self.level, self.place, self.category = level, place, row["费用类别"]
        self.total, self.in_policy = yuan(row["医疗总费用"]), yuan(
            row["政策范围内费用"]
        )
        self.pooled = self.other = self.own = self.cash = self.deductible = NOTHING
        self.shares = []  # [person, region, relation, amount], in order
        self.before = NOTHING, NOTHING  # of the year, as the bill found it
        self.counts = False  # for the year
        self.qualified = True
        self.undone = self.refunded = False

    @property
    def shared(self):
        return sum((share[3] for share in self.shares), NOTHING)

    def parts(self):
        names = "total in_policy deductible pooled other own cash"
        told = {name: getattr(self, name) for name in names.split()}
        return told | {"shares": [share[3] for share in self.shares]}

    def start_rest(self):
        self.rest = self.parts()
        return self


class Oracle:
    def __init__(self, province):
        self.province = province  # two digits
        self.people, self.balances, self.left = {}, {}, set()
        self.institutions = defaultdict(list)
        self.bindings = []  # in the order of registration
        self.lines, self.premiums = {}, {}
        self.years = defaultdict(lambda: [NOTHING, NOTHING])  # used, paid
        self.latest = {}  # of whose account a bill may have touched: (time, 流水号)

    # --- forms ---------------------------------------------------------------------

    def take(self, form, rows, late=False):
        """Take a list's rows; the keys of those set aside, in the order of acting."""
        act = {"G1": self.g1, "G2": self.g2, "G4": self.g4, "G5": self.g5}
        act |= {"G6": self.g6, "G10": self.g10, "G3": lambda row: self.g3(row, late)}
        refused = []
        for row in sorted(rows, key=lambda row: order(form, row)):
            try:
                act[form](row)
            except Aside:
                refused.append(row.get("结算流水号") or row.get("缴费流水号") or row)
        return refused

    def g2(self, row):
        cutoff = date.fromisoformat(row["截止日期"]) + timedelta(days=1)
        self.insure(
            row["个人编号"], str(cutoff)[:7], row["统筹区代码"], row["人员类别"]
        )
        self.balances[row["个人编号"], row["统筹区代码"]] = yuan(row["期初余额"])

    def g1(self, row):
        who, region = row["个人编号"], row["统筹区代码"]
        self.insure(who, row["所属期"], region, row["人员类别"])
        if row.get("参保身份") != "单建统筹":
            self.balances.setdefault((who, region), NOTHING)

    def insure(self, who, month, region, status):
        person = self.people.setdefault(who, Person())
        person.fund = ""
        person.states = [s for s in person.states if s[0] and s[0] != month]
        person.states.append((month, region, status))

    def g6(self, row):
        who, amount = row["个人编号"], yuan(row["金额"])
        if row["变动类型"] == "死亡":
            self.people[who].died = row["日期"]
            return
        account = who, row["统筹区代码"]
        if row["变动类型"] == "转入":
            self.balances[account] = self.balances.get(account, NOTHING) + amount
            self.left.discard(account)
            return
        assert self.balances[account] == amount, f"{row['变动类型']} {account}"
        self.balances[account] = NOTHING
        self.left.add(account)

    def g10(self, row):
        self.institutions[row["机构代码"]].append(row)

    # --- 二（二）: families -----------------------------------------------------------

    def g4(self, row):
        grantor, grantee = row["授权人编号"], row["被授权人编号"]
        time, day, relation = row["时间"], row["时间"][:10], row["关系"]
        if row["操作"] == "解绑":
            for binding in self.bindings:
                same = (binding["from"], binding["to"]) == (grantor, grantee)
                if same and binding["since"] <= time and not binding["until"]:
                    binding["until"] = time
                    return
            raise Aside("no such binding")
        if grantor == grantee:
            raise Aside("to oneself")
        giver = self.known(grantor)
        home, status = giver.in_month(day[:7])
        if not status or giver.died <= day:
            raise Aside("no account")
        there, fund = row.get("被授权人统筹区", ""), row.get("被授权人险种", "")
        if grantee in self.people:
            if self.people[grantee].died <= day:
                raise Aside("has died")
            there = self.people[grantee].in_month(day[:7])[0]
        elif not (there and fund):
            raise Aside("unknown")
        if home in PAID_IN_MONEY or there in PAID_IN_MONEY:
            raise Aside("paid out in money")
        rule = family_rule(home, day)
        if rule is None or relation not in rule["relations"]:
            raise Aside("nobody of the family")
        if home != there and not rule["cross"]:
            raise Aside("another city")
        standing = [b for b in self.bindings if holds(b, time)]
        if any((b["from"], b["to"]) == (grantor, grantee) for b in standing):
            raise Aside("stands already")
        if sum(b["from"] == grantor for b in standing) >= rule["most"]:
            raise Aside("a seventh")
        others = [b for b in standing if b["to"] == grantee]
        for binding in others if home != there else ():
            if self.people[binding["from"]].in_month(day[:7])[0] != there:
                raise Aside("a second one of another city")
        if grantee not in self.people:
            self.people[grantee] = Person(fund)
            self.people[grantee].states.append(("", there, ""))
        told = {"from": grantor, "to": grantee, "relation": relation}
        told |= {"since": time, "until": "", "local": home == there}
        self.bindings.append(told)

    def grantors(self, who, time):
        """Whose accounts may pay, in order: [(person, region, relation)]."""
        month, day = time[:7], time[:10]
        region = self.people[who].in_month(month)[0]
        local, cross = [], []
        held = [b for b in self.bindings if b["to"] == who and holds(b, time)]
        for binding in sorted(held, key=lambda binding: binding["since"]):
            giver = self.people[binding["from"]]
            home = giver.in_month(month)[0]
            rule = family_rule(home, day)
            if giver.died < day or home in PAID_IN_MONEY:
                continue  # an heir's money, or none
            if rule and home == region:
                local.append((binding["from"], home, binding["relation"]))
            elif rule and rule["cross"] and not cross:
                cross.append((binding["from"], home, binding["relation"]))
        return local + cross

    def broken(self, month):
        """Where standing bindings are against the rules by now, since people moved."""
        found, cross = set(), defaultdict(int)
        for binding in self.bindings:
            home = self.people[binding["from"]].in_month(month)[0]
            there = self.people[binding["to"]].in_month(month)[0]
            if binding["until"] or home == there:
                continue
            cross[binding["to"]] += 1
            if binding["local"] and self.province == "51":  # no other city may pay
                found.add(home)
            if cross[binding["to"]] > 1 and self.province == "34":
                found.add(there)
        return found

    def usable(self, who, region):
        """What the account holds that may pay; nothing of one that was left."""
        if (who, region) in self.left:
            return NOTHING
        return self.balances.get((who, region), NOTHING)

    def known(self, who):
        if who not in self.people:
            raise Aside("a stranger")
        return self.people[who]

    # --- bills ------------------------------------------------------------------------

    def g3(self, row, late):
        if row["结算流水号"] in self.lines:
            if self.lines[row["结算流水号"]].row == row:
                return
            raise Aside("another line of that number")
        who, time = row["个人编号"], row["结算时间"]
        self.known(who)
        family = {b["from"] for b in self.bindings if b["to"] == who and holds(b, time)}
        family.add(who)
        place = time, row["结算流水号"]
        # What gives back follows what was charged in the same second.
        last = place if row["业务类型"] == "收费" else (time, "\uffff")
        if not late and last < max(self.latest.get(p, ("", "")) for p in family):
            raise Aside("older than what the family settled")
        line = self.charge(row) if row["业务类型"] == "收费" else self.give_back(row)
        self.lines[line.serial] = line
        for person in family:
            self.latest[person] = max(place, self.latest.get(person, ("", "")))

    def charge(self, row):
        who, day = self.people[row["个人编号"]], row["结算时间"][:10]
        if who.died < day:
            raise Aside("died before")
        institution = self.designated(row, day)
        region, status = who.in_month(day[:7])
        place = pooling(institution["统筹区代码"], self.province)
        line = Line(row, region, status, institution["机构级别"], place)
        line.qualified = (
            line.level != SHOP or institution.get("药店符合条件", "") == "是"
        )
        if line.total <= 0 or not 0 <= line.in_policy <= line.total:
            raise Aside("more in the policy than there is")
        self.check_channels(line)
        line.other = yuan(row.get("其他基金"))
        self.pooled_part(line, who)
        if line.pooled > line.in_policy or row.get("原结算流水号"):
            raise Aside("more than the policy covers, or a charge of another line")
        if line.pooled + line.other > line.total:
            raise Aside("more than the bill")
        if all(row.get(title) for title in ("个账支付", "共济支付", "现金支付")):
            self.as_the_list_says(line)
        else:
            self.from_accounts(line)
        self.move(line, 1)
        self.count(line, line.deductible, line.pooled)
        return line.start_rest()

    def designated(self, row, day):
        for told in self.institutions[row["机构代码"]]:
            if told["定点起"] <= day <= (told.get("定点止") or "9"):
                if told["机构级别"] != row["机构级别"]:
                    raise Aside("another level")
                there = pooling(told["统筹区代码"], self.province)
                if there != pooling(row["就医地代码"], self.province):
                    raise Aside("another place")
                return told
        raise Aside("not designated on that day")

    def check_channels(self, line):
        """第二十六条: what was settled over the network is not settled by hand too."""
        for other in self.lines.values():
            standing = other.act == "收费" and not other.undone and other.rest["total"]
            same = other.person == line.person and other.total == line.total
            same = same and other.row["机构代码"] == line.row["机构代码"]
            same = same and other.time[:10] == line.time[:10]
            if standing and same and other.channel != line.channel:
                raise Aside("settled in both ways")

    def pooled_part(self, line, who):
        """第六条、第七条: the part of the pooled fund, by us or by the list."""
        said = line.row.get("统筹支付")
        rule = benefit(line.region, line.status, line.category, line.time[:10])
        if who.fund:
            rule = None
        if rule is None and not said:
            raise Aside("the list must say what the fund pays")
        if rule is not None:
            used, paid = self.years[line.person, line.time[:4]]
            line.before, line.counts = (used, paid), True
            line.deductible, line.pooled = reimburse(line, line.in_policy, used, paid)
        if said:
            line.pooled = yuan(said)

    def from_accounts(self, line):
        """Own account, then the family's, each drained before the next; then cash."""
        due = line.total - line.pooled - line.other
        in_policy = max(NOTHING, line.in_policy - line.pooled - line.other)
        inside = line.place[:2] == self.province
        day = line.time[:10]

        def most(region, who):
            part = may_pay(region, who, line.level, line.category, inside, day)
            return {"all": due, "in-policy": min(due, in_policy), "": NOTHING}[part]

        if line.region not in PAID_IN_MONEY:
            held = self.usable(line.person, line.region)
            line.own = min(held, most(line.region, SELF))
            due, in_policy = due - line.own, max(NOTHING, in_policy - line.own)
            members = self.grantors(line.person, line.time)
            for who, region, relation in members if line.channel == "联网" else ():
                paid = min(self.usable(who, region), most(region, relation))
                due, in_policy = due - paid, max(NOTHING, in_policy - paid)
                if paid:
                    line.shares.append([who, region, relation, paid])
        line.cash = due

    def as_the_list_says(self, line):
        line.own, line.cash = yuan(line.row["个账支付"]), yuan(line.row["现金支付"])
        due = shared = yuan(line.row["共济支付"])
        if line.pooled + line.other + line.own + shared + line.cash != line.total:
            raise Aside("does not add up")
        real = line.region in PAID_IN_MONEY
        if line.own > (NOTHING if real else self.usable(line.person, line.region)):
            raise Aside("more than the account holds")
        alone = real or line.channel != "联网"
        for who, region, relation in (
            () if alone else self.grantors(line.person, line.time)
        ):
            paid = min(self.usable(who, region), due)
            due -= paid
            if paid:
                line.shares.append([who, region, relation, paid])
        if due:
            raise Aside("more than the family holds")

    def move(self, line, sign):
        """Take a line's parts from the accounts, or give them back."""
        moved = [(line.person, line.region, line.own)]
        moved += [(who, region, paid) for who, region, _, paid in line.shares]
        for who, region, amount in moved:
            if amount:
                self.balances[who, region] -= sign * amount
                assert self.balances[who, region] >= 0

    def count(self, line, deducted, paid):
        if line.counts:
            year = self.years[line.person, line.time[:4]]
            year[0], year[1] = year[0] + deducted, year[1] + paid

    # --- 退费, 冲正: reading 10 -----------------------------------------------------------

    def give_back(self, row):
        bill = self.lines.get(row.get("原结算流水号"))
        if bill is None or bill.act != "收费" or bill.undone:
            raise Aside("no bill that stands")
        same = (
            bill.person == row["个人编号"] and bill.row["机构代码"] == row["机构代码"]
        )
        channel = row.get("结算方式") or "联网"
        if not same or channel != bill.channel or row["结算时间"] < bill.time:
            raise Aside("not of this bill")
        line = Line(row, bill.region, bill.status, bill.level, bill.place)
        rest = bill.rest
        if line.total <= 0 or line.total > rest["total"]:
            raise Aside("more than is left")
        if not 0 <= line.in_policy <= min(line.total, rest["in_policy"]):
            raise Aside("more than is left")
        whole = (line.total, line.in_policy) == (rest["total"], rest["in_policy"])
        if line.act == "冲正":
            if bill.refunded or not whole:
                raise Aside("only what is left can be refunded")
            bill.undone = True
        back = dict(rest) if whole else self.part_of(bill, line)
        bill.refunded = True
        self.restore(bill, line, back)
        return line

    def part_of(self, bill, line):
        """A partial refund: pooled fund first, accounts the last first, then cash."""
        rest, said = bill.rest, line.row.get("统筹支付")
        back = {"total": line.total, "in_policy": line.in_policy}
        left = rest["in_policy"] - line.in_policy
        if left > rest["total"] - line.total:
            raise Aside("more in the policy than is left of the bill")
        back["deductible"] = back["pooled"] = NOTHING
        if bill.counts:
            deductible, pooled = reimburse(bill, left, *bill.before)
            back["deductible"] = rest["deductible"] - deductible
            # Of a list's own figure: not more than it was, nor than is given back.
            back["pooled"] = max(NOTHING, rest["pooled"] - pooled)
            back["pooled"] = min(back["pooled"], line.total)
        elif rest["pooled"] and not said:
            raise Aside("the list must say what the fund gets back")
        if said:
            back["pooled"] = yuan(said)
        back["other"] = yuan(line.row.get("其他基金"))
        due = line.total - back["pooled"] - back["other"]
        if back["pooled"] > rest["pooled"] or back["other"] > rest["other"] or due < 0:
            raise Aside("more than is left of a part")
        back["shares"] = [NOTHING] * len(bill.shares)
        for at in reversed(range(len(bill.shares))):
            back["shares"][at] = min(due, rest["shares"][at])
            due -= back["shares"][at]
        back["own"] = min(due, rest["own"])
        back["cash"] = due - back["own"]
        if back["cash"] > rest["cash"]:
            raise Aside("more than is left of a part")
        return back

    def restore(self, bill, line, back):
        for name, amount in back.items():
            if name == "shares":
                bill.rest[name] = [a - b for a, b in zip(bill.rest[name], amount)]
                whose = zip(bill.shares, amount)
                line.shares = [[*share[:3], -part] for share, part in whose if part]
            else:
                bill.rest[name] -= amount
                setattr(line, name, -amount)
        self.move(line, 1)
        self.count(bill, -back["deductible"], -back["pooled"])

    # --- premiums: 二（三）2 ------------------------------------------------------------

    def g5(self, row):
        who, time, due = row["参保人编号"], row["缴费时间"], yuan(row["金额"])
        if row["缴费流水号"] in self.premiums:
            return
        region = self.known(who).in_month(time[:7])[0]
        paying = [(who, region, SELF), *self.grantors(who, time)]
        inside = row["参保地代码"][:2] == self.province
        shares = []
        if region in PAID_IN_MONEY:
            raise Aside("paid out in money")
        for payer, home, relation in paying:
            if may_insure(home, relation, row["险种"], inside, time[:10]):
                paid = min(self.usable(payer, home), due)
                due -= paid
                if paid:
                    shares.append((payer, home, relation, paid))
        if due:
            raise Aside("not enough, so nothing")
        for payer, home, _, paid in shares:
            self.balances[payer, home] -= paid
        self.premiums[row["缴费流水号"]] = shares

    # --- what regions owe each other ----------------------------------------------

    def sums(self):
        """{(month, part, place, payer): amount} of the networked lines."""
        owed = defaultdict(lambda: NOTHING)
        for line in self.lines.values():
            if line.channel != "联网":
                continue
            month, home = line.time[:7], line.region
            owed[month, "统筹", line.place, home] += line.pooled
            owed[month, "其他基金", line.place, home] += line.other
            owed[month, "个账", line.place, home] += line.own
            for _, region, _, paid in line.shares:
                owed[month, "共济", line.place, region] += paid
        return {key: amount for key, amount in owed.items() if amount}


def order(form, row):
    if form == "G3":
        return row["结算时间"], row["业务类型"] != "收费", row["结算流水号"]
    if form == "G5":
        return row["缴费时间"], row["缴费流水号"]
    return (row.get("时间") or row.get("日期") or "", "")


def yuan(printed):
    return Decimal(printed or "0.00")
