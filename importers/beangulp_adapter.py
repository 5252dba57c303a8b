"""BookImporter: a form of ours as a beangulp Importer, for stock beangulp and Fava.

One importer is one form for one book. Its entries are the vouchers that the form
makes in that book, as drafts without number: `yibao import` is what records them.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache, partial
from pathlib import Path
from typing import Iterator

from beancount.core import amount, data
from beangulp import Importer

from importers.forms import read
from ledger import regions
from ledger.documents import SourceDocument, source_text
from ledger.errors import SourceError
from ledger.subjects import account as account_of
from ledger.vouchers import Posting, Voucher, signed
from posting_rules import clearings, openings, transfers
from posting_rules.policies import Policy, policy_of

FORMS = ("F0", "F1", "F2", "F3")
NOT_YET = "!"  # the flag of what nobody has approved


class BookImporter(Importer):
    """A form's vouchers in one book; `reading` as the home's setting has it."""

    def __init__(self, form: str, book: str, reading: str = "printed"):
        assert form in FORMS, f"{form} is no form"
        self.form, self.book, self.reading = form, book, reading
        self.policy = policy_of(regions.province_of(book.partition("-")[0]))

    @property
    def name(self) -> str:
        return f"yibao.{self.form}.{self.book}"

    def identify(self, filepath: str) -> bool:
        try:
            return _document(filepath).form == self.form
        except SourceError:
            return False

    def account(self, filepath: str) -> data.Account:
        """The account that the book's vouchers move first, for archiving."""
        for entry in self.extract(filepath, []):
            return entry.postings[0].account
        return "Assets:Unknown"

    def date(self, filepath: str):
        return max((e.date for e in self.extract(filepath, [])), default=None)

    def filename(self, filepath: str) -> str:
        return Path(filepath).name

    def extract(self, filepath: str, existing: data.Entries) -> data.Entries:
        """The book's transactions; raises SourceError when the file is wrong."""
        document = _document(filepath)
        made = list(_postings(self.policy, document, lambda on: self.reading))
        self._refuse_shared(document, made)
        return [
            _transaction(filepath, number, posting, voucher)
            for number, (posting, voucher) in enumerate(
                (posting, voucher)
                for posting in made
                for voucher in posting.vouchers
                if voucher.book == self.book
            )
        ]

    def _refuse_shared(self, document: SourceDocument, made: list[Posting]) -> None:
        """X2 in finance's book depends on the plan and on what provinces hold here."""
        if self.book.endswith("-finance") and any(
            voucher.book == self.book
            for posting in made
            if posting.event == transfers.FUNDING
            for voucher in posting.vouchers
        ):
            raise SourceError(
                f"{document.name}有按用款计划的省内划转（X2），外省的部分要看账上的"
                "用款计划；请用 yibao import 导入"
            )

    def deduplicate(self, entries: data.Entries, existing: data.Entries) -> None:
        """Mark what the book holds already: same link and rule, never by likeness."""
        there = {
            (link, entry.meta.get("rule"))
            for entry in existing
            if isinstance(entry, data.Transaction)
            for link in entry.links
        }
        for entry in entries:
            if any((link, entry.meta["rule"]) in there for link in entry.links):
                entry.meta["__duplicate__"] = True


def _postings(policy: Policy, document: SourceDocument, reading) -> Iterator[Posting]:
    """Every posting of a document whose day is known."""
    source = partial(source_text, document.name)
    if document.form == "F0":
        by_book = defaultdict(list)
        for line in document.lines:
            settled = openings.settled(policy, line)
            by_book[settled.book].append(settled)
        for book, lines in by_book.items():
            yield openings.posting(policy, book, lines, source=source)
    elif document.form == "F1":
        by_unit = defaultdict(list)
        for line in document.lines:
            by_unit[transfers.unit(line)].append(line)
        for lines in by_unit.values():
            moves = [transfers.classify(policy, line) for line in lines]
            for leg in (transfers.PAID, transfers.RECEIVED):
                if leg == transfers.RECEIVED and lines[0].received_on is None:
                    continue
                made = transfers.posting_of_leg(
                    policy, moves, leg, reading=reading, source=source
                )
                if made:
                    yield made
    elif document.form == "F2":
        clearings.check(policy, document.lines)
        for unit, sums in sorted(clearings.summed(document.lines).items()):
            made = clearings.posting(
                policy,
                unit,
                sums,
                reading=reading,
                source=lambda unit, cells: document.name,
            )
            if made:
                yield made


def _transaction(
    filepath: str, number: int, posting: Posting, voucher: Voucher
) -> data.Transaction:
    meta = data.new_metadata(
        filepath,
        number,
        {
            "rule": voucher.rule,
            "basis": voucher.basis,
            "source": voucher.source,
        },
    )
    postings = [
        data.Posting(
            account_of(
                line.subject,
                fund=line.fund,
                detail=line.detail,
                year=voucher.dated.year,
            ),
            amount.Amount(signed(line.side, line.amount), "CNY"),
            None,
            None,
            None,
            {"side": line.side, "fund": line.fund},
        )
        for line in voucher.lines
    ]
    return data.Transaction(
        meta,
        voucher.dated,
        NOT_YET,
        voucher.payee or None,
        voucher.narration,
        frozenset(),
        frozenset({posting.tag}),
        postings,
    )


def _document(filepath: str) -> SourceDocument:
    path = Path(filepath)
    return _read(filepath, path.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(filepath: str, changed: int) -> SourceDocument:
    """The file, read once while identify, account and extract ask for it."""
    path = Path(filepath)
    return read(path.read_bytes(), path.name)
