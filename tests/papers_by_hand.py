"""Papers by hand: a notice of each kind as part of a test, without a home."""

from datetime import date
from decimal import Decimal

from reports.advances.notice_paper import NoticePaper, Opinion, Payee, Step
from reports.words import amount_in_words
from reports.xlsx import Column

OFFICE = "贵州省异地就医结算中心"
PAYEE = Payee(
    "贵州省财政厅", "2402002129014452854-000000008", "中国工商银行贵州省新支行"
)
CITE = "黔人社厅通〔2017〕204号 附件一 一（一）"


def yuan(text: str) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def columns(text: str) -> tuple[Column, ...]:
    """Columns of 标题:kind:width words; a column without a kind is of text."""
    made = []
    for word in text.split():
        title, _, rest = word.partition(":")
        kind, _, width = rest.partition(":")
        made.append(Column(title, kind or "text", int(width or 12)))
    return tuple(made)


def summed(shape: tuple[Column, ...], rows, label: str = "合计") -> list:
    """The row 合计: sums below money, the word in the first column."""
    total = [
        (
            sum((row[at] or Decimal(0) for row in rows), Decimal("0.00"))
            if column.kind == "money"
            else ""
        )
        for at, column in enumerate(shape)
    ]
    return [label, *total[1:]]


def paper(**changes) -> NoticePaper:
    """An 预付金收款通知书 to 贵阳市; what is named is otherwise."""
    number, period = "黔异预〔2018〕1号", "2018Q1"
    shape = changes.pop("columns", F8)
    rows = changes.pop("rows", None)
    if rows is None:
        rows = [
            notice_row(number, period, "520100", "贵阳市", scope, fund, amount)
            for scope, fund, amount in (
                ("跨省", "310", "12345600.00"),
                ("跨省", "390", "4500000.00"),
                ("省内", "310", "2300500.00"),
                ("省内", "390", "980000.07"),
            )
        ]
    money = [at for at, column in enumerate(shape) if column.kind == "money"]
    amount = sum((row[money[-1]] for row in rows), Decimal("0.00"))
    plain = NoticePaper(
        kind="advance-notice",
        title="预付金收款通知书",
        number=number,
        office=OFFICE,
        addressee="贵阳市医疗保障经办机构",
        period="2018年一季度",
        made_on=date(2018, 1, 15),
        due_day=date(2018, 1, 30),
        text="现将核定你方的本期异地就医预付金通知如下。请确认后提交同级财政部门，"
        "由财政专户按期上解至下列账户。",
        payee=PAYEE,
        columns=shape,
        rows=rows,
        total=summed(shape, rows),
        amount=amount,
        words=amount_in_words(amount),
        notes=(),
        cite=CITE,
        state="已下达",
        steps=(
            Step("已生成", "省级经办机构", "li", date(2018, 1, 12), "", ""),
            Step("已下达", "省级经办机构", "wang", date(2018, 1, 15), "", ""),
        ),
        next_step="下一步：市（州）经办机构确认，截止2018-01-19",
        opinions=(
            Opinion("市（州）经办机构确认意见"),
            Opinion("市（州）财政部门审核意见"),
        ),
    )
    return plain._replace(**changes)


F8 = columns(
    "通知书编号:text:22 期间 单位代码:text:10 单位:text:14 用途:text:8 险种:text:8"
    " 金额:money:18 期限:day 收款户名:text:16 收款账号:text:32 开户行:text:26 备注"
)
F3 = columns(
    "季度 版次:number:6 类型 统筹区代码 统筹区:text:20 险种:text:8"
    " 跨省核定额:money:18 省内核定额:money:18 合计:money:18 备注"
)
F4 = columns(
    "年度 省份代码 省份 方向:text:8 原额度:money:18 调整后额度:money:18"
    " 调整额:money:18 期限"
)
F5 = columns(
    "季度 就医地代码 就医地 机构代码 机构名称:text:26 险种:text:8"
    " 省内参保:money:16 外省参保:money:16 合计:money:16"
)
F2 = columns(
    "清算单号 清算性质 清算期 范围 参保地代码 参保地 就医地代码 就医地 险种 医疗类别"
    " 人次:number:8 医疗总费用:money:16 统筹支付:money:16 大病支付:money:16"
    " 公务员补助:money:16 个人账户支付:money:16 其他基金:money:16"
    " 基金支付:money:16 确认日期:day 备注"
)


def notice_row(number, period, region, name, scope, fund, amount) -> list:
    """A line of F8."""
    due = date(2018, 1, 30)
    facts = [number, period, region, name, scope, fund, yuan(amount), due]
    return [*facts, *PAYEE, ""]
