"""click's own words in Chinese: what users read is Chinese only.

click marks its messages for gettext; this gives it a catalogue without a
compiled file. A message that is not in it stays as click has it.
"""

import click
import click.core
import click.decorators
import click.exceptions
import click.formatting
import click.types

CATALOGUE = {
    "Usage:": "用法：",
    "Usage: ": "用法：",
    "Options": "选项",
    "Commands": "命令",
    "Show this message and exit.": "显示这段说明。",
    "Show the version and exit.": "显示版本。",
    "Error: {message}": "用法错误：{message}",
    "Try '{command} {option}' for help.": "“{command} {option}”有用法说明。",
    "No such command {name!r}.": "没有“{name}”这个命令。",
    "No such option: {name}": "没有“{name}”这个选项。",
    "No such option {name!r}.": "没有“{name}”这个选项。",
    "Did you mean {possibility}?": "是不是{possibility}？",
    "(Possible options: {possibilities})": "（可能是：{possibilities}）",
    "Missing argument": "缺少参数",
    "Missing option": "缺少选项",
    "Missing parameter": "缺少参数",
    "Missing {param_type}": "缺少{param_type}",
    "Missing command.": "缺少命令。",
    "Missing argument {param_hint}.": "缺少参数{param_hint}。",
    "Invalid value: {message}": "取值不对：{message}",
    "Invalid value for {param_hint}: {message}": "{param_hint}的取值不对：{message}",
    "Option {name!r} requires an argument.": "选项“{name}”后面要有值。",
    "Option {name!r} does not take a value.": "选项“{name}”后面没有值。",
    "Got unexpected extra argument ({args})": "多出参数（{args}）",
    "Got unexpected extra arguments ({args})": "多出参数（{args}）",
    "{value!r} is not one of {choices}.": "“{value}”不是{choices}之一。",
    "{value!r} is not {choice}.": "“{value}”不是{choice}。",
    "{value!r} is not a valid {number_type}.": "“{value}”不是{number_type}。",
    "{name} {filename!r} does not exist.": "{name}“{filename}”不存在。",
    "{name} {filename!r} is a directory.": "{name}“{filename}”是目录。",
    "{name} {filename!r} is a file.": "{name}“{filename}”是文件。",
    "{name} {filename!r} is not readable.": "{name}“{filename}”读不出来。",
    "{name} {filename!r} is not writable.": "{name}“{filename}”不能写。",
    "{name} {filename!r} is not executable.": "{name}“{filename}”不能运行。",
    "{value} is not in the range {range}.": "“{value}”应在范围{range}内。",
    "Option {name!r} requires {nargs} arguments.": "选项“{name}”后面要有{nargs}个值。",
    "Argument {name!r} takes {nargs} values.": "参数“{name}”要有{nargs}个值。",
    "Takes {nargs} values but 1 was given.": "要有{nargs}个值，只给了1个。",
    "Takes {nargs} values but {len} were given.": "要有{nargs}个值，给了{len}个。",
    "(Did you mean one of: {possibilities}?)": "（是不是其中之一：{possibilities}？）",
    "Missing parameter: {param_name}": "缺少参数：{param_name}",
    "Positional arguments": "参数",
    "file": "文件",
    "directory": "目录",
    "File": "文件",
    "Directory": "目录",
    "Path": "路径",
    "path": "路径",
    "default: {default}": "默认：{default}",
    "required": "必填",
    "(dynamic)": "（随情况而定）",
    "env var: {var}": "环境变量：{var}",
    "Aborted!": "已中断。",
    "Choose from:\n\t{choices}": "可选：{choices}",
}


def _chinese(message: str) -> str:
    return CATALOGUE.get(message, message)


def _chinese_plural(one: str, many: str, count: int) -> str:
    return _chinese(one if count == 1 else many)


def speak_chinese() -> None:
    """Give every module of click that has messages the Chinese catalogue."""
    for module in (
        click.core,
        click.decorators,
        click.exceptions,
        click.formatting,
        click.types,
    ):
        if hasattr(module, "_"):
            module._ = _chinese
        if hasattr(module, "ngettext"):
            module.ngettext = _chinese_plural
    for name in ("parser", "shell_completion"):
        module = getattr(click, name, None)
        if hasattr(module, "_"):
            module._ = _chinese


def in_chinese(command: click.Command) -> click.Command:
    """The command with Chinese placeholders in its usage line."""
    command.options_metavar = "[选项]"
    if isinstance(command, click.Group):
        command.subcommand_metavar = "命令 [参数]…"
        for below in command.commands.values():
            in_chinese(below)
    return command
