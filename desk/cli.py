"""The command line `yibao`: words in, calls to the desk, words or JSON out.

The only place of the command line that reads the clock and the environment.
"""

from __future__ import annotations

import getpass
import io
import json
import os
import re
import shlex
import sys
from datetime import date, datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, Sequence

import click

from desk.chinese_click import in_chinese, speak_chinese
from desk.cli_text import check_arguments, shown, without_accounts
from ledger.errors import UsageError, YibaoError
from ledger.files import why
from ledger.periods import Month, Quarter, period

speak_chinese()
BEIJING = timezone(timedelta(hours=8))
LARGEST = 2**31 - 1  # of a column of whole numbers
WHOLE = re.compile(r"-?[0-9]{1,12}", re.ASCII)
MODULES = {
    "desk.cli_books": ["init", "book", "setting", "document"],
    "desk.cli_setup": ["sample", "db"],
    "desk.cli_import": ["import", "offset"],
    "desk.cli_vouchers": ["voucher"],
    "desk.cli_people": ["credit", "make-up"],
    "desk.cli_payout": ["payout"],
    "desk.cli_person": ["person"],
    "desk.cli_settlement": ["settlement"],
    "desk.cli_clear": ["clear", "confirm"],
    "desk.cli_match": ["match"],
    "desk.cli_people_reports": ["report"],
    "desk.cli_reports": ["usage", "balances", "check", "verify", "serve"],
    "desk.cli_due": ["due"],
    "desk.cli_plan": ["plan"],
    "desk.cli_notice": ["notice"],
    "desk.cli_suspend": ["suspend"],
    "desk.cli_warning": ["warning"],
    "desk.cli_bank": ["bank"],
}
# Commands that look into no printed book; before any other a `run` prints.
READS_NO_PRINT = {
    *("import", "offset", "setting", "document", "voucher", "credit", "make-up"),
    *("payout", "person", "settlement", "clear", "confirm", "match", "usage"),
    *("balances", "due", "plan", "notice", "suspend", "warning", "bank"),
}


class Session(NamedTuple):
    """What every command is called with.

    The lines of a `run` share a home in `opened`, with what its engine has compiled;
    its books are printed when the run ends or somebody wants to read them.
    """

    home_path: Path | None
    url: str | None
    opened: list | None = None  # of one home

    def home(self):
        """The home that --home or YIBAO_HOME names, with its prints made up."""
        from ledger.book_files import print_changed
        from ledger.database import open_home

        if self.opened:
            return self.opened[0]
        home = open_home(self.path(), self.url)
        self._keep(home)
        print_changed(home)
        home.prints_wait = self.opened is not None
        return home

    def print_waiting(self) -> None:
        """Print what the lines of a `run` have left to be printed."""
        from ledger.book_files import print_waiting

        for home in self.opened or ():
            print_waiting(home)

    def _keep(self, home) -> None:
        """A `run` keeps the home for its next lines, others close it at their end."""
        context = click.get_current_context(silent=True)
        if self.opened is not None:
            self.opened.append(home)
        elif context is not None:
            context.find_root().call_on_close(home.close)

    def path(self) -> Path:
        if self.home_path is None:
            raise UsageError("没有说明账套目录；用 --home 目录 或环境变量 YIBAO_HOME")
        try:
            self.home_path.is_dir()
        except OSError as error:
            raise UsageError(f"账套目录{self.home_path}：{why(error)}") from error
        return self.home_path


class Commands(click.Group):
    """Loads a command's module when it is called, so that each starts fast."""

    def list_commands(self, context):
        return [name for names in MODULES.values() for name in names] + ["run"]

    def get_command(self, context, name):
        if name == "run":
            return in_chinese(run)
        for module, names in MODULES.items():
            if name in names:
                return in_chinese(import_module(module).COMMANDS[name])
        return None


@click.group(
    cls=Commands,
    options_metavar="[选项]",
    subcommand_metavar="命令 [参数]…",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="医保基金账：预付金、清算，从表格到凭证、账簿、报表。",
)
@click.option("--home", type=click.Path(path_type=Path), help="账套目录（YIBAO_HOME）")
@click.pass_context
def cli(context, home):
    if context.obj is None or home is not None:
        path = home or os.environ.get("YIBAO_HOME")
        context.obj = Session(
            Path(path) if path else None, os.environ.get("YIBAO_DATABASE_URL") or None
        )


@click.command(help="逐行运行文件里的命令，遇到错误即停；“#”之后是注释。")
@click.argument("file", type=click.Path(path_type=Path), metavar="文件")
@click.option("--keep-going", is_flag=True, help="一行出错后仍运行下面各行")
@click.pass_context
def run(context, file, keep_going):
    try:
        lines = file.read_text("utf-8-sig").splitlines()
    except OSError as error:
        raise UsageError(f"读不到文件{file}：{why(error)}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"文件{file}不是 UTF-8 文字") from error
    worst = 0
    session = context.obj._replace(opened=[])
    context.call_on_close(lambda: [home.close() for home in session.opened])
    for number, line in enumerate(lines, 1):
        code = _run_line(line, session)
        if code:
            said = shown(without_accounts(line.strip()), line.split())
            click.echo(f"{file}第{number}行：{said}（退出码{code}）", err=True)
            worst = max(worst, code)
            if not keep_going:
                break
    session.print_waiting()
    context.exit(worst)


def _run_line(line: str, session: Session) -> int:
    try:
        words = shlex.split(line, comments=True)
    except ValueError:
        click.echo("引号没有成对", err=True)
        return 2
    if words[:1] == ["yibao"]:
        words = words[1:]
    if words[:1] == ["run"]:
        click.echo("run 的文件里不能再有 run", err=True)
        return 2
    if not words:
        return 0
    if words[0] not in READS_NO_PRINT:
        session.print_waiting()
    return call(words, session)


def call(words: list[str], session: Session | None = None) -> int:
    """Run one command and give its exit code; errors are told on stderr."""
    try:
        check_arguments(words)
        code = cli.main(words, prog_name="yibao", standalone_mode=False, obj=session)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as exit:
        return exit.exit_code
    except click.ClickException as error:
        said = io.StringIO()
        error.show(said)
        click.echo(shown(said.getvalue(), words), err=True, nl=False)
        return 2
    except click.Abort:
        click.echo("已中断，没有留下未完成的业务。", err=True)
        return 1
    except YibaoError as error:
        click.echo(shown(str(error), words), err=True)
        return error.exit_code
    except UnicodeEncodeError:  # what the shell handed over is no text
        click.echo("命令里有不能保存的字符；请用 UTF-8 文字", err=True)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def main() -> None:
    sys.exit(call(sys.argv[1:]))


def now() -> str:
    """The time in Beijing, to the second, as vouchers print it."""
    return datetime.now(BEIJING).isoformat(timespec="seconds")


def today() -> date:
    return datetime.now(BEIJING).date()


def actor(by: str | None):
    """Who acts: --by, YIBAO_BY, or the login."""
    from ledger.postings import BY_RULE, Actor

    name = (by or os.environ.get("YIBAO_BY") or getpass.getuser()).strip()
    if not name or name == BY_RULE or len(name) > 40 or not name.isprintable():
        raise UsageError(f"“{name}”不能作经办人姓名；用 --by 姓名")
    return Actor(name, now())


class Day(click.ParamType):
    """A day of a year that people mean, 2017-04-28."""

    name = "日期"

    def convert(self, value, param, context):
        if isinstance(value, date):
            return value
        try:
            day = date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}”不是日期，日期写作 2017-04-28", param, context)
        if not 2000 <= day.year < 2100:
            self.fail(f"“{value}”不对；应为2000年至2099年的一天", param, context)
        return day


class DayOfAct(Day):
    """The day on which something was done: today or before."""

    def convert(self, value, param, context):
        day = super().convert(value, param, context)
        if day > today():
            self.fail(f"{day}还没有到；应为{today()}或以前的一天", param, context)
        return day


class Whole(click.ParamType):
    """A whole number in a range, ends included; none that a column cannot hold."""

    name = "整数"

    def __init__(self, least: int = 1, most: int = LARGEST):
        self.least = least
        self.most = most

    def convert(self, value, param, context):
        text = str(value)
        number = int(text) if WHOLE.fullmatch(text) else None
        if number is None:
            self.fail(f"“{text}”不是整数", param, context)
        if not self.least <= number <= self.most:
            self.fail(f"“{text}”应在{self.least}至{self.most}之间", param, context)
        return number


class Period(click.ParamType):
    """A month 2017-06 or a quarter 2017Q2; `kind` narrows it to one of them."""

    name = "期间"

    def __init__(self, kind: type = tuple):
        self.kind = kind

    def convert(self, value, param, context):
        if isinstance(value, tuple):
            return value
        try:
            found = period(value)
        except YibaoError as error:
            self.fail(str(error), param, context)
        if not isinstance(found, self.kind):
            word = "季度，如 2017Q2" if self.kind is Quarter else "月，如 2017-06"
            self.fail(f"“{value}”应为{word}", param, context)
        if found.year >= 2100:
            self.fail(f"“{value}”不对；应在2000年至2099年", param, context)
        return found


DAY, ACT_DAY, PERIOD = Day(), DayOfAct(), Period()
QUARTER, MONTH = Period(Quarter), Period(Month)
by_option = click.option("--by", metavar="姓名", help="经办人（YIBAO_BY，默认登录名）")
dry_run_option = click.option("--dry-run", is_flag=True, help="只检查，不入账")
json_option = click.option("--json", "as_json", is_flag=True, help="输出一份 JSON")


def tell_json(document) -> None:
    click.echo(json.dumps(document, ensure_ascii=False, indent=1))


def tell_table(titles: list[str], rows: list, numbers: Sequence[str] = "") -> None:
    """Rows for people; `numbers` holds the 1-based columns that are amounts, "45"."""
    from tabulate import tabulate

    align = [
        "right" if str(index) in numbers else "left"
        for index in range(1, len(titles) + 1)
    ]
    click.echo(
        tabulate(rows, titles, "simple", colalign=align, disable_numparse=True)
        if rows
        else "（没有）"
    )
