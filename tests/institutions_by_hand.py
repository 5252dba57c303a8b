"""What tests of institutions share: roster, what is owed, lists of payments.

`owed` writes institution_sum rows with the accruals that a list of bills would make,
through postings.record; `roster` writes designations. Two institutions of 合肥 and one
of 芜湖 stand for all.
"""

import forms_by_hand

F7 = {
    "付款日期": "2024-08-12",
    "机构代码": "H34010000001",
    "结算期": "2024-07",
    "险种": "310",
    "金额": "100.00",
    "交易流水号": "LS001",
}
forms_by_hand.LINES["F7"] = F7
