"""预付金测算表 as a page to print: totals first, then each payer's working."""

from __future__ import annotations

from typing import Sequence

from reports.advances.notice_page import Layout, page
from reports.advances.working import PlanPaper


def working_page(
    paper: PlanPaper, style_address: str = "", links: Sequence[tuple[str, str]] = ()
) -> str:
    """The whole page as HTML; `links` are shown on the screen alone."""
    lying = Layout(wide=True)
    return page("working.html", style_address, layout=lying, paper=paper, links=links)
