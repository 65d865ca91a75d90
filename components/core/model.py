"""The base of every plain domain value: frozen, strict about unknown keys, camelCase in stack configs."""

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel


class Model(BaseModel):
    """A frozen value that reads both `expireDays` (stack config) and `expire_days` (Python)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=to_camel,
        populate_by_name=True,
        use_attribute_docstrings=True,
    )
