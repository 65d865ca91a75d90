"""Spells recorded resources as the pulumi-aws Python that a person would write."""

from __future__ import annotations

import json
import keyword
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pulumi.runtime import rpc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.policy.harness import Recorded

# Objects whose keys are the user's own.
FREE = ("tags", "variables", "dimensions", "parameters", "secretStringWo", "responseParameters", "metadata")
WIDTH = 100


class Code(str):
    """Text that stands in the program as it is."""

    def __repr__(self) -> str:
        return str(self)


def program_text(resources: Sequence[Recorded]) -> str:
    """Return a program that declares the resources."""
    declared = [each for each in resources if each.type != "pulumi:pulumi:Stack"]
    # What is referred to stands first.
    declared.sort(key=lambda each: len({urn for urns in each.dependencies.values() for urn in urns}))
    names = {each.urn: _variable(each.name) for each in declared}
    referred = {urn for each in declared for urns in each.dependencies.values() for urn in urns}
    lines = [_declaration(each, declared, names, assigned=each.urn in referred) for each in declared]
    return "\n".join(lines) + "\n"


def _declaration(resource: Recorded, others: Sequence[Recorded], names: Mapping[str, str], *, assigned: bool) -> str:
    references = {
        str(other.outputs[output]): Code(f"{names[other.urn]}.{output}")
        for urns in resource.dependencies.values()
        for other in others
        if other.urn in urns
        for output in ("arn", "id")
        if other.outputs.get(output)
    }
    arguments = "".join(
        f", {_python_name(key)}={_spelled(key, value, references)!r}" for key, value in resource.inputs.items()
    )
    left = f"{names[resource.urn]} = " if assigned else ""
    return f'{left}{_class(resource.type)}("{resource.name}"{arguments}){_comment(resource)}'


def _comment(resource: Recorded) -> str:
    holders = resource.urn.split("::")[2].split("$")[:-1]
    return f"  # in the component {holders[-1]}" if holders else ""


def _spelled(key: str, value: Any, references: Mapping[str, Code]) -> Any:
    if value == rpc.UNKNOWN:
        return Code("other.output")
    if isinstance(value, str):
        if value in references:
            return references[value]
        if value.startswith(("{", "[")):
            return _document(value)
        return value
    if isinstance(value, list):
        return [_spelled(key, item, references) for item in value]
    if isinstance(value, dict):
        free = key in FREE
        return {
            (name if free else _python_name(name)): _spelled(name, item, references) for name, item in value.items()
        }
    return value


def _document(text: str) -> Any:
    try:
        return Code(f"json.dumps({json.loads(text)!r})")
    except ValueError:
        return text


def _python_name(name: str) -> str:
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower() if re.fullmatch(r"[a-z]\w*", name) else name
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _variable(name: str) -> str:
    variable = re.sub(r"\W", "_", name)
    return f"{variable}_" if keyword.iskeyword(variable) or not variable.isidentifier() else variable


def _class(type_: str) -> str:
    package, place, name = type_.split(":")
    module = place.split("/")[0]
    return ".".join(part for part in (package, {"lambda": "lambda_", "index": ""}.get(module, module), name) if part)


def formatted(texts: Sequence[str]) -> list[str]:
    """Return programs laid out as ruff does it, which is started once for all."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{number}.py" for number in range(len(texts))]
        for file, text in zip(files, texts, strict=True):
            file.write_text(text, "utf-8")
        command = [sys.executable, "-m", "ruff", "format", "--isolated", "--quiet", "--line-length", str(WIDTH), folder]
        subprocess.run(command, check=True)
        return [file.read_text("utf-8") for file in files]
