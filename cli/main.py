"""The `watershed` command.

Exit codes: 0 done; 1 failed; 2 wrong usage; 3 a policy was violated; 130 interrupted.
"""

import os
import sys
import traceback
from typing import Annotated, NoReturn

import typer

from .errors import FAILED, INTERRUPTED, print_error, print_interrupted
from .lazy import LazyCommand, LazyGroup


class Commands(LazyGroup):
    """The commands of `watershed`."""

    commands_by_name = {
        "build": LazyCommand(".build", "build", "Build what is deployed: handler archives and dependency layers."),
        "datasets": LazyCommand(
            ".datasets.commands", "datasets", "Data sets over the API: list, show, upload, download, query."
        ),
        "deployer-policy": LazyCommand(
            ".deployer.command", "deployer", "Print what the role needs that deploys a stack, and its boundary."
        ),
        "images": LazyCommand(
            ".images.commands", "image_commands", "The images that a stack's containers run: list, build and push."
        ),
        "least-privilege": LazyCommand(
            ".privileges", "least_privilege", "Compare what each role uses with what it is granted, in the local stage."
        ),
        "local": LazyCommand(".local", "local", "The local stage: the stack on an emulated AWS on this machine."),
        "pipelines": LazyCommand(
            ".runs.pipeline_commands", "pipelines", "The pipelines of a stack: list them, draw one."
        ),
        "policies": LazyCommand(".policies", "policies", "The policies: list and explain rules, check a stack."),
        "runs": LazyCommand(".runs.commands", "runs", "Runs of pipelines: start, list, show, redrive, backfill."),
    }


root = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True, rich_markup_mode="rich")


def _print_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import PackageNotFoundError, version

        try:
            typer.echo(f"watershed {version('watershed-data')}")
        except PackageNotFoundError:
            typer.echo("watershed (from a checkout)")
        raise typer.Exit


@root.callback(epilog="Exit codes: 0 done, 1 failed, 2 wrong usage, 3 a policy was violated, 130 interrupted.")
def _options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Watershed: a data platform for AWS, secure by default."""


def app() -> None:
    """Run the command line; errors are printed for people unless `--debug` asks for the traceback."""
    arguments = sys.argv[1:]
    command = typer.main.get_command(root)
    try:
        command(arguments, prog_name="watershed", standalone_mode=True)
    except KeyboardInterrupt:
        _leave(print_interrupted(during_up="up" in arguments))
    except SystemExit as ended:
        if ended.code == INTERRUPTED:
            # Typer ends so after Ctrl-C, without a word.
            _leave(print_interrupted(during_up="up" in arguments))
        if ended.code:
            _leave(ended.code if isinstance(ended.code, int) else FAILED)
        raise
    except Exception as error:
        if "--debug" in arguments:
            traceback.print_exc()
        _leave(print_error(error, as_json="--json" in arguments))


def _leave(code: int) -> NoReturn:
    """End at once: the interpreter would first wait for the threads of a program that was stopped half-way."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    app()
