"""Turns what is wrong with a stack config into sentences: the path, what was given, what is accepted."""

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import UnionType
from typing import Any, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from ..catalog import Dataset
from ..storage.zone import DEFAULT_ZONES

_SHOWN = 80
_WORDS = {
    "tuple_type": "a list",
    "dict_type": "a mapping of names to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "bool_parsing": "true or false",
    "string_type": "a text",
    "int_parsing": "a whole number",
}
"""What pydantic says in Python's words, in a config's."""
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a config."""

    path: str
    given: Any
    accepted: str

    def at(self, listed: str, origins: list[str]) -> Self:
        """Return the same problem at where the data set was read, instead of at its place in the list of all."""
        found = re.match(rf"{re.escape(listed)}\[(\d+)\]", self.path)
        if not found or int(found[1]) >= len(origins):
            return self
        origin, rest = origins[int(found[1])], self.path[found.end() :]
        return replace(self, path=origin + (rest if origin.startswith(listed) or not rest else f": {rest.lstrip('.')}"))

    def __str__(self) -> str:
        given = repr(self.given)
        if len(given) > _SHOWN:
            given = given[: _SHOWN - 1] + "…"
        return f"{self.path}: given {given}; accepted: {self.accepted}"


def explain(problems: list[Problem], where: str) -> str:
    """Return one text with all problems, one a line."""
    count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
    return "\n".join([f"the config of {where} has {count}:", *(f"  - {problem}" for problem in problems)])


def validation_problems(model: type[M], given: dict[str, Any], namespace: str) -> tuple[M | None, list[Problem]]:
    """Validate, and return the config or what each value should have been."""
    try:
        return model.model_validate(given), []
    except ValidationError as error:
        return None, [_problem(model, detail, namespace) for detail in error.errors() if not _follows(detail)]


def cross_problems(given: dict[str, Any], namespace: str) -> list[Problem]:
    """Return what is wrong between sections, for as much of them as can be read."""
    datasets = [(i, d) for i, d in enumerate(_each(Dataset, given.get("datasets"))) if d]
    names = _zone_names(given.get("lake"))
    problems = [
        Problem(f"{namespace}:lake.zones", name, "each zone once")
        for name in sorted({name for name in names if names.count(name) > 1})
    ]
    seen: dict[str, int] = {}
    sources: dict[tuple[str, str], str] = {}
    for position, dataset in datasets:
        path = f"{namespace}:datasets[{position}]"
        if dataset.name in seen:
            problems.append(
                Problem(
                    f"{path}.name", dataset.name, f"each data set once; datasets[{seen[dataset.name]}] has this name"
                )
            )
        seen.setdefault(dataset.name, position)
        used = [(".zone", dataset.zone)] + ([(".source.zone", dataset.source.zone)] if dataset.source else [])
        problems += [
            Problem(path + where, zone, f"a zone of the lake: {', '.join(names)}")
            for where, zone in used
            if zone not in names
        ]
        if dataset.source:
            source = (dataset.source.zone, dataset.source.prefix)
            if source in sources:
                problems.append(
                    Problem(f"{path}.source.prefix", source[1], f"a prefix of its own; {sources[source]} has this one")
                )
            sources.setdefault(source, dataset.name)
            if source == (dataset.zone, dataset.prefix):
                problems.append(
                    Problem(f"{path}.source.prefix", source[1], "another place than where the data set's own files go")
                )
    return problems


def _zone_names(lake: Any) -> list[str]:
    """Return what the zones are called, whatever else is wrong with them."""
    if not isinstance(lake, dict) or not isinstance(lake.get("zones"), list):
        return [zone.name for zone in DEFAULT_ZONES]
    return [str(zone["name"]) for zone in lake["zones"] if isinstance(zone, dict) and "name" in zone]


def _each(model: type[M], values: Any) -> list[M | None]:
    return [_or_none(model, value) for value in values] if isinstance(values, list) else []


def _or_none(model: type[M], value: Any) -> M | None:
    try:
        return model.model_validate(value)
    except ValidationError:
        return None


def _follows(detail: Any) -> bool:
    """Return whether pydantic only says that a list is too short because its items are wrong."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _problem(model: type[BaseModel], detail: Any, namespace: str) -> Problem:
    location = tuple(part for part in detail["loc"])
    path = _path(location, namespace)
    if detail["type"] == "extra_forbidden":
        return Problem(path, detail["input"], _keys(model, location))
    if detail["type"] == "missing":
        return Problem(path, None, "a value; it is required")
    accepted = _WORDS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return Problem(path, detail["input"], accepted)


def _path(location: tuple[Any, ...], namespace: str) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{namespace}:{text.lstrip('.')}"


def _keys(model: type[BaseModel], location: tuple[Any, ...]) -> str:
    """Return which keys there are where an unknown one was given, the likely one first."""
    owner = _model_at(model, location[:-1])
    if owner is None:
        return "no such key"
    keys = [field.alias or name for name, field in owner.model_fields.items()]
    close = get_close_matches(str(location[-1]), keys, n=1)
    meant = f"{close[0]} (was it meant?), " if close else ""
    return f"{meant}the keys {', '.join(key for key in keys if key not in close)}"


def _model_at(model: type[BaseModel], location: tuple[Any, ...]) -> type[BaseModel] | None:
    current: Any = model
    for part in location:
        current = _unwrap(current)
        if isinstance(part, int):
            current = (get_args(current) or (None,))[0]
        elif isinstance(current, type) and issubclass(current, BaseModel):
            fields = {field.alias or name: field for name, field in current.model_fields.items()}
            if part in fields:
                current = fields[part].annotation
        elif get_origin(current) in (Union, UnionType):
            tagged = [option for option in get_args(current) if _tag(option) == part]
            current = tagged[0] if tagged else None
    current = _unwrap(current)
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _unwrap(annotation: Any) -> Any:
    """Strip Annotated and optional, as far as one type is meant."""
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    options = [option for option in get_args(annotation) if option is not type(None)]
    if get_origin(annotation) in (Union, UnionType) and len(options) == 1:
        return _unwrap(options[0])
    return annotation


def _tag(option: Any) -> Any:
    field = getattr(option, "model_fields", {}).get("type")
    return field.default if field else None
