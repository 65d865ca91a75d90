"""A pipeline on a terminal."""

from collections.abc import Sequence

from rich.markup import escape
from rich.tree import Tree

from .shape import StageShape


def tree(name: str, stages: Sequence[StageShape]) -> Tree:
    """Return the stages as a tree: from top to bottom is one after another."""
    root = Tree(f"[bold]{escape(name)}[/]", guide_style="dim")
    _add(root, stages)
    return root


def _add(branch: Tree, stages: Sequence[StageShape]) -> None:
    for stage in stages:
        node = branch.add(f"{escape(stage.name)} [dim]{stage.kind}[/]")
        for way in stage.ways:
            _add(node.add(f"[cyan]{escape(way.label)}[/]"), way.stages)
