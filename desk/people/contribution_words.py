"""Why a row of G1 is set aside: its column, what was found, what is expected, why."""

from __future__ import annotations

from typing import NamedTuple

from ledger.money import from_fen, grouped
from ledger.people.contributions import Refused
from ledger.people.masks import masked_name


class Words(NamedTuple):
    column: str
    found: str
    expected: str
    why: str


def explain(row: Refused) -> Words:
    """The words for a reason; names are masked, ids are not said."""
    words = {**row._asdict(), **_shown(row)}
    return Words(*(part.format(**words) for part in REASONS[row.why]))


def _shown(row: Refused) -> dict[str, str]:
    expected = "" if row.expected is None else grouped(from_fen(row.expected))
    said_column, said = "个人缴费", row.personal
    if row.declared is not None:
        said_column, said = "其中计入个人账户", row.declared
    return {
        "name": masked_name(row.name),
        "held_name": masked_name(row.held_name or ""),
        "base": _yuan(row.base),
        "personal": _yuan(row.personal),
        "civil": _yuan(row.civil),
        "said_column": said_column,
        "said": _yuan(said),
        "expected": expected,
        "held_retired_from": row.held_retired_from or row.held_since or "",
        "other_kind": "补缴" if row.kind == "正常" else "正常",
    }


def _yuan(fen: int | None) -> str:
    return "" if fen is None else grouped(from_fen(fen))


REASONS: dict[str, tuple[str, str, str, str]] = {
    "region": (
        "统筹区代码",
        "{region}",
        "本省一个市（州）的代码，如本目录已开设账套的统筹区",
        "不是本省的统筹区",
    ),
    "elsewhere": (
        "统筹区代码",
        "{region}",
        "同一人同一月只在一个统筹区：{month}已登记在{elsewhere}",
        "与同一月已登记的统筹区{elsewhere}不同，一月不在两地计入",
    ),
    "content": (
        "",
        "",
        "与原来的行相同，或先冲销原业务（yibao voucher reverse）、"
        "撤回原表（yibao document withdraw）再导入",
        "{month}{kind}的一行已经登记，而这一行的内容与它不同，先登记的为准",
    ),
    "name": (
        "姓名",
        "{name}",
        "登记的姓名{held_name}；确已更名的用 yibao person 编号 --name 姓名 --cite 依据",
        "与登记的姓名不同",
    ),
    "born": (
        "出生年月",
        "{born}",
        "登记的出生年月；确已更正的用 yibao person 编号 --born 年月 --cite 依据",
        "与登记的出生年月不同",
    ),
    "dead": (
        "所属期",
        "{month}",
        "不晚于死亡月{held_died}",
        "在死亡月{held_died}之后，不再计入",
    ),
    "retired after death": (
        "退休待遇起始月",
        "{retired_from}",
        "不晚于死亡月{held_died}",
        "在死亡月{held_died}之后",
    ),
    "retired before": (
        "退休待遇起始月",
        "{retired_from}",
        "{held_retired_from}，或更早的月份",
        "晚于已登记的退休月份{held_retired_from}",
    ),
    "not yet retired": (
        "人员类别",
        "退休",
        "在职；或退休待遇起始月不晚于所属期{month}",
        "与退休待遇起始月不合：所属期{month}还没有开始享受退休待遇",
    ),
    "working again": (
        "人员类别",
        "在职",
        "退休；退休日期另有更正的，填写退休待遇起始月",
        "与登记不合：此人在{month}已按退休人员登记",
    ),
    "worked later": (
        "人员类别",
        "退休",
        "填写退休待遇起始月，以更正以后月份的在职登记",
        "与登记不合：此人在{month}以后还按在职人员登记",
    ),
    "second": (
        "缴费类型",
        "{kind}",
        "同一人同一月一行；要另行计入的用 yibao setting set supplement credited",
        "重复：{month}已有{other_kind}的一行，一月只计入一次",
    ),
    "base": (
        "缴费基数",
        "{base}",
        "大于零的缴费基数",
        "不能计算：在职人员没有缴费基数",
    ),
    "amount": (
        "{said_column}",
        "{said}",
        "{expected}（按缴费基数{base}计算，四舍五入到分）",
        "与按缴费基数{base}计算的{expected}不符",
    ),
    "personal": (
        "个人缴费",
        "{personal}",
        "不少于计入个人账户的{expected}",
        "少于计入个人账户的{expected}",
    ),
    "civil": (
        "公务员补助计入",
        "{civil}",
        "空：单建统筹没有个人账户",
        "无处可计：单建统筹没有个人账户",
    ),
}
