"""How a data set's files are laid out, and how Athena tells its partitions without asking the catalog."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ..core.model import Matching, Model

_DAY = r"\d{4}-\d{2}-\d{2}"


class IntegerProjection(Model):
    """Whole numbers from `first` to `last`, for example months 1 to 12."""

    type: Literal["integer"] = "integer"
    first: int
    last: int

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.first > self.last:
            raise ValueError(f"first ({self.first}) is after last ({self.last})")
        return self

    def properties(self) -> dict[str, str]:
        """Return the table properties Athena reads."""
        return {"type": "integer", "range": f"{self.first},{self.last}"}


class EnumProjection(Model):
    """A few known values."""

    type: Literal["enum"] = "enum"
    values: Annotated[tuple[Annotated[str, Matching(r"[^,]+", "text without a comma")], ...], Field(min_length=1)]

    def properties(self) -> dict[str, str]:
        """Return the table properties Athena reads."""
        return {"type": "enum", "values": ",".join(self.values)}


class DateProjection(Model):
    """Every day from `first` to `last`, each as yyyy-MM-dd; `last` may be NOW."""

    type: Literal["date"] = "date"
    first: Annotated[str, Matching(_DAY, "a day, as 2024-01-31")]
    last: Annotated[str, Matching(rf"{_DAY}|NOW([+-]\d+DAYS)?", "a day, as 2024-01-31, or NOW, NOW+3DAYS")] = "NOW"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        first = date.fromisoformat(self.first)
        if not self.last.startswith("NOW") and first > date.fromisoformat(self.last):
            raise ValueError(f"first ({self.first}) is after last ({self.last})")
        return self

    def properties(self) -> dict[str, str]:
        """Return the table properties Athena reads."""
        return {
            "type": "date",
            "format": "yyyy-MM-dd",
            "range": f"{self.first},{self.last}",
            "interval": "1",
            "interval.unit": "DAYS",
        }


Projection = Annotated[IntegerProjection | EnumProjection | DateProjection, Field(discriminator="type")]
"""Source: Athena User Guide, "Supported types for partition projection"."""

_FITTING_TYPES = {
    # Athena's engine is Trino's, which projects whole numbers onto these alone (its class IntegerProjectionFactory).
    "integer": ("int", "bigint", "string"),
    "enum": ("string",),
    "date": ("date", "string"),
}


class Partition(Model):
    """A column that files are laid out by."""

    name: str
    projection: Projection | None = None
    """Default none: Athena then needs each partition in the catalog."""

    @classmethod
    def from_name(cls, value: Any) -> Any:
        """Read a bare column name as a partition without projection."""
        return {"name": value} if isinstance(value, str) else value

    def check_type(self, column_type: str) -> None:
        """Raise ValueError where the projection does not fit the column's type."""
        if self.projection and column_type not in _FITTING_TYPES[self.projection.type]:
            fitting = ", ".join(_FITTING_TYPES[self.projection.type])
            raise ValueError(
                f"partitionedBy {self.name}: a projection of type {self.projection.type} needs a column of type "
                f"{fitting}; it is {column_type}"
            )
