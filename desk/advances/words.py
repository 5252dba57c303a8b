"""Words that people give with an act: a reason, a note; one line, not too long."""

from __future__ import annotations

from desk.vouchers import check_words
from ledger.errors import UsageError

LONGEST = 200


def words(text: str, what: str, longest: int = LONGEST) -> str:
    """A text without what surrounds it; UsageError when it cannot be kept or told."""
    check_words(text)
    text = text.strip()
    if not text:
        raise UsageError(f"{what}不能为空")
    if len(text) > longest:
        raise UsageError(f"{what}有{len(text)}字，最多{longest}字；请写短一些")
    if not text.isprintable():
        raise UsageError(f"{what}里有换行或控制字符；请写成一行")
    return text
