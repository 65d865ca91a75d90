"""Turns what is wrong with a stack config into sentences: the path, what was given, what is accepted."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from types import UnionType
from typing import Any, Self, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

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

    def at(self, namespace: str, origins: Mapping[str, Sequence[str]]) -> Self:
        """Return the same problem at where the entry was read, instead of at its place in a list of the config."""
        found = re.match(rf"({re.escape(namespace)}:(\w+))\[(\d+)\]", self.path)
        if not found or int(found[3]) >= len(origins.get(found[2], ())):
            return self
        origin, rest = origins[found[2]][int(found[3])], self.path[found.end() :]
        in_config = origin.startswith(found[1]) or not rest
        return replace(self, path=origin + (rest if in_config else f": {rest.lstrip('.')}"))

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
        return None, _together(_problem(model, detail, namespace) for detail in error.errors() if not _follows(detail))


def _together(problems: Iterable[Problem]) -> list[Problem]:
    """Return one problem for each path: a value that may be of several types is wrong for each."""
    by_path: dict[str, Problem] = {}
    for problem in problems:
        before = by_path.get(problem.path)
        both = f"{before.accepted}, or {problem.accepted}" if before else problem.accepted
        by_path[problem.path] = replace(problem, accepted=both)
    return list(by_path.values())


def _follows(detail: Any) -> bool:
    """Return whether pydantic only says that a list is too short because its items are wrong."""
    return detail["type"] == "too_short" and bool(detail["input"])


def _problem(model: type[BaseModel], detail: Any, namespace: str) -> Problem:
    location = tuple(part for part in detail["loc"])
    path = _path(_as_written(model, location), namespace)
    if detail["type"] == "extra_forbidden":
        return Problem(path, detail["input"], _keys(model, location))
    if detail["type"] == "missing":
        return Problem(path, None, "a value; it is required")
    if detail["type"] in ("union_tag_invalid", "union_tag_not_found"):
        types = _types(model, location) or detail["ctx"].get("expected_tags", "")
        return Problem(f"{path}.type", detail["ctx"].get("tag"), f"one of {types}")
    accepted = _WORDS.get(detail["type"]) or detail["msg"].removeprefix("Value error, ")
    return Problem(path, detail["input"], accepted)


def _path(location: tuple[Any, ...], namespace: str) -> str:
    text = ""
    for part in location:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return f"{namespace}:{text.lstrip('.')}"


def _as_written(model: type[BaseModel], location: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return the location without what a value's `type` said, which pydantic puts in, and the config does not have."""
    steps = list(zip(location, _walk(model, location), strict=False))
    return tuple(part for part, owner in steps if not _is_union(owner))


def _types(model: type[BaseModel], location: tuple[Any, ...]) -> str:
    union = list(_walk(model, (*location, "")))[-1]
    return ", ".join(str(_tag(option)) for option in get_args(union)) if _is_union(union) else ""


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
    current = list(_walk(model, (*location, "")))[-1]
    return current if isinstance(current, type) and issubclass(current, BaseModel) else None


def _walk(model: type[BaseModel], location: tuple[Any, ...]) -> Iterator[Any]:
    """Yield, for each part of the location, the type that it is a part of."""
    current: Any = model
    for part in location:
        current = _unwrap(current)
        yield current
        if isinstance(part, int):
            current = (get_args(current) or (None,))[0]
        elif isinstance(current, type) and issubclass(current, BaseModel):
            fields = {field.alias or name: field for name, field in current.model_fields.items()}
            current = fields[part].annotation if part in fields else None
        elif _is_union(current):
            current = next((option for option in get_args(current) if _tag(option) == part), None)
        else:
            current = None


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, UnionType)


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
    return get_args(field.annotation)[0] if field else None
