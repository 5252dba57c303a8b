"""Recording: split lines go into tables, batches and vouchers; a posting a month."""

from __future__ import annotations

from datetime import date
from typing import Iterable

from sqlalchemy import Connection

from desk.people.batch_posting import claim_vouchers
from desk.people.list_posting import voucher_day
from desk.settlements.standing import accounts_fund
from desk.settlements.sum_vouchers import vouchers_of
from desk.settlements.sums import Sums
from desk.taking import Desk
from ledger import postings, regions
from ledger.database import next_id
from ledger.people import batches, claims
from ledger.people.batches import BATCH, NewBatch
from ledger.periods import period
from ledger.settlements import storing, summing
from ledger.settlements.results import Result
from ledger.settlements.storing import New
from ledger.vouchers import Posting
from posting_rules.settlement_vouchers import Told

KIND, EVENT = "settlement", "settlement"
KINDS = ("医药费支出", "异地医药费支出", "家庭共济支出")


class Recorder:
    """Takes results one by one; `finish` records them and gives the posting ids."""

    def __init__(
        self,
        connection: Connection,
        desk: Desk,
        document_id: int,
        sha256: str,
        name: str,
        freed: dict[str, int] = {},
    ):
        self.connection, self.desk = connection, desk
        self.document_id, self.sha256, self.name = document_id, sha256, name
        self.freed = freed  # how often a serial's line was taken back before
        self.cities = frozenset(regions.cities(desk.province))
        self.next_batch = next_id(connection, BATCH)
        self.batches: dict[tuple[str, str], int] = {}  # by month and region
        self.lines: dict[str, list[Result]] = {}  # by month
        self.latest: dict[str, str] = {}  # by month: its last day that has a line
        self.shares: list[tuple] = []
        self.sums = Sums(accounts_fund)

    def add(self, result: Result) -> None:
        month, on = result.at[:7], result.at[:10]
        if on > self.latest.get(month, ""):
            self.latest[month] = on
            self.lines.setdefault(month, [])
        self.lines[month].append(result)
        for share in result.shares:
            batch_id = self._batch(month, share.payer_region)
            self.shares.append(
                (month, result.person_id, result.serial, share.position)
                + (share.payer_id, share.payer_region, share.relation)
                + (result.place, share.amount, batch_id, 0)
            )
        self.sums.add(result, month)

    def _batch(self, month: str, region: str) -> int:
        batch_id = self.batches.get((month, region))
        if batch_id is None:
            batch_id = self.next_batch + len(self.batches)
            self.batches[month, region] = batch_id
        return batch_id

    def finish(self) -> list[int]:
        """Record what was added: a posting of each month, its batches, its sums."""
        connection = self.connection
        for month, lines in sorted(self.lines.items()):
            ends = {(line.region, line.place) for line in lines}
            ids = {
                (region, place): self._batch(
                    month, region if region in self.cities else place
                )
                for region, place in sorted(ends)
            }
            storing.insert_lines(connection, lines, ids, self.document_id)
        storing.insert_shares(connection, self.shares)
        dated = self.desk.post_on and self.desk.post_on.isoformat()
        for month in sorted(self.lines):
            new = New(month, self.next_batch, dated)
            storing.insert_following(connection, new, self.freed, KINDS)
        for (month, region), batch_id in self.batches.items():
            self._start(month, region, batch_id)
        made = [self._post(month) for month in sorted(self.lines)]
        return [posting_id for posting_id in made if posting_id is not None]

    def _start(self, month: str, region: str, batch_id: int) -> None:
        on = voucher_day(self.desk, date.fromisoformat(self.latest[month]))
        documents = (self.document_id,) if self.document_id else ()
        new = NewBatch(KIND, region, month, on, document_ids=documents)
        actor = self.desk.actor
        made = batches.start(self.connection, new, actor.by, actor.at)
        assert made == batch_id, "batches are numbered in order under the lock"

    def _post(self, month: str) -> int | None:
        """The month's vouchers as one posting, which carries its regions' batches."""
        connection, on = self.connection, date.fromisoformat(self.latest[month])
        mine = {r: id for (m, r), id in self.batches.items() if m == month}
        dated = voucher_day(self.desk, on)
        source = f"{self.name}（{month}，{len(self.lines[month])}行）"
        told = Told(dated, on, period(month), source, evidence=self.name)
        rows = self.sums.of_month(month)
        made = vouchers_of(rows, self.cities, told)
        how = {"dated": dated, "occurred_on": on, "source": source}
        for region, batch_id in mine.items():
            claims.recover(connection, batch_id, region, dated)
            made += claim_vouchers(connection, batch_id, region, **how)
        first = min(mine.values())
        unit = f"G3|{self.sha256[:16]}|{month}|{first}"
        posting_id = None
        if made:
            posting = Posting(unit, "stl", "", EVENT, tuple(made))
            [posting_id] = postings.record(
                connection,
                [posting],
                self.desk.actor,
                document_id=self.document_id,
                sha256=self.sha256,
            )
            owed = self.sums.owed_of_month(month)
            summing.insert(connection, posting_id, rows, owed)
        for batch_id in mine.values():
            kinds = batches.totals(connection, batch_id)
            people = batches.people_of(connection, batch_id)
            batches.finish(connection, batch_id, kinds, people, posting_id)
        return posting_id


def record(
    connection: Connection,
    desk: Desk,
    document_id: int,
    sha256: str,
    name: str,
    made: Iterable[Result],
) -> list[int]:
    """Record results that were made elsewhere than from a list, such as 冲正 of what
    the other side does not have; the ids of the postings, drafts."""
    recorder = Recorder(connection, desk, document_id, sha256, name)
    for result in made:
        recorder.add(result)
    return recorder.finish()
