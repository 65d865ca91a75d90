"""What a value refers to: the component itself in a program, its name in a stack config."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

T = TypeVar("T")


@dataclass(frozen=True)
class Named:
    """A component, or in a stack config its name there: `Annotated[Bucket | str, Named(Bucket)]`."""

    what: type

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self._check)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "minLength": 1}

    def _check(self, value: Any) -> Any:
        if isinstance(value, self.what) or (isinstance(value, str) and value):
            return value
        raise ValueError(f"a {self.what.__name__}, or the name of one")


def component(reference: Any, kind: type[T], components: Sequence[tuple[str, object]], where: str) -> T:
    """Return what is referred to; raises LookupError with the names that components of the kind have."""
    if isinstance(reference, kind):
        return reference
    known = {name: found for name, found in components if isinstance(found, kind)}
    if reference in known:
        return known[reference]
    names = f"are {', '.join(sorted(known))}" if known else "is none"
    raise LookupError(f"{where}: there is no {kind.__name__} called {reference!r}; there {names}")
