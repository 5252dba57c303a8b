"""险种: the funds that every line is kept apart by (财会〔2017〕28号)."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def fund_names() -> dict[str, str]:
    """Every fund's code and the name beside it, such as 310: 职工医保."""
    return {fund["code"]: fund["name"] for fund in _table()}


@cache
def fund_codes() -> dict[str, str]:
    """What a form may write for a fund (code, name or alias), and its code."""
    return {
        word: fund["code"]
        for fund in _table()
        for word in (fund["code"], fund["name"], *fund["aliases"])
    }


@cache
def _table() -> list[dict]:
    return tomllib.loads((files("ledger") / "funds.toml").read_text("utf-8"))["fund"]
