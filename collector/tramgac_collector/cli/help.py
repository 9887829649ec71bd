"""Groups and commands whose help and complaints are in the person's language, whole sentences, in our order."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Iterator
from typing import Any, Final

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from tramgac_collector.cli.help_words import Frame
from tramgac_collector.cli.misuse import explained, no_command, shown
from tramgac_collector.cli.pairs import say

_NARROW, _WIDE, _COLUMN = 40, 100, 30


class Command(TyperCommand):
    """A command; see the module."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        formatter.write(page(self, ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments. Raises Misuse."""
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            raise explained(error, ctx.command_path, usage(self, ctx)) from error


class Group(TyperGroup):
    """A group of commands; see the module."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - typer's signature
        """Give the commands in the order in which they were added."""
        return list(self.commands)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help page."""
        formatter.write(page(self, ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the arguments before the command; without any the help is shown. Raises Misuse."""
        if not args and self.no_args_is_help:
            return super().parse_args(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except TyperException as error:
            raise explained(error, ctx.command_path, usage(self, ctx)) from error

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command. Raises Misuse."""
        if args[0] not in self.commands:
            raise no_command(ctx.command_path, args[0], self.list_commands(ctx), usage(self, ctx))
        return super().resolve_command(ctx, args)


def usage(command: TyperCommand | TyperGroup, ctx: Any) -> str:
    """Give how a command is written: `tramgac alerts show [OPTIONS] ALERT`."""
    words = [ctx.command_path, say(Frame.OPTION_WORD)]
    words += [_written(param) for param in command.get_params(ctx) if param.param_type_name == "argument"]
    if isinstance(command, TyperGroup):
        words.append(say(Frame.COMMAND_WORD))
    return " ".join(words)


def page(command: TyperCommand | TyperGroup, ctx: Any) -> str:
    """Give a command's help page, as wide as the terminal within reason."""
    width = max(_NARROW, min(shutil.get_terminal_size().columns, _WIDE))
    lines = [f"{say(Frame.USAGE)} {usage(command, ctx)}", "", *textwrap.wrap(command.help or "", width)]
    params = [param for param in command.get_params(ctx) if not getattr(param, "hidden", False)]
    arguments = [(_written(param), _help(param)) for param in params if param.param_type_name == "argument"]
    options = [(_option(param), _help(param)) for param in params if param.param_type_name == "option"]
    sections = [(Frame.ARGUMENTS, arguments), (Frame.OPTIONS, options)]
    if isinstance(command, TyperGroup):
        names = command.list_commands(ctx)
        sections.append((Frame.COMMANDS, [(name, command.commands[name].help or "") for name in names]))
    for head, rows in sections:
        if rows:
            lines += ["", say(head), *_columns(rows, width)]
    return "\n".join(lines) + "\n"


def _columns(rows: list[tuple[str, str]], width: int) -> Iterator[str]:
    column = min(max(len(name) for name, _ in rows), _COLUMN)
    indent = " " * (column + 4)
    for name, text in rows:
        wrapped = textwrap.wrap(text, width - len(indent), break_on_hyphens=False)
        if len(name) > column:
            yield f"  {name}"
            yield from (indent + line for line in wrapped)
        else:
            first, *rest = wrapped or [""]
            yield f"  {name.ljust(column)}  {first}".rstrip()
            yield from (indent + line for line in rest)


def _written(param: Any) -> str:
    name = shown(param)
    if param.nargs == -1:
        name += "..."
    return name if param.required else f"[{name}]"


def _option(param: Any) -> str:
    names = ", ".join(map(str, param.opts))
    return names if param.is_flag or param.count else f"{names} {param.metavar or param.name.upper()}"


_OURS: Final = {
    "help": Frame.HELP,
    "install_completion": Frame.INSTALL_COMPLETION,
    "show_completion": Frame.SHOW_COMPLETION,
}


def _help(param: Any) -> str:
    text = say(_OURS[param.name]) if param.name in _OURS else str(param.help or "")
    more = []
    if param.required and param.param_type_name == "option":
        more.append(say(Frame.REQUIRED))
    if getattr(param, "min", None) is not None:
        more.append(say(Frame.LEAST if param.max is None else Frame.BOUNDS, least=param.min, most=param.max))
    default = param.default
    if isinstance(default, int | str) and not isinstance(default, bool) and default:
        more.append(say(Frame.DEFAULT, default=default))
    return f"{text} [{'; '.join(more)}]" if more else text
