"""Forms: a file goes in, its form is recognised, a source document comes out.

A later form is one module and one line in FORMS.
"""

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
