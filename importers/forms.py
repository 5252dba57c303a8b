"""Forms: a file goes in, its form is recognised, a source document comes out.

A later form is one module and one line in FORMS.
"""

from collections.abc import Iterator
from hashlib import sha256
from itertools import chain

from importers import clearings, openings, quotas, transfers
from importers.faults import Faults
from importers.head import Form, Head, find_head
from importers.sheet import Sheet, sheets
from importers.sums import check_sums
from importers.table import Table
from ledger.bulk import uncollected
from ledger.documents import SourceDocument

FORMS: dict[str, Form] = {
    form.code: form
    for form in (openings.FORM, transfers.FORM, clearings.FORM, quotas.FORM)
}


def read(data: bytes, name: str) -> SourceDocument:
    """Read one file whole; raises SourceError with every fault found (at most 100)."""
    with uncollected():
        return _read(data, Faults(name))


def _read(data: bytes, faults: Faults) -> SourceDocument:
    parts = _parts(data, faults)
    first = next(parts)
    table = Table(first[1].form, chain([first], parts), faults)
    table.form.lines(table)
    if not faults and not table.lines:
        faults.refuse("没有一行数据", "至少一行")
    if not faults:
        check_sums(table)
    faults.check()
    code, digest = table.form.code, sha256(data).hexdigest()
    return SourceDocument(code, faults.name, digest, table.lines, table.totalled)


def _parts(data: bytes, faults: Faults) -> Iterator[tuple[Sheet, Head]]:
    """The sheets that are a form; the others are passed over if one is."""
    form, seen = None, []
    for sheet in sheets(data, faults):
        head = find_head(sheet, list(FORMS.values()), faults)
        if head is None:
            seen += [f"“{sheet.name}”"] if sheet.name else []
            continue
        if form and head.form is not form:
            why = f"是{head.form.titles[0]}，而前面的工作表是{form.titles[0]}"
            faults.refuse(why, "一个文件只有一种表", sheet.name)
        form = head.form
        yield sheet, head
    if form is None:
        names = "、".join(form.titles[0] for form in FORMS.values())
        where = f"（看过工作表{'、'.join(seen[:10])}）" if seen else ""
        faults.refuse(f"没有认出是哪一种表{where}；认得的有：{names}", names)
