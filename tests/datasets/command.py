"""`watershed datasets` as the tests call it."""

from typer.testing import CliRunner, Result

from cli.datasets.commands import datasets
from cli.errors import CommandError


def run(*arguments: str) -> Result:
    return CliRunner().invoke(datasets, list(arguments))


def refused(result: Result) -> CommandError:
    assert isinstance(result.exception, CommandError), result.output
    return result.exception
