"""Subjects (科目): printed name, account, statutory subject; one table.

The printed subject is what people and documents say; the account is where
beancount keeps it. Numbers stand in subjects.toml and nowhere else.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

from ledger import regions
from ledger.errors import BookError
from ledger.funds import fund_names


class Subject(NamedTuple):
    """A printed subject in force in [from_day, until)."""

    printed: str
    account: str  # may hold {fund}; a detail is one component more
    side: str  # 余额方向: 借 or 贷
    detail: str  # 辅助明细: "", county, city or province
    books: tuple[str, ...]  # the kinds of book that keep it, () for all
    statutory: str
    verified: bool
    from_day: date
    until: date


@lru_cache(maxsize=4096)
def subject(printed: str, on: date | None = None) -> Subject:
    """The subject that a document prints, whatever its separators and brackets.

    >>> subject("暂付款:异地就医款(省本级)").printed
    '暂付款——异地就医款'
    """
    versions = _by_word().get(_word(printed), ())
    in_force = [s for s in versions if on is None or s.from_day <= on < s.until]
    if not in_force:
        raise BookError(
            f"没有“{printed}”这个科目"
            + ("" if on is None or not versions else f"（{on}）")
            + "；可用的科目见 yibao book subjects"
        )
    return in_force[-1]


def kept_in(kept: Subject, book: str) -> bool:
    """Whether a book of that kind keeps the subject."""
    return not kept.books or book.partition("-")[2] in kept.books


def subjects() -> tuple[Subject, ...]:
    """Every subject, in the order of the table."""
    return _table()[0]


@lru_cache(maxsize=16_384)
def account(printed: str, *, fund: str, detail: str, year: int) -> str:
    """The leaf account of a subject in a book-year.

    A region's name in it is its name on the year's first day; its code is
    today's (RULES.md section 2, reading 21).

    >>> account("暂收款——各县、区", fund="310", detail="520204", year=2017)
    'Liabilities:2001暂收款:01各县区:520204水城县'
    """
    first_day = date(year, 1, 1)
    kept = subject(printed)
    if bool(detail) != bool(kept.detail):
        need = "要有" if kept.detail else "没有"
        raise BookError(f"科目“{kept.printed}”{need}辅助明细，这里是“{detail or '空'}”")
    base = kept.account.replace("{fund}", f"{fund}{fund_names()[fund]}")
    if not detail:
        return base
    return f"{base}:{detail}{regions.name(detail, first_day)}"


def _word(printed: str) -> str:
    text = unicodedata.normalize("NFKC", printed)
    text = re.sub(r"\s|\*+元?", "", text).replace("帐", "账")
    return re.sub(r"[—–―\-:/]+", "——", text)


@cache
def _by_word() -> dict[str, list[Subject]]:
    return _table()[1]


@cache
def _table() -> tuple[tuple[Subject, ...], dict[str, list[Subject]]]:
    text = (files("ledger") / "subjects.toml").read_text("utf-8")
    every, by_word = [], {}
    for row in tomllib.loads(text)["subject"]:
        kept = Subject(
            row["printed"],
            row["account"],
            row["side"],
            row["detail"],
            tuple(row.get("books", ())),
            row["statutory"],
            row["verified"],
            row.get("from", date.min),
            row.get("until", date.max),
        )
        every.append(kept)
        for word in (kept.printed, *row["aliases"]):
            by_word.setdefault(_word(word), []).append(kept)
    return tuple(every), by_word
