"""`yibao import`: a form is recognised, checked, and posted in every book.

A file is one transaction: recorded whole or not at all. What is already there is
skipped and counted; what a later form only completes is posted then.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple, Sequence

from desk import (
    import_clearings,
    import_openings,
    import_quotas,
    import_transfers,
)
from desk.advances import (
    bank_matching,
    import_bank_lines,
    import_funding,
    import_notices,
    import_past_payments,
    import_province_quotas,
    notice_payments,
)
from desk.people.importing import import_people
from desk.progress import Tell, silently
from desk.settlements import import_institution_payments
from desk.taking import approved, desk_of
from importers.forms import opened
from importers.people import PeopleDocument
from ledger.book_files import print_changed
from ledger.bulk import uncollected
from ledger.database import Home
from ledger.errors import Fault, SourceError, YibaoError
from ledger.files import why
from ledger.postings import Actor, Recorded
from ledger.sources import keep_document, store_file

TAKERS = {
    "F0": import_openings.take,
    "F1": import_transfers.take,
    "F2": import_clearings.take,
    "F3": import_quotas.take,
    "F4": import_province_quotas.take,
    "F5": import_funding.take,
    "F6": import_bank_lines.take,
    "F7": import_institution_payments.take,
    "F8": import_notices.take,
    "F9": import_past_payments.take,
}
STEPS = ("读表", "核对", "入账")
SIZE_LIMIT = 512 * 1024 * 1024  # bytes of a file that is read at all


class Options(NamedTuple):
    """How to import: --draft, --dry-run, --post-on, --strict, --late."""

    draft: bool = False
    dry_run: bool = False
    post_on: date | None = None
    strict: bool = False  # a list of people: whole or not at all
    late: bool = False  # bills older than what their family has settled


@dataclass
class FileResult:
    """What became of one file; the shape of `import --json`."""

    path: str
    form: str | None = None
    sha256: str | None = None
    status: str = "rejected"
    new: int = 0
    known: int = 0
    completed: int = 0
    set_aside: int = 0
    set_aside_file: str | None = None
    vouchers: list[Recorded] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[Fault] = field(default_factory=list)
    message: str = ""

    def as_json(self) -> dict:
        aside = {"set_aside_file": self.set_aside_file} if self.set_aside_file else {}
        recorded = self.status in ("posted", "draft", "posted-in-part")
        return {
            "path": self.path,
            "form": self.form,
            "sha256": self.sha256,
            "status": self.status,
            "lines": {
                "new": self.new,
                "known": self.known,
                "completed": self.completed,
                "set_aside": self.set_aside,
            },
            "vouchers": [
                {
                    "book": voucher.book,
                    "voucher": voucher.name if recorded else None,
                    "rule": voucher.rule,
                    "amount": f"{voucher.amount:.2f}",
                }
                for voucher in self.vouchers
            ],
            "warnings": self.warnings,
            "errors": [error._asdict() for error in self.errors],
            **aside,
        }


def import_files(
    home: Home,
    paths: Sequence[Path],
    actor: Actor,
    options: Options = Options(),
    tell: Tell = silently,
    results: list[FileResult] | None = None,
) -> list[FileResult]:
    """Import files one after the other, each for itself, and print the books.

    `tell` hears each of a file's STEPS, and of the printing, as it begins. Whoever
    gives `results` keeps those of the files before an error that ends it all.
    """
    results = [] if results is None else results
    try:
        for path in paths:
            results.append(import_file(home, path, actor, options, tell))
    finally:
        if not options.dry_run:
            tell("打印账簿")
            print_changed(home)
    return results


def import_file(
    home: Home,
    path: Path,
    actor: Actor,
    options: Options = Options(),
    tell: Tell = silently,
) -> FileResult:
    """Import one file; what is wrong with it stands in the result.

    Raises UnavailableError when the database cannot be had.
    """
    result = FileResult(_shown(str(path)))
    try:
        with uncollected():
            _import(home, path, actor, options, result, tell)
    except YibaoError as error:
        if error.exit_code != 1:
            raise
        result.status = "rejected"
        result.vouchers, result.warnings = [], []
        result.new = result.known = result.completed = 0
        result.message = _whole(_shown(path.name), str(error))
        faults = error.faults if isinstance(error, SourceError) else ()
        result.errors = list(faults) or [Fault(None, None, None, "", "", str(error))]
    return result


def _whole(name: str, message: str) -> str:
    """The message with the file before it and the remedy behind it."""
    if not message.startswith(name):
        message = f"{name}：{message}"
    if "本文件没有入账" not in message:
        message += "\n本文件没有入账。请改正后重新导入。"
    return message


def _shown(name: str) -> str:
    """A name as text: bytes that are no UTF-8 are taken for GB18030."""
    try:
        name.encode()
        return name
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")


def _import(
    home: Home,
    path: Path,
    actor: Actor,
    options: Options,
    result: FileResult,
    tell: Tell,
) -> None:
    read_words, check_words, post_words = STEPS
    tell(f"{path.name} {read_words}")
    data = _bytes(path)
    result.sha256 = hashlib.sha256(data).hexdigest()
    document = opened(data, _shown(path.name))
    result.form = document.form
    tell(f"{path.name} {check_words}")
    if isinstance(document, PeopleDocument):
        with home.writing(keep=not options.dry_run) as connection:
            at_desk = desk_of(connection, actor, options.post_on, late=options.late)
            import_people(
                home, connection, at_desk, document, data, options, result, tell
            )
        home.close()  # and with the connection the temporary tables
        return
    with home.writing(keep=not options.dry_run) as connection:
        at_desk = desk_of(connection, actor, options.post_on, late=options.late)
        document_id = keep_document(connection, document, actor.by, actor.at)
        taken = TAKERS[document.form](connection, at_desk, document, document_id)
        result.new, result.known = taken.new, taken.known
        result.completed = taken.completed
        if not (taken.new or taken.completed):
            result.status = "already-posted"
            connection.rollback()
            return
        later = bank_matching.after_import(connection, at_desk, document.form)
        taken.posting_ids += later
        tell(f"{path.name} {post_words}")
        result.vouchers, result.status = approved(
            connection, at_desk, taken.posting_ids, options.draft
        )
        if result.status == "posted":
            result.warnings = taken.warnings(connection)
        result.warnings += notice_payments.after_import(connection, actor, document)
        if options.dry_run:
            result.status = "checked"
        else:
            store_file(home, document, data, actor.at)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > SIZE_LIMIT:
            raise SourceError(
                f"{_shown(path.name)}超过{SIZE_LIMIT // 2**20}兆字节，没有读入；"
                "请分成几个文件"
            )
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"读不到文件{_shown(str(path))}：{why(error)}；请检查路径和权限"
        ) from error
