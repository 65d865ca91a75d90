"""The local stage's `aws` Pulumi provider: `python -m local.provider --endpoint http://127.0.0.1:4566`."""

from .resources import support, supported_types

__all__ = ["support", "supported_types"]
