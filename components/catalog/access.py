"""Who may do what with which data sets through the Dataset API."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..core.model import Matching, Model
from ..core.tags import TagText
from .dataset import DatasetName

GROUP = r"[A-Za-z0-9][\w.-]{0,127}"
GROUP_ACCEPTED = "letters, digits and . _ -, a letter or digit first, at most 128: data-platform"
GroupName = Annotated[str, Matching(GROUP, GROUP_ACCEPTED)]
"""Neither commas, by which API Gateway joins a caller's groups into one text, nor colons, as the groups of machines."""
MachineName = Annotated[
    str,
    Field(max_length=48),
    Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "up to 48 lower-case letters, digits and single hyphens: nightly-report"),
]
MOST_GRANTS = 60
"""Registering a data set writes an item for each group that may read it, in one transaction of at most 100."""


class Datasets(Model):
    """The data sets of any of the owners, with any of the tags, or of any of the names."""

    owners: tuple[TagText, ...] = ()
    tags: dict[Annotated[str, Field(min_length=1), Matching(r"[^=]+", "a tag's name, without =")], str] = {}
    datasets: tuple[DatasetName | Literal["*"], ...] = ()
    """`*` is all of them. Those that people register may be named, too."""

    def described(self) -> dict[str, list[str]]:
        """Return it as the settings document writes it."""
        return {
            "owners": list(self.owners),
            "tags": [f"{name}={value}" for name, value in sorted(self.tags.items())],
            "datasets": list(self.datasets),
        }


class Grant(Model):
    """What a group of people, or a machine, may do with which data sets."""

    group: GroupName | None = None
    """People that an administrator puts into it."""
    machine: MachineName | None = None
    """Instead: a program, by its name among the API's machines."""
    read: Datasets = Datasets()
    write: Datasets = Datasets()
    """Includes read; so may be registered what it would be."""
    admin: Datasets = Datasets()
    """Includes read and write."""

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if (self.group is None) == (self.machine is None):
            raise ValueError("give either group or machine")
        return self

    @property
    def grantee(self) -> str:
        """What the handler calls who has it: `machine:` before the name of a program."""
        return self.group if self.group is not None else f"machine:{self.machine}"

    def described(self) -> dict[str, object]:
        """Return it as the settings document writes it."""
        return {
            "group": self.grantee,
            **{name: getattr(self, name).described() for name in ("read", "write", "admin")},
        }
