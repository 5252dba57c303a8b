"""Words that people read for the states of batches and accounts."""

BATCH_KINDS = {
    "credit": "按月计入",
    "correction": "更正",
    "make-up": "补划差额",
    "opening": "期初余额",
    "change": "变动",
    "payout": "划转",
    "bounce": "划转退回",
    "interest": "利息",
    "reversal": "冲销",
}
BATCH_STATES = {
    "draft": "待审核",
    "counted": "已入账",
    "rejected": "已退回",
    "undone": "已冲销",
}
ACCOUNT_STATES = {
    "open": "正常",
    "left": "已转走",
    "died": "已死亡",
    "closed": "已结清",
}
