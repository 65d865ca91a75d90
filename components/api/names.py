"""What an API is told of names: those of domains, and of programs that call it."""

import re
from collections.abc import Sequence
from typing import Annotated

import pulumi
from pydantic import AfterValidator, Field

from ..catalog.access import GROUP, GROUP_ACCEPTED, MachineName
from ..core.deployment import current
from ..core.model import Matching, Model
from ..core.names import shorten, stack_name
from .routes import Scope

SIGN_IN_DOMAIN = 63
"""Of a prefix, and of a domain of one's own (botocore cognito-idp service model, DomainType)."""
_RESERVED = re.compile(r"aws|amazon|cognito")
"""Amazon Cognito Developer Guide, "Configuring a user pool domain": words that a prefix may not hold."""

DomainName = Annotated[
    str, Matching(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", "a domain's name: data.example.com")
]


def _without_reserved_words(prefix: str) -> str:
    found = _RESERVED.search(prefix)
    if found:
        raise ValueError(f"Cognito refuses a prefix that holds {found[0]!r}: choose another")
    return prefix


DomainPrefix = Annotated[
    str,
    Matching(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "lower-case letters, digits and hyphens, at most 63"),
    AfterValidator(_without_reserved_words),
]
"""Nobody else's in the region, as it becomes `<prefix>.auth.<region>.amazoncognito.com`."""


class Domain(Model):
    """A name of one's own, and the ARN of its certificate in ACM; DNS is pointed there by whoever owns the zone.

    Cognito and CloudFront take certificates of us-east-1 alone, API Gateway those of its own region. Cognito makes one
    only where the domain above it has an A record already (any address), which is not a top-level domain (Amazon
    Cognito Developer Guide, "Using your own domain for managed login").
    """

    name: DomainName
    certificate_arn: Annotated[
        str, Matching(r"arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[\w-]+", "the ARN of an ACM certificate")
    ]


MOST_MACHINES = 20
"""Their names and ids are among the function's variables, which have 4,096 bytes (AWS Lambda quotas)."""


class Machine(Model):
    """A program that calls the API under its own name, by client credentials."""

    name: MachineName
    scopes: Annotated[tuple[Scope, ...], Field(min_length=1)] = ("datasets/read",)


def check_groups(groups: Sequence[str], what: str) -> Sequence[str]:
    """Return the names of groups, or raise ValueError for one that is none or comes twice."""
    for group in groups:
        if not re.fullmatch(GROUP, group):
            raise ValueError(f"{what}: group {group!r}: give {GROUP_ACCEPTED}")
    if len(set(groups)) < len(groups):
        raise ValueError(f"{what}: a group comes twice: {', '.join(sorted(groups))}")
    return groups


def sign_in_prefix(prefix: str | None, what: str) -> str:
    """Return the prefix of the sign-in's address; default the project's and the stack's names and the account."""
    if prefix is not None:
        return prefix
    name = re.sub(r"[^a-z0-9]+", "-", f"{pulumi.get_project()}-{stack_name()}".lower()).strip("-")
    made = shorten(name, SIGN_IN_DOMAIN - 13) + f"-{current().account_id}"
    found = _RESERVED.search(made)
    if found:
        raise ValueError(f"{what}: {made!r} holds {found[0]!r}, which Cognito refuses: give domain_prefix")
    return made


_HERE = r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"
ORIGIN = rf"https://[^/*?#\s]+|{_HERE}"
"""Where a page comes from; on this machine alone without TLS."""
ADDRESS = rf"https://[^/*#\s]+[^*#\s]*|{_HERE}(/[^*#\s]*)?"
"""Where people may be sent to, with their code; on this machine alone without TLS."""


def check_origins(origins: Sequence[str], what: str) -> Sequence[str]:
    """Return the origins, or raise ValueError for what is none, is every site, or would send tokens in the clear."""
    for origin in origins:
        if not re.fullmatch(ORIGIN, origin):
            raise ValueError(
                f"{what}: origin {origin!r}: give a scheme and a host without a path, https://data.example.com, "
                "or http on localhost"
            )
    return origins
