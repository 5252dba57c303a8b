"""大写金额 against the statutory rules, and read back."""

import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.words import amount_in_words

CASES = {
    "0": "零元整",
    "0.01": "壹分",
    "0.05": "伍分",
    "0.10": "壹角整",
    "0.50": "伍角整",
    "0.56": "伍角陆分",
    "1.00": "壹元整",
    "1.05": "壹元零伍分",
    "10.00": "壹拾元整",
    "10.50": "壹拾元伍角整",
    "15.07": "壹拾伍元零柒分",
    "100.05": "壹佰元零伍分",
    "101.00": "壹佰零壹元整",
    "110.00": "壹佰壹拾元整",
    "1000.00": "壹仟元整",
    "1001.00": "壹仟零壹元整",
    "1010.10": "壹仟零壹拾元壹角整",
    "1409.50": "壹仟肆佰零玖元伍角整",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "10000.00": "壹万元整",
    "10001.00": "壹万零壹元整",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "100000.00": "壹拾万元整",
    "1000001.00": "壹佰万零壹元整",
    "1001000.00": "壹佰万壹仟元整",
    "10000100.00": "壹仟万零壹佰元整",
    "10010010.01": "壹仟零壹万零壹拾元零壹分",
    "100000000.01": "壹亿元零壹分",
    "100010000.00": "壹亿零壹万元整",
    "1002000300.00": "壹拾亿零贰佰万零叁佰元整",
    "123456789.12": "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分",
    "99999999999.99": "玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
    "1000050000.10": "壹拾亿零伍万元壹角整",
    "10010000000.00": "壹佰亿壹仟万元整",
    "100000000000.01": "壹仟亿元零壹分",
    "1000000000000.00": "壹万亿元整",
    "-3.10": "负叁元壹角整",
    "-1234567.80": "负壹佰贰拾叁万肆仟伍佰陆拾柒元捌角整",
}


@pytest.mark.parametrize("amount", CASES)
def test_an_amount_in_words(amount):
    assert amount_in_words(Decimal(amount)) == CASES[amount]


@given(st.integers(min_value=-(10**17), max_value=10**17))
def test_what_is_written_reads_back_and_ends_as_the_rule_says(fen):
    words = amount_in_words(Decimal(fen).scaleb(-2))

    assert read_back(words) == fen
    assert words.endswith("分") == (fen % 10 != 0)
    assert words.endswith("整") == (fen % 10 == 0)
    assert "零零" not in words


def read_back(words: str) -> int:
    """The fen that words say; knows nothing of how they were made."""
    sign = -1 if words.startswith("负") else 1
    rest = words.removeprefix("负").removesuffix("整")
    yuan, _, tail = rest.rpartition("元")
    fen = 0
    for digit, unit in re.findall("([零壹贰叁肆伍陆柒捌玖])([角分])", tail):
        fen += DIGITS.index(digit) * {"角": 10, "分": 1}[unit]
    return sign * (whole(yuan) * 100 + fen)


def whole(words: str) -> int:
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in words:
            high, _, low = words.rpartition(unit)
            return whole(high) * size + whole(low)
    total, digit = 0, 0
    for char in words:
        if char in DIGITS:
            digit = DIGITS.index(char)
        else:
            total += digit * {"仟": 1000, "佰": 100, "拾": 10}[char]
            digit = 0
    return total + digit


DIGITS = "零壹贰叁肆伍陆柒捌玖"
