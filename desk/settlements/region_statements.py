"""The statement files of a clearing between regions: each city's, the province's."""

from __future__ import annotations

from sqlalchemy import Connection

from ledger import regions
from reports.settlements.clearing_sheet import city_workbook, province_workbook
from reports.settlements.clearing_statement import statement


def of_clearing(connection: Connection, clearing_id: int) -> dict[str, bytes]:
    """Workbooks by file name; the province's comes first."""
    made = statement(connection, clearing_id)
    head = made.head
    number = f"{head.kind}_{head.period}_{head.serial}"
    whole = f"清算总表_{number}_{_place(head.province)}.xlsx"
    files = {whole: province_workbook(made)}
    for region in made.parties:
        name = f"清算单_{number}_{_place(region)}.xlsx"
        files[name] = city_workbook(made, region)
    return files


def _place(region: str) -> str:
    return f"{region}{regions.name(region)}"
