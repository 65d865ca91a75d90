"""Reads a stack's config from the engine: the keys of the project's namespace, and the files that its lists name."""

import json
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime import config as runtime_config

from .errors import Problem

LISTS = ("datasets", "jobs", "pipelines")
"""The keys whose entries may stand in files of their own."""


@dataclass(frozen=True)
class StackConfig:
    """What a stack says: plain values by key, where each entry of its lists was read, and what could not be read."""

    values: dict[str, Any]
    origins: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_stack_config(namespace: str, folder: Path) -> StackConfig:
    """Read what stands under `namespace`, and the files that its lists name, relative to `folder`."""
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
    return with_files(StackConfig(values, problems=strays), namespace, folder)


def with_files(config: StackConfig, namespace: str, folder: Path) -> StackConfig:
    """Return the config with the entries of the files that its lists name."""
    values, origins, problems = dict(config.values), {}, list(config.problems)
    for key in LISTS:
        if isinstance(values.get(key), list):
            files = ListedFiles(folder, f"{namespace}:{key}")
            for position, entry in enumerate(values[key]):
                files.add(position, entry)
            values[key], origins[key] = files.found, files.origins
            problems += files.problems
    return StackConfig(values, origins, problems)


def _meant(given: str, namespace: str) -> bool:
    """Whether a key's namespace is a misspelling of the project's: the engine would pass over it in silence."""
    return given != namespace and bool(get_close_matches(given, [namespace], cutoff=0.8))


def _plain(value: Any) -> Any:
    """The engine passes objects and lists as JSON text, everything else as the text itself."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


class ListedFiles:
    """The entries of a list, some written in the stack config, some in files that it names by path or pattern.

    `{file: pipelines/daily.yaml, enabled: false}` is what the file says, with what the stack says instead.
    """

    def __init__(self, folder: Path, path: str) -> None:
        self._folder = folder
        self._path = path
        self.found: list[Any] = []
        self.origins: list[str] = []
        self.problems: list[Problem] = []

    def add(self, position: int, entry: Any) -> None:
        """Add one entry of the list: a value, or the file or files that hold some."""
        where = f"{self._path}[{position}]"
        instead = {}
        if isinstance(entry, dict) and isinstance(entry.get("file"), str):
            instead = {key: value for key, value in entry.items() if key != "file"}
            entry = entry["file"]
        if not isinstance(entry, str):
            self.found.append(entry)
            self.origins.append(where)
            return
        files = sorted(self._folder.glob(entry)) if "*" in entry else [self._folder / entry]
        if not files:
            self.problems.append(Problem(where, entry, f"a pattern that files match; none do in {self._folder}"))
        for file in files:
            self._read(file, where, instead)

    def _read(self, file: Path, where: str, instead: dict[str, Any]) -> None:
        name = str(file.relative_to(self._folder)) if file.is_relative_to(self._folder) else str(file)
        try:
            content = yaml.safe_load(file.read_text("utf-8"))
        except FileNotFoundError:
            self.problems.append(Problem(where, name, f"a file; there is none at {file}"))
        except yaml.YAMLError as error:
            self.problems.append(Problem(where, name, f"a YAML file; {' '.join(str(error).split())}"))
        else:
            several = isinstance(content, list)
            for number, entry in enumerate(content if several else [content]):
                self.found.append({**entry, **instead} if isinstance(entry, dict) else entry)
                self.origins.append(f"{name}[{number}]" if several else name)
