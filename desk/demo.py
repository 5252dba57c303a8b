"""`make demo`: the main job on sample forms, by the commands a user would type."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from desk.cli import call

DAY = ("--on", "2017-10-24")
PLAN = ("--region", "520000")
MAKE = ("notice", "make", "advance-notice")
ISSUE = ("notice", "issue", "--kind", "advance-notice", "--period", "2017Q4")


def main(folder: Path) -> int:
    """A province's two quarters: forms, import, usage and warnings, checks."""
    home, forms = folder / "home", folder / "forms"
    steps = [
        ("一、建账：贵州省199个账套", ["init", str(home), "--province", "520000"]),
        ("二、示例表格：两个季度", ["sample", str(forms), "--quarters", "2"]),
    ]
    for words, command in steps:
        if code := _step(words, command):
            return code
    files = sorted(str(path) for path in forms.iterdir())
    at_home = ["--home", str(home)]
    return (
        _step("三、导入：凭证随表而生", [*at_home, "import", *files])
        or _step(
            "四、使用率与预警（2017年三季度，清算确认后）",
            [
                *at_home,
                "usage",
                "--quarter",
                "2017Q3",
                "--on",
                "2017-10-31",
                "--warned",
            ],
        )
        or _step("五、测算下期预付金", [*at_home, "plan", "2017Q4", *PLAN, *DAY])
        or _step("六、收款通知书：生成", [*at_home, *MAKE, "2017Q4", *DAY])
        or _step("七、收款通知书：下达", [*at_home, *ISSUE, *DAY])
        or _step(
            "八、核对：账账、账表、账证", [*at_home, "check", "--on", "2017-10-31"]
        )
        or _step("九、只凭打印的账簿核验", ["verify", str(home / "books")])
        or _step("十、网页", None, home=home)
    )


def _step(words: str, command: list[str] | None, home: Path | None = None) -> int:
    click.secho(f"\n{words}", bold=True)
    if command is None:
        click.echo(f"  yibao --home {home} serve    （或 make serve）")
        click.echo("  然后在浏览器打开 http://127.0.0.1:5000/")
        return 0
    shown = [word for word in command if not word.endswith((".xlsx", ".csv"))]
    files = len(command) - len(shown)
    click.echo(f"$ yibao {' '.join(shown)}{f' …（{files}个文件）' if files else ''}")
    return call(command)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1] if len(sys.argv) > 1 else "demo")))
