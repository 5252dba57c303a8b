"""G4: bindings of family sharing, a register without vouchers.

依据：皖医保中心〔2024〕39号 二（二）；南府办发〔2022〕33号 第十八条（二）
"""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import Connection

from desk.people.account_changes import CannotTake
from desk.set_aside import Aside
from desk.settlements.account_modes import paid_out
from desk.settlements.binding_rules import Found, Rules, end_of
from desk.taking import Desk, Taken
from importers.people import PeopleDocument
from ledger import regions
from ledger.people import staging
from ledger.people.masks import masked_id
from ledger.settlements import bindings
from ledger.settlements.bindings import BIND, BindingRow, Ends, Standing, Who
from posting_rules.personal import clause

SAME = "与登记的相同；要更正请先撤回原表（yibao document withdraw）"


class Work:
    """The rows of a list on what stands of their people."""

    def __init__(
        self,
        rules: Rules,
        held: list[Standing],
        ends: Ends,
        now: str,
        serial: int,
    ):
        self.rules = rules
        self.ends = ends  # of the list
        self.now = now
        self.serial = serial  # the next binding's
        self.by_grantor: dict[str, list[Standing]] = defaultdict(list)
        self.of_person: dict[str, list[Standing]] = defaultdict(list)
        for binding in held:
            if not binding.unbound_at:
                binding.planned = end_of(binding, binding.bound_at, ends)
            self._keep(binding)
        self.new: list[Standing] = []
        self.ended: list[tuple[Standing, int]] = []
        self.registered: dict[str, tuple[str, str, str, int]] = {}
        self.taken = self.known = 0

    def take(self, row: BindingRow) -> None:
        """Take a row or count it as known; CannotTake, and then nothing has changed."""
        if row.time > self.now:
            raise CannotTake("时间", row.time, f"不晚于{self.now}", "是将来的时间")
        if row.act == BIND:
            self._bind(row)
        else:
            self._unbind(row)

    def _bind(self, row: BindingRow) -> None:
        there = self._of_pair(row, lambda held: held.bound_at == row.time)
        if there:
            self._check_same(row, there)
            self.known += 1
            return
        until = end_of(row, row.time, self.ends)
        found = self.rules.check(
            row, until, self.by_grantor[row.grantor_id], self.of_person[row.person_id]
        )
        if row.person_id not in self.rules.people:
            self._register(row, found)
        binding = Standing(
            row.person_id,
            row.grantor_id,
            row.time,
            "",
            row.relation,
            found.person_region,
            found.grantor_region,
            row.notice,
            self.serial,
            row.sheet,
            row.row,
            until,
        )
        self.serial += 1
        self._keep(binding)
        self.new.append(binding)
        self.taken += 1

    def _unbind(self, row: BindingRow) -> None:
        there = self._of_pair(row, lambda held: held.unbound_at == row.time)
        binding = there or self._open(row)
        if binding is None:
            found, why = masked_id(row.person_id), "没有由该授权人绑定着"
            raise CannotTake("被授权人编号", found, "绑定着的人", why)
        if row.time <= binding.bound_at:
            expected = f"晚于{binding.bound_at}"
            raise CannotTake("时间", row.time, expected, "不晚于绑定的时间")
        if row.relation != binding.relation:
            why = f"与绑定时的关系“{binding.relation}”不同"
            raise CannotTake("关系", row.relation, binding.relation, why)
        if there:
            self.known += 1
            return
        binding.unbound_at = row.time
        self.ended.append((binding, row.row))
        self.taken += 1

    def _of_pair(self, row: BindingRow, fits) -> Standing | None:
        for held in self.of_person.get(row.person_id, ()):
            if held.grantor_id == row.grantor_id and fits(held):
                return held
        return None

    def _open(self, row: BindingRow) -> Standing | None:
        """The binding that a row ends: the one that is to end so, else one begun."""

        def first(fits) -> Standing | None:
            return self._of_pair(row, lambda held: not held.unbound_at and fits(held))

        return (
            first(lambda held: held.planned == row.time)
            or first(lambda held: held.bound_at < row.time)
            or first(lambda held: True)
        )

    def _check_same(self, row: BindingRow, there: Standing) -> None:
        """CannotTake where a row of a binding that stands says something else."""
        who = self.rules.people[row.person_id]
        if row.relation != there.relation:
            column, found = "关系", row.relation
        elif row.notice != there.notice:
            column, found = "告知书编号", ""
        elif row.region and regions.city_of(row.region) != there.person_region:
            column, found = "被授权人统筹区", row.region
        elif row.fund and who.fund and row.fund != who.fund:
            column, found = "被授权人险种", row.fund
        else:
            return
        raise CannotTake(column, found, SAME, "与已登记的这一绑定不同")

    def _register(self, row: BindingRow, found: Found) -> None:
        """A relative who is in no roster."""
        region = found.person_region
        self.rules.people[row.person_id] = Who(region, "", "", None, row.fund)
        told = (row.person_id, region, row.fund, row.row)
        self.registered[row.person_id] = told

    def _keep(self, binding: Standing) -> None:
        self.by_grantor[binding.grantor_id].append(binding)
        self.of_person[binding.person_id].append(binding)


def take(
    connection: Connection,
    desk: Desk,
    document: PeopleDocument,
    document_id: int,
    aside: Aside,
) -> Taken:
    name, fields = bindings.STAGED, document.fields
    staging.load(connection, name, fields, document.blocks())
    people, accounts = bindings.people(connection), bindings.accounts(connection)
    rules = Rules(desk.province, people, accounts, paid_out(connection))
    now = desk.actor.at[:19].replace("T", " ")
    serial = bindings.next_serial(connection)
    ends = bindings.ends(connection, now)
    work = Work(rules, bindings.standing(connection), ends, now, serial)
    for row in bindings.rows(connection):
        try:
            work.take(row)
        except CannotTake as cannot:
            article = clause(desk.province, "binding")
            aside.add(row.sheet, row.row, *cannot.by(article))
    bindings.register(connection, work.registered.values(), document_id)
    bindings.insert(connection, work.new, document_id)
    bindings.unbind(connection, work.ended, document_id)
    return Taken(new=work.taken, known=work.known)
