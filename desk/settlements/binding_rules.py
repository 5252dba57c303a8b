"""Whether somebody may be bound to an account, or why not, with the clause.

Rows of G4 act one after the other, in the order of time, on what stands; limits hold
at every moment of a binding, also against bindings that begin later.
依据：皖医保中心〔2024〕39号 二（二）、（五）；南府办发〔2022〕33号 第十八条（二）
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date
from functools import cache
from typing import Callable, NamedTuple, Sequence

from desk.people.account_changes import REGISTER_FIRST, CannotTake
from ledger import regions
from ledger.people.masks import masked_id
from ledger.settlements.bindings import BindingRow, Ends, Standing, Who
from posting_rules.families import FamilyRule, family_rule
from posting_rules.personal import documents_of, fund_of_accounts

POOLED_ONLY = "单建统筹"
NEEDED = "登记过的人，或填写被授权人统筹区和被授权人险种"


class Found(NamedTuple):
    """What a binding's row was found to mean."""

    rule: FamilyRule
    grantor_region: str
    person_region: str


class Rules:
    """The clauses on what stands of a list's people."""

    def __init__(
        self,
        province: str,
        people: dict[str, Who],
        accounts: dict[str, list[str]],
        paid_out: Callable[[str, date], bool],
    ):
        self.province = province
        self.people = people
        self.accounts = accounts
        self.paid_out = paid_out
        self.fund_of_accounts = cache(fund_of_accounts)

    def check(
        self,
        row: BindingRow,
        until: str,
        by_grantor: Sequence[Standing],
        of_person: Sequence[Standing],
    ) -> Found:
        """What a row 绑定 means, which holds until a time; CannotTake names a clause."""
        on = date.fromisoformat(row.time[:10])
        rule, region = self._grantor(row, on)
        if row.grantor_id == row.person_id:
            why = f"就是授权人，本人不用绑定（{rule.basis('relations')}）"
            raise _not_id(row.person_id, "与授权人不同的人", why)
        if row.relation not in rule.relations:
            expected = "、".join(rule.relations)
            why = f"不在可以授权的亲属之内（{rule.basis('relations')}）"
            raise CannotTake("关系", row.relation, expected, why)
        of = self._person(row, rule, on)
        if of != region:
            _check_cross(rule, region, of, on)
        for other in by_grantor:
            if other.person_id == row.person_id and other.meets(row.time, until):
                expected = "没有绑定着的人；重新绑定之前先解绑"
                why = f"已由该授权人自{other.bound_at}起绑定（{rule.basis()}）"
                raise _not_id(row.person_id, expected, why)
        _check_most(rule, row, until, by_grantor)
        if of != region:
            self._check_authorisers(rule, row, until, of_person)
        return Found(rule, region, of)

    def _grantor(self, row: BindingRow, on: date) -> tuple[FamilyRule, str]:
        """The rule that a grantor is under, and the region of the account."""
        who = self.people.get(row.grantor_id)
        masked = masked_id(row.grantor_id)
        if who is None:
            raise CannotTake("授权人编号", masked, REGISTER_FIRST, "没有登记")
        region, insured_as = who.in_month(row.time[:7])
        rule = family_rule(region, on)
        if rule is None:
            raise _not_in_force(row, region, on)
        self._check_kept(rule, "授权人编号", row.grantor_id, region, on)
        why = ""
        if who.died_on and who.died_on <= row.time[:10]:
            why = f"已于{who.died_on}死亡，不能授权"
        elif insured_as == POOLED_ONLY:
            why = "是单建统筹，没有个人账户可以授权"
        elif region not in self.accounts.get(row.grantor_id, ()):
            why = f"在{_place(region)}没有个人账户可以授权"
        if why:
            expected = "有个人账户的职工参保人"
            raise CannotTake("授权人编号", masked, expected, f"{why}（{rule.basis()}）")
        return rule, region

    def _person(self, row: BindingRow, rule: FamilyRule, on: date) -> str:
        """The region of the grantee on the day, as registered or as the row says."""
        said = self._pooling(row, rule) if row.region else ""
        who = self.people.get(row.person_id)
        if who is None:
            if not said or not row.fund:
                raise _not_id(row.person_id, NEEDED, "没有登记")
            region, fund = said, row.fund
        else:
            region = who.in_month(row.time[:7])[0]
            fund = who.fund or self.fund_of_accounts(region)
            if said not in ("", region):
                why = f"与登记的统筹区{_place(region)}不同"
                raise CannotTake("被授权人统筹区", row.region, region, why)
            if row.fund not in ("", fund):
                why = f"与登记的险种{fund}不同"
                raise CannotTake("被授权人险种", row.fund, fund, why)
            if who.died_on and who.died_on <= row.time[:10]:
                why = f"已于{who.died_on}死亡，不能绑定（{rule.basis()}）"
                raise _not_id(row.person_id, "在世的人", why)
        if fund == self.fund_of_accounts(region):
            self._check_kept(rule, "被授权人编号", row.person_id, region, on)
        return region

    def _pooling(self, row: BindingRow, rule: FamilyRule) -> str:
        """被授权人统筹区 as a pooling region of the province; 省直 stays."""
        if regions.province_of(row.region) != self.province:
            why = f"不在本省，被授权人要在省内参保（{rule.basis('most')}）"
            raise CannotTake("被授权人统筹区", row.region, "本省的统筹区", why)
        city = regions.city_of(row.region)
        if regions.level(city) not in ("city", "own"):
            raise CannotTake("被授权人统筹区", row.region, "市州的代码", "不是统筹区")
        return city

    def _check_kept(
        self, rule: FamilyRule, column: str, person_id: str, region: str, on: date
    ) -> None:
        if self.paid_out(region, on):
            why = (
                f"在{_place(region)}参保，个人账户为实账，"
                f"不参加家庭共济（{rule.basis('real')}）"
            )
            raise CannotTake(column, masked_id(person_id), "个人账户为虚账的人", why)

    def _check_authorisers(
        self, rule: FamilyRule, row: BindingRow, until: str, held: Sequence[Standing]
    ) -> None:
        """Never more grantors of another region than the rule allows."""
        if rule.cross_authorisers is None:
            return
        cross = [one for one in held if self._is_cross(one, row.time)]
        others = _most_at_once(cross, row.time, until)
        if others >= rule.cross_authorisers:
            expected = f"至多{rule.cross_authorisers}位外地授权人；先解绑再绑定"
            why = f"已有{others}位跨统筹区的授权人（{rule.basis('cross')}）"
            raise _not_id(row.person_id, expected, why)

    def _is_cross(self, binding: Standing, time: str) -> bool:
        """Whether grantor and grantee are of two regions, when a row meets them."""
        month = max(time, binding.bound_at)[:7]
        ours = self.people[binding.person_id].in_month(month)[0]
        return self.people[binding.grantor_id].in_month(month)[0] != ours


def end_of(one: BindingRow | Standing, since: str, ends: Ends) -> str:
    """When a list itself unbinds what a row binds, or what stands, since a time; ""
    where it does not.

    So that a late list does not break a limit by what it ends again.
    """
    of_pair = ends.get((one.grantor_id, one.person_id))
    if not of_pair:
        return ""
    later = bisect_right(of_pair, since, key=lambda end: end[0])
    for time, relation in of_pair[later : later + 1]:
        return time if relation == one.relation else ""
    return ""


def _check_cross(rule: FamilyRule, region: str, of: str, on: date) -> None:
    """Whether accounts of one region may pay for people of another."""
    if not rule.cross:
        why = (
            f"是{_place(of)}，与授权人的{_place(region)}不同，"
            f"不能跨统筹区绑定（{rule.basis('cross')}）"
        )
        raise CannotTake("被授权人统筹区", "", region, why)
    theirs = family_rule(of, on)
    if theirs is None or not theirs.cross:
        basis = theirs.basis("cross") if theirs else rule.basis("cross")
        why = f"是{_place(of)}，那里当日没有跨统筹区共济的规定（{basis}）"
        raise CannotTake("被授权人统筹区", "", region, why)


def _check_most(
    rule: FamilyRule, row: BindingRow, until: str, held: Sequence[Standing]
) -> None:
    """Never more people of one grantor than the rule allows; rebound counts once."""
    if rule.most is None:
        return
    others = _most_at_once(held, row.time, until)
    if others >= rule.most:
        expected = (
            f"至多{rule.most}位被授权人（连授权人{rule.most + 1}人）；先解绑再绑定"
        )
        why = f"的被授权人已有{others}位（{rule.basis('most')}）"
        raise CannotTake("授权人编号", masked_id(row.grantor_id), expected, why)


def _most_at_once(held: Sequence[Standing], since: str, until: str) -> int:
    """The most bindings that hold at one moment in [since, until)."""
    met = [binding for binding in held if binding.meets(since, until)]
    moments = {since, *(b.bound_at for b in met if b.bound_at > since)}
    return max(sum(b.holds(moment) for b in met) for moment in moments)


def _not_in_force(row: BindingRow, region: str, on: date) -> CannotTake:
    """No rule of family sharing on the day: from or until when there is one."""
    rules = [rule for d in documents_of(region) for rule in d.families]
    later = [rule for rule in rules if rule.from_day > on]
    if later:
        first = min(later, key=lambda rule: rule.from_day)
        why = f"早于家庭共济施行的{first.from_day}（{first.basis()}）"
        return CannotTake("时间", row.time, f"不早于{first.from_day}", why)
    if rules:
        last = max(rules, key=lambda rule: rule.until)
        why = f"时家庭共济的规定已于{last.until}期满（{last.basis()}）"
        return CannotTake("时间", row.time, f"早于{last.until}", why)
    general = documents_of(region)[-1]
    why = f"参保的{_place(region)}没有家庭共济的规定（{general.number} 三）"
    expected = "有家庭共济规定的统筹区"
    return CannotTake("授权人编号", masked_id(row.grantor_id), expected, why)


def _not_id(person_id: str, expected: str, why: str) -> CannotTake:
    return CannotTake("被授权人编号", masked_id(person_id), expected, why)


def _place(region: str) -> str:
    return f"{region}{regions.name(region)}"
