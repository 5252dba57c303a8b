"""The command settlement: how one bill was split, or a premium paid."""

from __future__ import annotations

import click

from desk.cli import actor, by_option, json_option, tell_json, tell_table
from ledger.money import grouped

PRINTED = {"pooled": "统筹支付", "own": "个账支付", "shared": "共济支付"}
PARTS = ("total", "in_policy", "deductible", "pooled", "own", "other", "cash")


@click.command(
    "settlement", help="一笔门诊结算怎样分担，或一笔代缴保费由谁付；只按流水号查询。"
)
@click.argument("serial", metavar="流水号")
@click.option("--premium", "of_premium", is_flag=True, help="按缴费流水号查代缴保费")
@click.option("--masked", is_flag=True, help="遮蔽个人编号（查询不留记录）")
@by_option
@json_option
@click.pass_obj
def settlement(session, serial, of_premium, masked, by, as_json):
    from desk.settlements.look_up import also, look_up
    from reports.settlements.settlement import Bill

    found = look_up(session.home(), actor(by), serial, masked, of_premium)
    of_bill = isinstance(found, Bill)
    if as_json:
        tell_json(bill_json(found) if of_bill else premium_json(found))
    else:
        (_tell_bill if of_bill else _tell_premium)(found)
        if also(session.home(), found):
            _tell_other(of_bill, serial)


def bill_json(bill) -> dict:
    """The shape of `settlement --json`."""
    return {
        "settlement": bill.serial,
        "person_id": bill.person_id,
        **_parts_json(bill.parts),
        "cleared_in": bill.cleared_in or None,
        "paid_in": bill.paid_in or None,
        "act": bill.act,
        "at": bill.at,
        "original": bill.original or None,
        "status": "draft" if bill.draft else "posted",
        "region": bill.region,
        "fund": bill.fund,
        "person_status": bill.status,
        "channel": bill.channel,
        "place": bill.place,
        "institution": bill.institution,
        "institution_name": bill.institution_name,
        "category": bill.category,
        "deducted_before": f"{bill.deducted_before:.2f}",
        "paid_before": f"{bill.paid_before:.2f}",
        "late": bill.late,
        "taken": bill.taken,
        "differences": {
            part: {"list": said, "ours": ours}
            for part, (said, ours) in bill.differences.items()
        },
        "note": bill.note,
        "refunds": list(bill.refunds),
        "given_back": _parts_json(bill.given_back),
    }


def premium_json(premium) -> dict:
    """The same for a premium: total = own + shared."""
    return {
        "settlement": premium.serial,
        "person_id": premium.person_id,
        "total": f"{premium.amount:.2f}",
        "own": f"{premium.own:.2f}",
        "shared": [_account_json(account) for account in premium.shared],
        "cleared_in": premium.cleared_in or None,
        "paid_on_in": premium.paid_on_in or None,
        "act": "代缴保费",
        "at": premium.at,
        "status": "draft" if premium.draft else "posted",
        "region": premium.region,
        "category": premium.kind,
        "year": premium.year,
    }


def _parts_json(parts) -> dict:
    told = {name: f"{getattr(parts, name):.2f}" for name in PARTS}
    shared = [_account_json(account) for account in parts.shared]
    first = ("total", "in_policy", "deductible", "pooled", "own")
    return {
        **{name: told[name] for name in first},
        "shared": shared,
        "other": told["other"],
        "cash": told["cash"],
    }


def _account_json(account) -> dict:
    return {
        "person_id": account.person_id,
        "region": account.region,
        "relation": account.relation,
        "amount": f"{account.amount:.2f}",
    }


def _tell_bill(bill) -> None:
    from reports.settlements.settlement import place_words

    state = "（待审核，还没有入账）" if bill.draft else ""
    of = f"　原结算流水号{bill.original}" if bill.original else ""
    click.echo(f"结算流水号{bill.serial}　{bill.act}　{bill.at}{of}{state}")
    told = (bill.person_id, place_words(bill.region), bill.status)
    click.echo("　".join(word for word in told if word))
    where = bill.institution_name or "机构"
    told = (f"{where}（{bill.institution}）", place_words(bill.place), bill.category)
    click.echo("　".join((*told, bill.channel)))
    parts = bill.parts
    click.echo(
        f"医疗总费用{grouped(parts.total)}元，政策范围内{grouped(parts.in_policy)}元，"
        f"起付线内{grouped(parts.deductible)}元"
    )
    _tell_payments(bill.payments, parts.total)
    if bill.crosses:
        period = f"{bill.cleared_in}已清算" if bill.cleared_in else "还没有清算"
        click.echo(f"统筹区之间{period}。")
    if bill.paid_in:
        click.echo(f"与机构{bill.paid_in}已清算。")
    if bill.refunds:
        _tell_given_back(bill)
    if bill.late:
        click.echo("这一笔晚于家庭成员之后的结算补录，按到达顺序处理。")
    if bill.taken:
        click.echo("各方支付取自结算清单。")
    for part, (said, ours) in bill.differences.items():
        click.echo(f"与清单不同：{PRINTED[part]}清单{said}元，重算{ours}元")
    if bill.note:
        click.echo(f"备注：{bill.note}")


def _tell_given_back(bill) -> None:
    from reports.settlements.settlement import place_words

    back = bill.given_back
    told = [
        ("统筹基金", back.pooled),
        ("其他基金", back.other),
        ("个人账户", back.own),
        *(
            (f"家庭共济{a.person_id}（{place_words(a.region)}）", a.amount)
            for a in back.shared
        ),
        ("现金", back.cash),
    ]
    words = "、".join(f"{name}{grouped(amount)}" for name, amount in told if amount)
    click.echo(
        f"已退回{grouped(back.total)}元（{'、'.join(bill.refunds)}）"
        + (f"：{words}" if words else "")
    )


def _tell_premium(premium) -> None:
    from reports.settlements.settlement import place_words

    state = "（待审核，还没有入账）" if premium.draft else ""
    click.echo(f"缴费流水号{premium.serial}　代缴保费　{premium.at}{state}")
    told = (premium.person_id, place_words(premium.region))
    click.echo("　".join((*told, f"{premium.year}年度{premium.kind}")))
    _tell_payments(premium.payments, premium.amount)
    if premium.crosses:
        period = premium.cleared_in
        click.echo(f"统筹区之间{f'{period}已清算' if period else '还没有清算'}。")
    if premium.paid_on_in:
        click.echo(f"{premium.paid_on_in}已转交。")


def _tell_other(of_bill: bool, serial: str) -> None:
    """That the other list used the same serial, and how to ask for that line."""
    if of_bill:
        how = f"代缴保费，查看请用 yibao settlement {serial} --premium"
        click.echo(f"流水号{serial}还有一笔{how}。")
    else:
        click.echo(f"流水号{serial}还有一笔结算，查看请去掉 --premium。")


def _tell_payments(payments, total) -> None:
    from reports.settlements.settlement import place_words

    rows = [
        (
            number,
            row.words,
            row.person_id,
            place_words(row.region),
            row.relation,
            grouped(row.amount),
        )
        for number, row in enumerate(payments, 1)
    ]
    rows.append(("", "合计", "", "", "", grouped(total)))
    tell_table(["顺序", "支付方", "个人编号", "统筹区", "关系", "金额"], rows, "6")


COMMANDS = {"settlement": settlement}
