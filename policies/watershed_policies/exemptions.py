"""Exemptions: rules that a resource may break for a while, as data in the stack config.

    config:
      watershed:exemptions:
        - rule: S3-ACCESS-LOGGING
          resource: landing            # the resource's name or its URN
          reason: written by a partner's replication, logged on their side
          owner: data-platform
          expires: 2027-03-31
        - rule: IAM-WILDCARD-RESOURCE
          resource: convert-policy
          grant: s3:GetObject on arn:aws:s3:::partner-*    # IAM rules: exactly the pair that the violation names
          ...

An expired or malformed exemption is itself a mandatory violation. Each one that applies is shown at every run.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rule import Rule

CONFIG_KEY = "watershed:exemptions"
REQUIRED = ("rule", "resource", "reason", "owner", "expires")
KEYS = (*REQUIRED, "grant")


@dataclass(frozen=True)
class Exemption:
    """One exemption that is in force."""

    rule: str
    resource: str
    reason: str
    owner: str
    expires: dt.date
    grant: str | None = None

    def covers(self, rule_id: str, name: str, urn: str, grant: str | None) -> bool:
        """Say whether this exemption is for that finding."""
        return self.rule == rule_id and self.resource in (name, urn) and _same_grant(self.grant, grant)

    def __str__(self) -> str:
        return f"exempted until {self.expires.isoformat()} by {self.owner}: {self.reason}"


@dataclass(frozen=True)
class Exemptions:
    """What the stack config exempts, and what is wrong with it."""

    active: tuple[Exemption, ...] = ()
    problems: tuple[str, ...] = ()

    def find(self, rule_id: str, name: str, urn: str, grant: str | None) -> Exemption | None:
        """Return the exemption for a finding, if there is one."""
        return next((entry for entry in self.active if entry.covers(rule_id, name, urn, grant)), None)


def from_stack_config(config: Mapping[str, str], rules: Mapping[str, Rule], today: dt.date) -> Exemptions:
    """Read the exemptions of a stack from its config, as the engine gives it to the pack (values are strings)."""
    text = config.get(CONFIG_KEY)
    if not text:
        return Exemptions()
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        return Exemptions(problems=(f"{CONFIG_KEY} is not a list: {error.msg}",))
    if not isinstance(raw, list):
        return Exemptions(problems=(f"{CONFIG_KEY} must be a list of objects with the keys {', '.join(KEYS)}",))
    return parse(raw, rules, today)


def parse(raw: Sequence[Any], rules: Mapping[str, Rule], today: dt.date) -> Exemptions:
    """Check each entry; what cannot be used, or not any more, becomes a problem and exempts nothing."""
    active: list[Exemption] = []
    problems: list[str] = []
    for index, entry in enumerate(raw):
        where = f"{CONFIG_KEY}[{index}]"
        wrong = _problems(entry, rules, today)
        if wrong:
            problems.append(f"{where}: {'; '.join(wrong)}")
        else:
            active.append(Exemption(**{**entry, "expires": _date(entry["expires"])}))
    return Exemptions(tuple(active), tuple(problems))


def _problems(entry: Any, rules: Mapping[str, Rule], today: dt.date) -> list[str]:
    if not isinstance(entry, Mapping):
        return [f"must be an object with the keys {', '.join(KEYS)}"]
    problems = [f"unknown key {key!r}; accepted: {', '.join(KEYS)}" for key in entry if key not in KEYS]
    problems += [
        f"{key} is missing or empty"
        for key in REQUIRED
        if not isinstance(entry.get(key), str) or not entry[key].strip()
    ]
    if problems:
        return problems
    rule = entry["rule"]
    if rule not in rules:
        problems.append(f"there is no rule {rule!r}")
    elif rules[rule].by_grant and not entry.get("grant"):
        problems.append(f"an exemption from {rule} needs the grant, as the violation shows it: <action> on <resource>")
    try:
        expires = _date(entry["expires"])
    except ValueError:
        return [*problems, f"expires is {entry['expires']!r}; accepted: a date such as 2027-03-31"]
    if expires < today:
        problems.append(
            f"the exemption of {entry['resource']!r} from {rule} expired on {expires.isoformat()}: "
            f"fix the resource, or let {entry['owner']} agree on a new date"
        )
    return problems


def _date(text: str) -> dt.date:
    """Read a date; the engine makes `2027-03-31 00:00:00 +0000 UTC` of one that stands in YAML without quotes."""
    return dt.date.fromisoformat(re.sub(r"[T ]00:00:00.*$", "", text))


def _same_grant(ours: str | None, found: str | None) -> bool:
    if ours is None or found is None:
        return ours == found
    return ours.strip().lower() == found.strip().lower()
