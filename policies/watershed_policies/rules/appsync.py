"""AppSync: an API knows who calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

API = aws("appsync", "GraphQLApi")

NO_API_KEY = Rule(
    id="APPSYNC-NO-API-KEY",
    title="GraphQL APIs ask for more than an API key",
    severity=Severity.HIGH,
    why="Every copy of an application carries the key, which says nothing about who calls.",
    frameworks=("FSBP AppSync.5", "NIST 800-53 AC-3"),
)


@NO_API_KEY.on(API)
def api_asks_who_calls(api: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a key as the usual way in; a few fields may be open to it as an additional one."""
    properties = api.properties
    if properties.get("authenticationType") == "API_KEY" and properties.get("visibility") != "PRIVATE":
        yield Finding("asks for an API key only", 'authentication_type="AWS_IAM" or "AMAZON_COGNITO_USER_POOLS"')
