"""What a command line may hold, and what an error may show of it.

Arguments come from people and scripts, and are as hostile as a file's cells: they are
checked before a command runs, and cut short where an error repeats them.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Sequence

from ledger.errors import UsageError

LONGEST = 4096  # characters, as a path may have
LONGEST_SHOWN = 300  # characters of one argument, or of one quotation
QUOTED = re.compile(rf"“([^“”]{{{LONGEST_SHOWN}}})[^“”]+")
UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")  # categories that a screen obeys
ACCOUNT = re.compile(r"[0-9]{7,}(?=[0-9]{4})")


def check_arguments(words: Sequence[str]) -> None:
    """UsageError for an argument that is no line of text: nothing keeps such a one."""
    for number, word in enumerate(words, 1):
        kinds = {unicodedata.category(character) for character in word}
        if "Cs" in kinds:
            raise UsageError("命令里有不能保存的字符；请用 UTF-8 文字")
        if "Cc" in kinds:
            word = shown(word.replace("\n", "?"))
            raise UsageError(
                f"第{number}个参数“{word}”里有换行或别的控制字符；应为一行文字"
            )
        if len(word) > LONGEST:
            raise UsageError(f"第{number}个参数有{len(word)}字；最多{LONGEST}字")


def shown(text: str, words: Sequence[str] = ()) -> str:
    """A message for the screen: its own lines, no control characters, nothing long.

    `words` are the arguments that it may repeat outside quotation marks as well.
    """
    for word in words:
        if len(word) > LONGEST_SHOWN:
            text = text.replace(word, word[:LONGEST_SHOWN] + "…")
    text = QUOTED.sub(r"“\1…", text)
    if text.isprintable():
        return text
    return "".join(map(_visible, text))


def without_accounts(line: str) -> str:
    """A line with bank accounts and identity numbers cut to their last four digits."""
    return ACCOUNT.sub("*", line)


def _visible(character: str) -> str:
    if character == "\n" or unicodedata.category(character) not in UNSEEN:
        return character
    return "?"
