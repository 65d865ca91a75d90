"""A project's settings, read from Pulumi.yaml and Pulumi.<stack>.yaml and never written back.

The engine writes into the stack file (`encryptionsalt`, for one), so it is given copies.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from .. import aws
from ..errors import USAGE, StageError

# What names the keys of the stack's own state: state and secrets are of this checkout here.
_STATE_KEYS = ("encryptionsalt", "encryptedkey", "secretsprovider")
# The engine passes the config in one environment variable, of which Linux takes 128 KiB (execve(2), MAX_ARG_STRLEN).
_MAX_CONFIG = 120_000
SECRET_STAND_IN = "stands-in-for-a-secret"  # noqa: S105 - the value that previews see


@dataclass(frozen=True)
class StackSettings:
    """One stack of one project."""

    project: str
    stack: str
    region: str
    account: str
    project_document: dict[str, Any]
    stack_document: dict[str, Any]
    hidden_secrets: tuple[str, ...]

    def write_copies(self, folder: Path) -> None:
        """Write what the engine may change into `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(self.project_document, sort_keys=False))
        (folder / f"Pulumi.{self.stack}.yaml").write_text(yaml.safe_dump(self.stack_document, sort_keys=False))


def read_settings(project: Path, stack: str) -> StackSettings:
    """Read a stack's settings; secrets that only the stack's own key opens become stand-ins."""
    project_document = _read(project / "Pulumi.yaml")
    stack_file = project / f"Pulumi.{stack}.yaml"
    if not stack_file.is_file():
        known = sorted(
            file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in project.glob("Pulumi.*.yaml")
        )
        raise StageError(
            f"There is no stack `{stack}`: {stack_file} does not exist.",
            fix=f"The stacks of {project} are: {', '.join(known) or 'none'}.",
            exit_code=USAGE,
        )
    stack_document = {key: value for key, value in _read(stack_file).items() if key not in _STATE_KEYS}
    config = stack_document.get("config") or {}
    hidden: list[str] = []
    stack_document["config"] = {key: _without_secrets(value, key, hidden) for key, value in config.items()}
    _check_size(stack_document["config"], stack_file)
    name = project_document.get("name")
    if not isinstance(name, str):
        raise StageError(f"{project / 'Pulumi.yaml'} has no `name`.", fix="Add one: name: my-project")
    return StackSettings(
        project=name,
        stack=stack,
        region=str(config.get("aws:region") or "us-east-1"),
        account=_account(config.get("aws:allowedAccountIds")),
        project_document={
            **{key: value for key, value in project_document.items() if key not in ("main", "backend")},
            "runtime": "python",
        },
        stack_document=stack_document,
        hidden_secrets=tuple(hidden),
    )


def _check_size(config: dict[str, Any], stack_file: Path) -> None:
    size = len(json.dumps(config))
    if size > _MAX_CONFIG:
        raise StageError(
            f"The config of {stack_file.name} has {size:,} characters; the engine cannot give a policy pack more than "
            f"{_MAX_CONFIG:,}.",
            fix="Put data sets into files of their own and name those: watershed:datasets: [datasets/*.yaml]",
            exit_code=USAGE,
        )


def _read(file: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(file.read_text())
    except yaml.YAMLError as error:
        raise StageError(f"{file} is no YAML: {error}", fix="Correct the line it names.") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise StageError(f"{file} must hold a mapping, and holds a {type(document).__name__}.", fix="See docs/.")
    return document


def _account(allowed: object) -> str:
    """Return the account that the stack is pinned to: it is the emulated one, too."""
    return str(allowed[0]) if isinstance(allowed, list) and allowed else aws.ACCOUNT


def _without_secrets(value: Any, path: str, hidden: list[str]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            hidden.append(path)
            return SECRET_STAND_IN
        return {key: _without_secrets(inner, f"{path}.{key}", hidden) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_secrets(inner, f"{path}[{index}]", hidden) for index, inner in enumerate(value)]
    return value
