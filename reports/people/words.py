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
    "settlement": "门诊结算",
    "premium": "代缴保费",
    "real-payout": "实账发放",
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
SELF = "本人"  # whose own account it is
POOLED = "单建统筹"  # insured without an account of one's own
# Before a movement's kind, where the act says more than the kind.
ACTS = {
    "make-up": "补划差额",
    "undo": "更正冲回",
    "recredit": "更正后计入",
    "claim": "追回不足部分挂账",
    "recover": "收回挂账",
    "reversal": "冲销",
}
SETTLE, GIVEN_BACK = "settle", "退回"  # 退费 and 冲正 of bills


def movement_words(act: str, kind: str, *details: str, back: bool = False) -> str:
    """What a movement is, for people: 在职计入, 冲销：转出; of a bill with institution
    and category, `back` where it gives back.

    >>> movement_words("credit", "在职计入"), movement_words("reversal", "转出")
    ('在职计入', '冲销：转出')
    >>> movement_words("settle", "医药费支出", "县医院", "购药", back=True)
    '退回：医药费支出（县医院，购药）'
    """
    named = "，".join(word for word in details if word)
    words = kind + (f"（{named}）" if named else "")
    if act in ACTS:
        return f"{ACTS[act]}：{words}"
    return f"{GIVEN_BACK}：{words}" if act == SETTLE and back else words
