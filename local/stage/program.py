"""Run a project's `__main__.py` inside the Automation API, as `pulumi up` would run it."""

import contextlib
import importlib.util
import os
import runpy
import sys
import types
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from ..errors import StageError

REPOSITORY = Path(__file__).resolve().parents[2]


def project_program(project: Path) -> Callable[[], None]:
    """Return the inline program of a project folder."""
    main = project / "__main__.py"
    if not main.is_file():
        raise StageError(
            f"{project} has no __main__.py.", fix="The local stage runs Python projects: name another --project FOLDER."
        )

    def program() -> None:
        runpy.run_path(str(main), run_name="__main__")

    return program


@contextlib.contextmanager
def as_the_engine_runs_it(project: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Work in the project's folder with its modules importable and `variables` set, then put all back."""
    folder, path, environment = Path.cwd(), list(sys.path), dict(os.environ)
    alias_installed_name()
    sys.path.insert(0, str(project))
    os.environ.update(variables)
    os.chdir(project)
    try:
        yield
    finally:
        os.chdir(folder)
        sys.path[:] = path
        os.environ.clear()
        os.environ.update(environment)


def alias_installed_name() -> None:
    """Let `from watershed.components import …` work from the checkout, where the library is not installed."""
    if "watershed" not in sys.modules and importlib.util.find_spec("watershed") is None:
        package = types.ModuleType("watershed", "The checkout under the name it has once installed.")
        package.__path__ = [str(REPOSITORY)]
        sys.modules["watershed"] = package
