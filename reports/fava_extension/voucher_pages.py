"""记账凭证."""
from reports.fava_extension.page import Page


class Vouchers(Page):
    report_title = "记账凭证"
