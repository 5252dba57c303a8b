"""Forms: a file goes in, its form is recognised, a source document comes out.

A later fund form is one module and one line in FUND_FORMS; people's are in people.py.
"""

from hashlib import sha256
from itertools import chain

from importers import (
    bank_lines,
    clearings,
    funding,
    institution_payments,
    notices,
    openings,
    past_payments,
    province_quotas,
    quotas,
    transfers,
)
from importers.faults import Faults
from importers.head import Form, sheets_of_a_form
from importers.people import PEOPLE, PeopleDocument
from importers.sums import check_sums
from importers.table import Table
from ledger.bulk import uncollected
from ledger.documents import SourceDocument

FUND_FORMS = (
    openings.FORM,
    transfers.FORM,
    clearings.FORM,
    quotas.FORM,
    province_quotas.FORM,
    funding.FORM,
    bank_lines.FORM,
    institution_payments.FORM,
    notices.FORM,
    past_payments.FORM,
)
FORMS: dict[str, Form] = {form.code: form for form in FUND_FORMS} | PEOPLE


def opened(data: bytes, name: str) -> SourceDocument | PeopleDocument:
    """A fund form, read whole as `read` does, or a list of people for one pass."""
    with uncollected():
        return _opened(data, Faults(name))


def read(data: bytes, name: str) -> SourceDocument:
    """Read a fund form whole; raises SourceError with every fault (at most 100)."""
    document = opened(data, name)
    if isinstance(document, PeopleDocument):
        title = PEOPLE[document.form].titles[0]
        Faults(name).refuse(f"是{title}，这里只收基金的表", "基金的表")
    return document


def _opened(data: bytes, faults: Faults) -> SourceDocument | PeopleDocument:
    parts = sheets_of_a_form(data, list(FORMS.values()), faults)
    first = next(parts)
    form, parts = first[1].form, chain([first], parts)
    if form.code in PEOPLE:
        return PeopleDocument(data, parts, form, faults)
    return _read(data, Table(form, parts, faults), faults)


def _read(data: bytes, table: Table, faults: Faults) -> SourceDocument:
    table.form.lines(table)
    if not faults and not table.lines:
        faults.refuse("没有一行数据", "至少一行")
    if not faults:
        check_sums(table)
    faults.check()
    code, digest = table.form.code, sha256(data).hexdigest()
    return SourceDocument(code, faults.name, digest, table.lines, table.totalled)
