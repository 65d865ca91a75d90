"""A form as Central describes it: a flat list of fields, depth first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

STRUCTURE, REPEAT, BINARY = "structure", "repeat", "binary"


@dataclass(frozen=True)
class Field:
    """One node of a form, by its path from the root: `/members/age`."""

    path: str
    type: str = "string"

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("/")[2]

    @property
    def parent(self) -> str:
        """The path of what holds it; empty for the root."""
        return self.path.rpartition("/")[0]

    def described(self) -> dict[str, Any]:
        """Return it as the `fields` resource lists it."""
        return {"path": self.path, "name": self.name, "type": self.type, "binary": self.type == BINARY or None}


@dataclass(frozen=True)
class Form:
    """A published form; `id` is its xmlFormId."""

    id: str
    fields: Sequence[Field]
    version: str = "1"

    def children(self, path: str) -> list[Field]:
        """Return the fields directly below a path."""
        return [field for field in self.fields if field.parent == path]

    def repeats(self) -> list[str]:
        """Return the tables beside `Submissions`, by name."""
        return [table_name(field.path) for field in self.fields if field.type == REPEAT]


def table_name(path: str) -> str:
    """Return the OData table of a repeat: `Submissions.household.members` of `/household/members`."""
    return "Submissions" + path.replace("/", ".")
