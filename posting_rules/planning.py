"""The next advance: the policy's formula, worked line by line and told in words.

The formula is data: [[plan.input]], [[plan.parameter]] and [[plan.line]] of the
document's TOML. It is reckoned in fractions, exact until a line says `rounded_to`.
A formula may use names, whole numbers, + - * /, comparisons, and, or, not, `a if b
else c`, min, max and rounded_to(amount, unit); nothing else. 依据：三（三）；附件一
一（一）、三

What is kept with a result (`Working.as_json`), so that it can be read for ever:
    {"kind", "result": name of the line,
     "inputs": [{"name", "title", "unit", "value", "shown"}],
     "parameters": [the same, with "cite"],
     "lines": [{"name", "title", "about", "formula", "words", "numbers", "value",
                "shown"}],
     "unknown": "" or how a cell stands that cannot be reckoned: waits (for an amount
                by hand), set, or stays (as earlier editions set it)}
A cell without any data (`unknown` of [plan], a condition on the inputs) is not worked:
it has no lines, and nobody is to read it as zero. `value` is exact (1234.5 or 1000/3),
`shown` for people, to the fen.
"""

from __future__ import annotations

import ast
import json
import re
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Callable, Mapping, NamedTuple

from simpleeval import InvalidExpression, SimpleEval

from ledger.errors import RuleError
from ledger.money import FEN, grouped
from posting_rules.plan_words import in_numbers, in_words
from posting_rules.policies import Policy

NUMBER = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?(/[1-9][0-9]{0,3})?")
ALLOWED = (
    *(ast.Expression, ast.IfExp, ast.BoolOp, ast.And, ast.Or, ast.Compare),
    *(ast.Gt, ast.GtE, ast.Lt, ast.LtE, ast.Eq, ast.NotEq, ast.BinOp, ast.Add),
    *(ast.Sub, ast.Mult, ast.Div, ast.UnaryOp, ast.USub, ast.Not, ast.Call),
    *(ast.Name, ast.Load, ast.Constant),
)


class Figure(NamedTuple):
    """An input or a parameter: its name in the formula, in words, and its value."""

    name: str
    title: str
    unit: str  # "" for yuan
    value: Fraction
    cite: str = ""  # of a parameter


class Step(NamedTuple):
    """A line of the formula, worked."""

    name: str
    title: str
    about: str
    formula: str
    words: str  # the formula with titles for names
    numbers: str  # and with numbers, the branch that was taken alone
    value: Fraction


class Working(NamedTuple):
    """A result with everything that it came from; `steps` is empty where nothing is
    known to reckon it from."""

    kind: str
    inputs: tuple[Figure, ...]
    parameters: tuple[Figure, ...]
    steps: tuple[Step, ...]
    result: str  # the name of the line

    @property
    def unknown(self) -> bool:
        return not self.steps

    @property
    def amount(self) -> Decimal:
        """The result, in yuan."""
        return yuan(self.value(self.result))

    def value(self, name: str) -> Fraction:
        found = (*self.inputs, *self.parameters, *self.steps)
        return next(each.value for each in found if each.name == name)

    def as_json(self, unknown: str = "") -> str:
        return json.dumps(
            {
                "kind": self.kind,
                "result": self.result,
                "inputs": [_told(figure) for figure in self.inputs],
                "parameters": [_told(figure) for figure in self.parameters],
                "lines": [_told(step) for step in self.steps],
                "unknown": unknown,
            },
            ensure_ascii=False,
        )


def work(
    policy: Policy,
    kind: str,
    inputs: Mapping[str, Decimal | int],
    parameters: Mapping[str, str] = {},
) -> Working:
    """Work the formula of a kind of plan (核定, 额度调整, 紧急调增) for one payer,
    范围 and 险种.

    `inputs` has every [[plan.input]] of the kind, `parameters` what settings say
    instead of the document's values. RuleError when the formula cannot be worked.
    """
    plan = policy.plan
    taken = [
        Figure(
            row["name"], row["title"], row.get("unit", ""), exact(inputs[row["name"]])
        )
        for row in plan["input"]
        if kind in row["kinds"]
    ]
    chosen = _parameters(policy, parameters)
    known = {figure.name: figure for figure in (*taken, *chosen)}
    values = {name: figure.value for name, figure in known.items()}
    titles = {name: figure.title for name, figure in known.items()}
    units = {name: figure.unit for name, figure in known.items()}
    result = plan["result"][kind]
    if _is_unknown(policy, kind, values):
        return Working(kind, tuple(taken), tuple(chosen), (), result)
    steps = []
    for row in plan["line"]:
        if kind in row.get("kinds", (kind,)):
            steps.append(_step(policy, row, values, titles, units))
    if (values[result] / exact(FEN)).denominator != 1:
        raise _wrong(
            policy, titles[result], "算到了分以下；最后一行要用 rounded_to 取整"
        )
    return Working(kind, tuple(taken), tuple(chosen), tuple(steps), result)


def number(text: str) -> Fraction:
    """A parameter as people write it: 5, 0.6, 1/2; RuleError for anything else."""
    if not NUMBER.fullmatch(text.strip()):
        raise RuleError(f"“{text}”不是数；写作 5、0.6 或 1/2")
    whole, _, part = text.strip().partition("/")
    return Fraction(whole) / Fraction(part or 1)


def yuan(value: Fraction) -> Decimal:
    """A value to the fen, for people: half up, away from nothing."""
    fen = rounded_to(value, exact(FEN)) / exact(FEN)
    return (Decimal(fen.numerator) * FEN).quantize(FEN)


def exact(value: Decimal | int | Fraction) -> Fraction:
    assert not isinstance(value, (float, bool)), f"{value!r} is not exact"
    return Fraction(value)


def rounded_to(value: Fraction, unit: Fraction) -> Fraction:
    """To the nearest multiple of `unit`, half up (四舍五入), alike below zero.

    >>> rounded_to(Fraction(150), Fraction(100)), rounded_to(Fraction(-150), 100)
    (Fraction(200, 1), Fraction(-200, 1))
    """
    count = (abs(value) / Fraction(unit) + Fraction(1, 2)).__floor__()
    return Fraction(count * unit * (-1 if value < 0 else 1))


OPERATORS: dict[type, Callable] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: Fraction(a) / Fraction(b),
    ast.USub: lambda a: -a,
    ast.Not: lambda a: not a,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}
FUNCTIONS = {"min": min, "max": max, "rounded_to": rounded_to}


def _parameters(policy: Policy, chosen: Mapping[str, str]) -> list[Figure]:
    """The document's parameters, or what a setting says instead."""
    found = []
    for row in policy.plan["parameter"]:
        name = row["name"]
        value = number(chosen.get(name, row["value"]))
        most = number(row["most"]) if "most" in row else None
        if most is not None and value > most or name == "unit" and not value:
            raise RuleError(
                f"预付金测算参数“{row['title']}”（plan-{name}）不能是“{chosen[name]}”；"
                "请用 yibao setting set 改正"
            )
        cite = "设置" if name in chosen else row["cite"]
        found.append(Figure(name, row["title"], row.get("unit", ""), value, cite))
    return found


def _is_unknown(policy: Policy, kind: str, values: Mapping[str, Fraction]) -> bool:
    """Whether the policy's condition for cells without data holds of some inputs."""
    unknown = policy.plan.get("unknown", {"kinds": ()})
    if kind not in unknown["kinds"]:
        return False
    condition = unknown["when"]
    evaluate = SimpleEval(
        operators=OPERATORS, functions=dict(FUNCTIONS), names=dict(values)
    )
    try:
        found = evaluate.eval("", previously_parsed=parsed(condition))
        if not isinstance(found, bool):
            raise InvalidExpression("是数，不是判断")
    except (InvalidExpression, SyntaxError, TypeError, ZeroDivisionError) as error:
        why = f"“{condition}”判断不了（{error}）"
        raise _wrong(policy, "unknown（待测算）", why) from error
    return found


def _step(policy: Policy, row: dict, values: dict, titles: dict, units: dict) -> Step:
    """Work one line; its value joins `values`, its title `titles`."""
    name, title, formula = row["name"], row["title"], row["formula"]
    try:
        tree = parsed(formula)
        evaluate = SimpleEval(
            operators=OPERATORS, functions=dict(FUNCTIONS), names=dict(values)
        )

        def value_of(node: ast.expr):
            return evaluate.eval("", previously_parsed=node)

        value = value_of(tree)
        if isinstance(value, bool):
            raise InvalidExpression("是判断，不是数")
        shown = {
            known: _shown(units[known], amount) for known, amount in values.items()
        }
        words, numbers = in_words(tree, titles), in_numbers(tree, shown, value_of)
    except ZeroDivisionError as error:
        raise _wrong(policy, title, "除以了零") from error
    except (InvalidExpression, SyntaxError, TypeError) as error:
        raise _wrong(policy, title, f"“{formula}”算不出来（{error}）") from error
    values[name], titles[name], units[name] = Fraction(value), title, ""
    about = row.get("about", "")
    return Step(name, title, about, formula, words, numbers, Fraction(value))


@cache
def parsed(formula: str) -> ast.expr:
    """A formula's tree; InvalidExpression for anything that it may not use."""
    tree = ast.parse(formula, mode="eval").body
    for node in ast.walk(tree):
        known = isinstance(node, ALLOWED)
        if isinstance(node, ast.Constant):
            known = type(node.value) is int
        elif isinstance(node, ast.Call):
            named = getattr(node.func, "id", "")
            known = named in FUNCTIONS and not node.keywords
        if not known:
            raise InvalidExpression(f"不能用 {ast.unparse(node) or node}")
    return tree


def _wrong(policy: Policy, title: str, why: str) -> RuleError:
    return RuleError(
        f"{policy.number}的预付金公式“{title}”：{why}；"
        f"请改正 posting_rules/{policy.id}.toml 的 [plan]"
    )


def _shown(unit: str, value: Fraction) -> str:
    """A value for people: yuan to the fen, others as they are."""
    if unit == "是否":
        return "是" if value else "否"
    return f"{value}" if unit else grouped(yuan(value))


def _told(each: Figure | Step) -> dict:
    told = each._asdict()
    told["value"] = _exact_text(each.value)
    told["shown"] = _shown(told.get("unit", ""), each.value)
    return told


def _exact_text(value: Fraction) -> str:
    """1234.5 where that is exact, 1000/3 where no decimal is."""
    scaled = value * 10_000
    if scaled.denominator != 1:
        return str(value)
    return f"{(Decimal(scaled.numerator) / 10_000).normalize():f}"
