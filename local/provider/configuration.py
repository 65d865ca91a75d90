"""The provider's configuration (`aws:region`, `aws:defaultTags`, …): what it honours, and what it refuses."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import UNKNOWN_MARKERS, Unknown, plain

# Where AWS is and who one is there is decided by the local stage: these are accepted, so that a stack's config
# serves AWS and the local stage alike, and have no effect here.
_DECIDED_BY_THE_STAGE = frozenset(
    {
        "accessKey", "secretKey", "token", "profile", "assumeRoles", "assumeRoleWithWebIdentity", "endpoints",
        "sharedConfigFiles", "sharedCredentialsFiles", "skipCredentialsValidation", "skipMetadataApiCheck",
        "skipRegionValidation", "skipRequestingAccountId", "s3UsePathStyle", "maxRetries", "retryMode", "version",
        "pluginDownloadURL", "useFipsEndpoint", "useDualstackEndpoint", "stsRegion", "httpProxy", "httpsProxy",
        "noProxy", "insecure", "customCaBundle", "ec2MetadataServiceEndpoint", "ec2MetadataServiceEndpointMode",
        "s3UsEast1RegionalEndpoint", "userAgents", "tokenBucketRateLimiterCapacity",
    }
)  # fmt: skip
_HONOURED = frozenset({"region", "allowedAccountIds", "forbiddenAccountIds", "defaultTags"})
_REFUSED = {"ignoreTags": "the local aws provider shows every tag; remove aws:ignoreTags from the local stack's config"}


class ConfigurationError(ValueError):
    """A configuration the provider cannot serve; one line for each reason."""


@dataclass(frozen=True)
class Configuration:
    """What the provider honours."""

    region: str | None = None
    allowed_accounts: tuple[str, ...] = ()
    forbidden_accounts: tuple[str, ...] = ()
    default_tags: Mapping[str, str] = field(default_factory=dict)

    def refuse_account(self, account: str) -> None:
        """Raise ConfigurationError if the stack must not be deployed to `account`."""
        if self.allowed_accounts and account not in self.allowed_accounts:
            allowed = ", ".join(self.allowed_accounts)
            raise ConfigurationError(f"this is account {account}, but aws:allowedAccountIds allows only {allowed}")
        if account in self.forbidden_accounts:
            raise ConfigurationError(f"this is account {account}, which aws:forbiddenAccountIds forbids")


def configuration(values: Mapping[str, Any]) -> Configuration:
    """The configuration in the provider's inputs; raises ConfigurationError."""
    given = {name: _parsed(plain(value)) for name, value in values.items() if value is not None}
    problems = [f"aws:{name}: {_REFUSED[name]}" for name in sorted(given) if name in _REFUSED and given[name]]
    known = _HONOURED | _DECIDED_BY_THE_STAGE | set(_REFUSED)
    problems += [f"aws:{name} is not configuration the local aws provider knows" for name in sorted(set(given) - known)]
    tags = given.get("defaultTags") or {}
    if not isinstance(tags, Mapping) or set(tags) - {"tags"}:
        problems.append('aws:defaultTags must be {"tags": {"<key>": "<value>"}}')
        tags = {}
    if problems:
        raise ConfigurationError("\n".join(problems))
    return Configuration(
        region=given.get("region"),
        allowed_accounts=tuple(str(account) for account in given.get("allowedAccountIds") or ()),
        forbidden_accounts=tuple(str(account) for account in given.get("forbiddenAccountIds") or ()),
        default_tags={str(key): value for key, value in (tags.get("tags") or {}).items()},
    )


def _parsed(value: Any) -> Any:
    """Lists and objects arrive as JSON text from stack config."""
    if isinstance(value, Unknown) or (isinstance(value, str) and value in UNKNOWN_MARKERS):
        return None
    if isinstance(value, str) and value[:1] in ("{", "["):
        return json.loads(value)
    return value
