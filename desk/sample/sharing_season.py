"""The season of premiums: who pays for whom, as the accounts can bear it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from desk.sample.people_rows import yuan
from desk.sample.sharing_people import SIZE, Province
from posting_rules.families import drawn
from posting_rules.uses import premium_ruling

PREMIUMS = (("城乡居民医保", 400_00), ("惠民保", 99_00), ("长期护理保险", 30_00))


class Season:
    """Premiums of the last month's last days, each paid whole from the accounts."""

    def __init__(self, province: Province):
        self.province = province

    def rows(self) -> Iterator[tuple]:
        """Rows of G5, in the order of time; what no family can pay is left out."""
        province, last = self.province, self.province.months[-1]
        number = 0
        for person in range(province.people):
            kind, amount = PREMIUMS[person // SIZE % len(PREMIUMS)]
            if province.has_account(person) and kind == PREMIUMS[0][0]:
                continue  # residents' insurance is the children's
            second = number % 80_000
            time = f"{last.last_day} {second // 3600:02d}:{second // 60 % 60:02d}"
            time += f":{second % 60:02d}"
            if self._pay(person, kind, amount, time, last.last_day):
                number += 1
                serial = f"J{last}-{number:08d}"
                year = str(last.year + 1)
                who, city = province.id(person), province.city(person)
                yield serial, time, who, kind, year, yuan(amount), city

    def _pay(self, person: int, kind: str, amount: int, time: str, on: date) -> bool:
        """Whether the family's accounts pay all of it; then they have."""
        province = self.province
        payers = [
            payer
            for payer, relation in province.payers(person, time)
            if premium_ruling(province.city(payer), relation, kind, True, on).may
        ]
        held = [province.balances[payer] for payer in payers]
        if sum(held) < amount:
            return False
        for payer, part in zip(payers, drawn(amount, held)):
            province.balances[payer] -= part
        return True
