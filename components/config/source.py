"""Reads a stack's config from the engine: the keys of the project's namespace, and the data set files they name."""

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime import config as runtime_config

from .errors import Problem


@dataclass(frozen=True)
class StackConfig:
    """What a stack says: plain values by key, where each data set was read, and what could not be read."""

    values: dict[str, Any]
    origins: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_stack_config(namespace: str, folder: Path) -> StackConfig:
    """Read what stands under `namespace`, and the data set files it names, relative to `folder`."""
    everything = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    values = {
        key.removeprefix(f"{namespace}:"): _plain(value)
        for key, value in everything.items()
        if key.startswith(f"{namespace}:")
    }
    strays = [
        Problem(key, _plain(value), f"{namespace}:{key.split(':', 1)[1]}, under the project's own name")
        for key, value in everything.items()
        if _meant(key.split(":", 1)[0], namespace)
    ]
    if not isinstance(values.get("datasets"), list):
        return StackConfig(values, problems=strays)
    datasets = DatasetFiles(folder, f"{namespace}:datasets")
    for position, entry in enumerate(values["datasets"]):
        datasets.add(position, entry)
    return StackConfig({**values, "datasets": datasets.found}, datasets.origins, [*strays, *datasets.problems])


def _meant(given: str, namespace: str) -> bool:
    """Whether a key's namespace is a misspelling of the project's: the engine would pass over it in silence."""
    return given != namespace and bool(get_close_matches(given, [namespace], cutoff=0.8))


def _plain(value: Any) -> Any:
    """The engine passes objects and lists as JSON text, everything else as the text itself."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


class DatasetFiles:
    """Data sets, some written in the stack config, some in files that it names by path or pattern."""

    def __init__(self, folder: Path, path: str) -> None:
        self._folder = folder
        self._path = path
        self.found: list[Any] = []
        self.origins: list[str] = []
        self.problems: list[Problem] = []

    def add(self, position: int, entry: Any) -> None:
        """Add one entry of the list: a data set, or the file or files that hold some."""
        where = f"{self._path}[{position}]"
        if not isinstance(entry, str):
            self.found.append(entry)
            self.origins.append(where)
            return
        files = sorted(self._folder.glob(entry)) if "*" in entry else [self._folder / entry]
        if not files:
            self.problems.append(Problem(where, entry, f"a pattern that files match; none do in {self._folder}"))
        for file in files:
            self._read(file, where)

    def _read(self, file: Path, where: str) -> None:
        name = str(file.relative_to(self._folder)) if file.is_relative_to(self._folder) else str(file)
        try:
            content = yaml.safe_load(file.read_text("utf-8"))
        except FileNotFoundError:
            self.problems.append(Problem(where, name, f"a file; there is none at {file}"))
        except yaml.YAMLError as error:
            self.problems.append(Problem(where, name, f"a YAML file; {' '.join(str(error).split())}"))
        else:
            several = isinstance(content, list)
            for number, dataset in enumerate(content if several else [content]):
                self.found.append(dataset)
                self.origins.append(f"{name}[{number}]" if several else name)
