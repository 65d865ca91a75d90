"""Reads a stack's config from the engine: the keys of the project's namespace, and the data set files they name."""

import json
from pathlib import Path
from typing import Any

import yaml
from pulumi.runtime import config as runtime_config

from .config_errors import Problem


def read_stack_config(namespace: str, folder: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Return the plain values under `namespace`, with data set files read in, and what could not be read."""
    values = {**runtime_config.get_config_env(), **runtime_config.CONFIG.get()}
    given = {
        key.removeprefix(f"{namespace}:"): _plain(value)
        for key, value in values.items()
        if key.startswith(f"{namespace}:")
    }
    problems: list[Problem] = []
    if isinstance(given.get("datasets"), list):
        given["datasets"] = _read_files(given["datasets"], folder, f"{namespace}:datasets", problems)
    return given, problems


def _plain(value: Any) -> Any:
    """The engine passes objects and lists as JSON text, everything else as the text itself."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value


def _read_files(entries: list[Any], folder: Path, path: str, problems: list[Problem]) -> list[Any]:
    datasets: list[Any] = []
    for position, entry in enumerate(entries):
        if not isinstance(entry, str):
            datasets.append(entry)
            continue
        try:
            content = yaml.safe_load((folder / entry).read_text("utf-8"))
        except FileNotFoundError:
            problems.append(Problem(f"{path}[{position}]", entry, f"a file; there is none at {folder / entry}"))
        except yaml.YAMLError as error:
            problems.append(Problem(f"{path}[{position}]", entry, f"a YAML file; {' '.join(str(error).split())}"))
        else:
            datasets.extend(content if isinstance(content, list) else [content])
    return datasets
