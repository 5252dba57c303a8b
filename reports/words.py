"""大写金额: amounts in words for vouchers (会计基础工作规范 第五十二条)."""

from __future__ import annotations

from decimal import Decimal

import cn2an

LIMIT = Decimal(10) ** 16  # 万亿 is the largest unit that cn2an knows


def amount_in_words(amount: Decimal) -> str:
    """An amount in words: 整 after 元 or 角, nothing after 分, 负 before a red one.

    A zero within the number is written once; at the place of 元 or 万 alone it is
    left out, as the rule allows.

    >>> amount_in_words(Decimal("100.05")), amount_in_words(Decimal("10.50"))
    ('壹佰元零伍分', '壹拾元伍角整')
    """
    assert abs(amount) < LIMIT, f"{amount} is too large to be put in words"
    words = cn2an.an2cn(f"{abs(amount):.2f}", "rmb")
    if words.endswith("角"):
        words += "整"  # cn2an stops after 角
    return f"负{words}" if amount < 0 else words
