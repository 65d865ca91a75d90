"""A command group that imports a command's module only to run it: `--help` stays quick."""

import importlib
from dataclasses import dataclass
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup


@dataclass(frozen=True)
class LazyCommand:
    """A command by where it lies: `attribute` of `module` is a function, or a Typer application with commands."""

    module: str
    attribute: str
    help: str


class LazyGroup(TyperGroup):
    """Lists its commands from `commands_by_name`, and loads the one that is called."""

    commands_by_name: dict[str, LazyCommand] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names in the order of the table."""
        return list(self.commands_by_name)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a stand-in with the help line; `resolve_command` returns the real one."""
        lazy = self.commands_by_name.get(cmd_name)
        return None if lazy is None else TyperCommand(cmd_name, help=lazy.help)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Load the command that is called."""
        name, found, rest = super().resolve_command(ctx, args)
        lazy = self.commands_by_name.get(name or "")
        return (name, load(name, lazy), rest) if lazy and name else (name, found, rest)


def load(name: str, lazy: LazyCommand) -> Any:
    """Import a command."""
    target = getattr(importlib.import_module(lazy.module, __package__), lazy.attribute)
    if isinstance(target, typer.Typer):
        group = typer.main.get_group(target)
        group.name = name
        return group
    application = typer.Typer(add_completion=False)
    application.command(name)(target)
    return typer.main.get_command(application)
