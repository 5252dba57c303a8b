"""The Fava extension of a book: each class is an entry of Fava's sidebar.

Fava lists the classes by name, so the names are in the order of the entries. Every
page is a few lines over rows that know nothing of Fava; templates lay them out, and
`xlsx` beside each page gives the same rows as a workbook.

The application that serves a book says in `config` of the Flask application where
the home is (YIBAO_HOME, a Home) and what day it is (YIBAO_TODAY, a function); the
extension's own config names book and year.
"""

from reports.fava_extension.board import AdvanceBoard
from reports.fava_extension.calendar_page import WorkCalendar
from reports.fava_extension.ledger_pages import DetailLedger, Journal
from reports.fava_extension.personal_accounts import PersonalAccounts
from reports.fava_extension.shared_accounts import SharedAccounts
from reports.fava_extension.subject_balances import Balances
from reports.fava_extension.voucher_pages import Vouchers

__all__ = [
    "AdvanceBoard",
    "Balances",
    "DetailLedger",
    "Journal",
    "PersonalAccounts",
    "SharedAccounts",
    "Vouchers",
    "WorkCalendar",
]
