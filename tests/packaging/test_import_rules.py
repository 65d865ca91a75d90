"""Siblings stay apart: one is `components` in the checkout and `watershed.components` once installed."""

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from .installation import REPOSITORY, SIBLINGS, files_known_to_git

RUN_BY_PATH = {"policies/__main__.py"}
"""The engine runs it as a script, where a relative import fails; it finds `watershed_policies` beside itself."""
MODULES = [path for path in files_known_to_git(*SIBLINGS) if path.endswith(".py")]


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_its_own_package_relatively_and_no_sibling(module: str) -> None:
    assert list(_wrong_imports(module)) == []


def _wrong_imports(module: str) -> Iterator[str]:
    forbidden = {*SIBLINGS, "watershed", *(() if module in RUN_BY_PATH else ("watershed_policies",))}
    folders = len(Path(module).parent.parts) - module.startswith("policies/watershed_policies/")
    for node in ast.walk(ast.parse((REPOSITORY / module).read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level > folders:
            yield f"{'.' * node.level}{node.module or ''} leaves {Path(module).parts[0]}"
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names = [node.module or ""]
        yield from (name for name in names if name.partition(".")[0] in forbidden)


def test_nothing_that_builds_artefacts_imports_pulumi() -> None:
    assert [name for name in _modules_after("cli.build") if name.partition(".")[0].startswith("pulumi")] == []


@pytest.mark.parametrize("service", ["apigateway", "cloudfront", "cognito", "wafv2"])
def test_importing_the_components_loads_no_service_that_only_an_api_has(service: str) -> None:
    # A package that waits for its first use is listed too, but nothing of what is in it. An annotation is such a use.
    loaded = [name for name in _modules_after("components") if name.startswith(f"pulumi_aws.{service}.")]
    assert loaded == [], f"quote the annotations of components/ that name aws.{service}"


@functools.cache
def _modules_after(imported: str) -> list[str]:
    """Return which modules a process has loaded that imports this one."""
    program = f"import sys, {imported}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return done.stdout.split()
