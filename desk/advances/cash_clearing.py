"""清算资金 in cash, as the home has it (setting cash-clearing): X6 and X16.

none: clearing only takes back advances; provinces: paid between provinces (X6); all:
within the province as well, which restores the payer's advance (X16).
依据：黔人社厅通〔2017〕204号 三（三）、附件一 三（一）
"""

from __future__ import annotations

from typing import Iterable

from sqlalchemy import Connection

from desk.taking import Desk
from importers.faults import Faults, Wrong
from ledger import settings
from ledger.documents import SourceDocument, Transfer
from posting_rules.transfers import CASH, TO_PROVINCES, WITHIN, classify

SETTING = "cash-clearing"


def check(
    connection: Connection,
    desk: Desk,
    document: SourceDocument,
    lines: Iterable[Transfer],
) -> None:
    """Refuse cash that the setting of the day does not know, with every place."""
    faults = Faults(document.name)
    in_force = settings.dated(connection, SETTING)
    for line in lines:
        if line.nature != CASH:
            continue
        event = classify(desk.policy, line).kind.event
        how = in_force(line.paid_on)
        if event == TO_PROVINCES and how == "none":
            why = f"不收付现金：设置 {SETTING} 为 none，清算只冲销预付金"
            wrong = Wrong(why, "预付金、紧急调增、额度调整或退回")
            faults.add(line.sheet, line.row, "资金性质", line.nature, wrong)
        elif event in WITHIN and how != "all":
            why = f"在省内不收付现金：设置 {SETTING} 为 {how}，省内清算只冲销预付金"
            wrong = Wrong(why, "预付金、紧急调增、额度调整或退回")
            faults.add(line.sheet, line.row, "资金性质", line.nature, wrong)
        elif event in WITHIN and not line.quarter:
            wrong = Wrong("没有填，看不出缴付哪一季度的清算", "季度，如2018Q2")
            faults.add(line.sheet, line.row, "所属季度", "", wrong)
    faults.check()
