"""A formula in an accountant's words, and the same with the numbers put in."""

from __future__ import annotations

import ast
from typing import Callable, Mapping

SIGNS = {
    ast.Add: "＋",
    ast.Sub: "－",
    ast.Mult: "×",
    ast.Div: "÷",
    ast.Gt: "＞",
    ast.GtE: "≥",
    ast.Lt: "＜",
    ast.LtE: "≤",
    ast.Eq: "＝",
    ast.NotEq: "≠",
}
CALLED = {"max": "取大者", "min": "取小者", "rounded_to": "取整"}
STRENGTH = {ast.Add: 1, ast.Sub: 1, ast.Mult: 2, ast.Div: 2}


def in_words(tree: ast.expr, titles: Mapping[str, str]) -> str:
    """With titles for names: 首期时，月均支付×首期保障月数；否则月均支付×5。"""
    return _say(tree, titles, None)


def in_numbers(
    tree: ast.expr, shown: Mapping[str, str], value_of: Callable[[ast.expr], object]
) -> str:
    """With numbers for names; of `a if b else c` only what was taken."""
    return _say(tree, shown, value_of)


def _say(node: ast.expr, names: Mapping[str, str], value_of) -> str:
    def say(part: ast.expr) -> str:
        return _say(part, names, value_of)

    if isinstance(node, ast.IfExp):
        if value_of:
            return say(node.body if value_of(node.test) else node.orelse)
        last = "" if isinstance(node.orelse, ast.IfExp) else "否则"
        return f"{say(node.test)}时，{say(node.body)}；{last}{say(node.orelse)}"
    if isinstance(node, ast.BinOp):
        return _both(node, say)
    if isinstance(node, ast.Compare):
        parts = zip(node.ops, node.comparators)
        return say(node.left) + "".join(SIGNS[type(o)] + say(c) for o, c in parts)
    if isinstance(node, ast.BoolOp):
        joint = "且" if isinstance(node.op, ast.And) else "或"
        return joint.join(map(say, node.values))
    if isinstance(node, ast.UnaryOp):
        sign = "不是" if isinstance(node.op, ast.Not) else "－"
        return f"{sign}（{say(node.operand)}）"
    if isinstance(node, ast.Call):
        return f"{CALLED[node.func.id]}（{'，'.join(map(say, node.args))}）"
    if isinstance(node, ast.Name):
        return names[node.id]
    return str(node.value)


def _both(node: ast.BinOp, say: Callable[[ast.expr], str]) -> str:
    strength = STRENGTH[type(node.op)]
    left, right = say(node.left), say(node.right)
    if _strength(node.left) < strength or isinstance(node.left, ast.IfExp):
        left = f"（{left}）"
    weaker = _strength(node.right) <= strength and isinstance(node.right, ast.BinOp)
    if weaker or isinstance(node.right, ast.IfExp):
        right = f"（{right}）"
    elif right.startswith("-"):
        right = f"（{right}）"
    return f"{left}{SIGNS[type(node.op)]}{right}"


def _strength(node: ast.expr) -> int:
    return STRENGTH[type(node.op)] if isinstance(node, ast.BinOp) else 9
