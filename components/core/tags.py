"""The tags that every taggable resource carries."""

from typing import Annotated, Literal

import pulumi

from .model import Matching, Model
from .names import stack_name

Classification = Literal["public", "internal", "confidential", "restricted"]
"""How sensitive data is, from open to most guarded."""

REQUIRED_TAGS = ("project", "stack", "component", "owner", "data-classification")

TagText = Annotated[str, Matching(r"[\w\s.:/=+\-@]{1,256}", "1 to 256 letters, digits, spaces and . : / = + - @ _")]
"""A tag's value, in the characters that every AWS service accepts (AWS General Reference, "Tag naming limits")."""


class Tags(Model):
    """What a component's tags say beside its own name.

    `owner`: the team that answers for the resources; default the Pulumi project's name.
    `classification`: of the data they hold; default "internal". `extra`: further tags.
    """

    owner: TagText | None = None
    classification: Classification = "internal"
    extra: dict[str, TagText] = {}

    def of(self, component: str, classification: Classification | None = None) -> dict[str, str]:
        """Return the tags of one resource of the component."""
        return {
            **self.extra,
            "project": pulumi.get_project(),
            "stack": stack_name(),
            "component": component,
            "owner": self.owner or pulumi.get_project(),
            "data-classification": classification or self.classification,
        }
