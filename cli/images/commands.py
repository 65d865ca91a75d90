"""`watershed images`: the images that a stack's containers run."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..local import HERE, AsJson, Project
from ..runs.commands import Stack
from ..runs.target import Target, find_target
from ..siblings import sibling
from .push import build_and_push, default_artifacts, docker, sign_in
from .repositories import ContainerImage, images

image_commands = typer.Typer(no_args_is_help=True, help="The images that a stack's containers run.")


@image_commands.command("list", epilog="Example: watershed images list --stack dev")
def list_images(stack: Stack = None, project: Project = HERE, as_json: AsJson = False) -> None:
    """List the containers that were built, and whether the stack's repositories have their images."""
    _show(_find(stack, project)[1], as_json=as_json)


@image_commands.command("push", epilog="Example: watershed images push --stack dev")
def push(
    stack: Stack = None,
    project: Project = HERE,
    platform: Annotated[str, typer.Option("--platform", help="As `docker build` takes it.")] = "linux/arm64",
    as_json: AsJson = False,
) -> None:
    """Build and push every image that its repository lacks; what is there is left alone.

    An image is tagged by what it is built of, so that a task definition never runs another. Before the first deploy
    there are no repositories: deploy, then push.
    """
    target, found = _find(stack, project)
    lacking = [image for image in found if image.url and not image.there]
    if lacking:
        program = docker()
        sign_in(target.clients("ecr"), program)
        for image in lacking:
            typer.echo(f"building {image.container} for {platform}", err=True)
            build_and_push(image, program, platform)
        found = _find(stack, project)[1]
    _show(found, as_json=as_json)


def _find(stack: str | None, project: Path) -> tuple[Target, list[ContainerImage]]:
    target = find_target(project, stack)
    return target, images(target, default_artifacts(sibling("local.workspace").find_project(project)))


def _show(found: list[ContainerImage], *, as_json: bool) -> None:
    if as_json:
        document = [{**asdict(each), "archive": str(each.archive), "address": each.address} for each in found]
        print(json.dumps(document, indent=2))  # noqa: T201 - the result
        return
    from rich.console import Console
    from rich.table import Table

    table = Table()
    for name in ("container", "tag", "repository", "image"):
        table.add_column(name, overflow="fold")
    for each in found:
        there = "[green]pushed[/]" if each.there else "[yellow]lacking[/]" if each.url else "[dim]no repository yet[/]"
        table.add_row(each.container, each.tag, each.repository, there)
    Console().print(table)
