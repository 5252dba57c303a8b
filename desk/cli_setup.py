"""Commands beside the books: sample forms, the database."""

from __future__ import annotations

from pathlib import Path

import click

from desk.cli import (
    LARGEST,
    QUARTER,
    Whole,
    json_option,
    tell_json,
    tell_table,
)


@click.command(
    "sample",
    help="生成示例表格：一省几个季度的预付金与清算；--city 则是一市的个人账户，"
    "--sharing 则是一省的门诊结算、家庭共济和清算；--year 则是一省全年的异地就医业务。",
)
@click.argument("folder", type=click.Path(path_type=Path), metavar="目录")
@click.option("--province", default="520000", metavar="代码", help="省级代码")
@click.option("--seed", default=1, type=Whole(-LARGEST), metavar="数", help="随机种子")
@click.option("--from", "first", type=QUARTER, default="2017Q2", help="第一个季度")
@click.option(
    "--quarters", default=2, type=Whole(1, 120), metavar="数", help="几个季度"
)
@click.option("--kind", type=click.Choice(["xlsx", "csv", "gb18030"]), default="xlsx")
@click.option("--city", metavar="代码", help="市级代码，如 511300：个人账户的各表")
@click.option(
    "--sharing", metavar="代码", help="省级代码，如 340000：门诊与家庭共济的各表"
)
@click.option(
    "--year", type=Whole(2000, 2099), metavar="年", help="2018：贵州省全年的各表和命令"
)
@click.option("--people", default=600, type=Whole(), metavar="数", help="参保人数")
@click.option("--months", metavar="起:止", help="如 2023-01:2023-12")
@click.option("--bad", is_flag=True, help="各表掺入不能收录的行")
def sample(folder, province, seed, first, quarters, kind, **of_people):
    from desk.sample import write_samples

    year = of_people.pop("year")
    if year or of_people["city"] or of_people["sharing"]:
        written = _run(folder, province, seed, year, **of_people)
        count = len(written.forms)
        click.echo(f"已在{folder}写入{count}个文件；逐行运行：yibao run {written.run}")
        return
    paths = write_samples(folder, province, seed, first, quarters, kind)
    click.echo(f"已在{folder}写入{len(paths)}个文件。")


def _run(folder, province, seed, year, city, sharing, people, months, bad):
    from desk.sample import write_city, write_province_year, write_sharing
    from ledger.errors import UsageError

    if len([one for one in (year, city, sharing) if one]) > 1:
        raise UsageError("--year、--city 和 --sharing 只能给一个")
    if year:
        return write_province_year(folder, province, year, seed)
    write = write_city if city else write_sharing
    return write(folder, city or sharing, people, months, seed, bad)


@click.group(help="数据库。")
def db():
    pass


@db.command("upgrade", help="把数据库的结构升到本程序的版本。")
@click.pass_obj
def db_upgrade(session):
    from ledger.database import SCHEMA_VERSION, Home, upgrade

    upgrade(Home(session.path(), session.url))
    click.echo(f"数据库的结构版本是{SCHEMA_VERSION}。")


@db.command("distribute", help="把参保人的各表分布到 Citus 集群的节点上。")
@click.option("--dry-run", is_flag=True, help="只列出，不分布")
@json_option
@click.pass_obj
def db_distribute(session, dry_run, as_json):
    from ledger.people import distribution

    placed = distribution.distribute(session.home(), dry_run)
    new = [table for table in placed if table.done]
    if as_json:
        status = "checked" if dry_run else "distributed" if new else "already-done"
        told = [
            {**table._asdict(), "statement": distribution.statement(table)}
            for table in placed
        ]
        tell_json({"status": status, "tables": told})
        return
    tell_table(
        ["表", "方式", "分布列", "同置于", "本次"],
        [
            (
                table.table,
                "分布" if table.column else "各节点全份",
                table.column,
                table.beside,
                "是" if table.done else "以前已做",
            )
            for table in placed
        ],
    )
    word = "检查通过，没有分布；将分布" if dry_run else "已分布"
    click.echo(f"{word}{len(new)}张表。")


COMMANDS = {"sample": sample, "db": db}
