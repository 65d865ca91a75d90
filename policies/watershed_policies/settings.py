"""How strictly a stack is judged: the pack's config file `policies/config/<stack>.json`.

    {
      "profile": "baseline",
      "level": "mandatory",
      "services": {"glue": "advisory"},
      "rules": {"TAGS-REQUIRED": "mandatory"},
      "requiredTags": ["project", "stack"],
      "tags": {"owner": "data-platform"},
      "remediate": ["TAGS-REQUIRED"],
      "locked": true
    }

`level` is for all rules; a service's level goes before it, a rule's before both. `locked` is for environments where
nothing may be lowered: the file is refused if it names a level other than mandatory. `remediate` names the rules whose
findings the pack puts right by itself, `tags` the values of the tags that it then adds.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .rule import Rule

CONFIG_VARIABLE = "WATERSHED_POLICIES_CONFIG"
CONFIG_FOLDER = Path(__file__).resolve().parent.parent / "config"
PROFILES = ("baseline", "strict")
KEYS = ("profile", "level", "services", "rules", "requiredTags", "tags", "remediate", "locked")


class Level(StrEnum):
    """What a violation does: stop the deploy, be shown, or nothing."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    DISABLED = "disabled"


class SettingsError(ValueError):
    """The pack's config file cannot be used; the message says why and what is accepted."""


@dataclass(frozen=True)
class Settings:
    """The judged settings of one stack."""

    profile: str = "baseline"
    level: Level = Level.MANDATORY
    services: Mapping[str, Level] = field(default_factory=dict)
    rules: Mapping[str, Level] = field(default_factory=dict)
    required_tags: tuple[str, ...] = ()
    # The values of tags that a remediation adds, and the rules whose findings are remediated.
    tags: Mapping[str, str] = field(default_factory=dict)
    remediate: frozenset[str] = frozenset()

    def level_of(self, rule_id: str, service: str) -> Level:
        """Return the level of a rule."""
        return self.rules.get(rule_id, self.services.get(service, self.level))

    @property
    def only_mandatory(self) -> bool:
        """Say whether no rule can be advisory, so that nothing needs to report it."""
        levels = {self.level, *self.services.values(), *self.rules.values()}
        return Level.ADVISORY not in levels


# For programs that bring no config file: everything that a deploy should stop for, and tags as advice.
DEFAULTS: Mapping[str, Any] = {
    "rules": {"TAGS-REQUIRED": "advisory"},
    "requiredTags": ["project", "stack", "component", "owner", "data-classification"],
}


def locate(stack: str, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return the config file of a stack: in the folder (or the file) that an environment variable names, or ours."""
    brought = environment.get(CONFIG_VARIABLE)
    place = Path(brought) if brought else CONFIG_FOLDER
    if place.is_file():
        return place
    if brought and not place.is_dir():
        raise SettingsError(f"{CONFIG_VARIABLE} names {brought!r}, which is neither a file nor a folder")
    path = place / f"{stack}.json"
    return path if path.is_file() else None


def load(path: Path | None, rules: Mapping[str, Rule], services: Collection[str]) -> Settings:
    """Read and check a config file, the defaults where there is none."""
    if path is None:
        return parse(DEFAULTS, rules, services)
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise SettingsError(f"{path.name}: not valid JSON (line {error.lineno}: {error.msg})") from None
    try:
        return parse(raw, rules, services)
    except SettingsError as error:
        raise SettingsError(f"{path.name}: {error}") from None


def parse(raw: Any, rules: Mapping[str, Rule], services: Collection[str]) -> Settings:
    """Check the content of a config file and return it typed, all problems in one error."""
    if not isinstance(raw, Mapping):
        raise SettingsError(f"must be a JSON object with the keys {', '.join(KEYS)}")
    problems = [f"unknown key {key!r}; accepted: {', '.join(KEYS)}" for key in raw if key not in KEYS]
    profile = raw.get("profile", "baseline")
    if profile not in PROFILES:
        problems.append(f"profile is {profile!r}; accepted: {', '.join(PROFILES)}")
    level = _level("level", raw.get("level", "mandatory"), problems)
    by_service = _levels("services", raw.get("services", {}), services, problems)
    by_rule = _levels("rules", raw.get("rules", {}), rules, problems)
    if raw.get("locked") and {level, *by_service.values(), *by_rule.values()} != {Level.MANDATORY}:
        problems.append(
            "locked is true, so every level must be mandatory; use an exemption with an expiry date instead"
        )
    tags = raw.get("requiredTags", [])
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        problems.append("requiredTags must be a list of tag keys")
        tags = []
    values = raw.get("tags", {})
    if not isinstance(values, Mapping) or not all(isinstance(value, str) for value in values.values()):
        problems.append("tags must be an object of tag keys and their values, which are texts")
        values = {}
    settings = Settings(profile, level, by_service, by_rule, tuple(tags), values)
    remediate = _remediate(raw.get("remediate", []), rules, settings, problems)
    if problems:
        raise SettingsError("; ".join(problems))
    return replace(settings, remediate=remediate)


def _remediate(raw: Any, rules: Mapping[str, Rule], settings: Settings, problems: list[str]) -> frozenset[str]:
    able = sorted(rule.id for rule in rules.values() if rule.remedies)
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        problems.append(f"remediate must be a list of rules; those that can be remediated are {', '.join(able)}")
        return frozenset()
    for name in raw:
        if name not in able:
            problems.append(f"remediate: {name} cannot be remediated; the rules that can are {', '.join(able)}")
        elif settings.level_of(name, rules[name].service) is Level.DISABLED:
            problems.append(f"remediate: {name} is disabled, so it finds nothing to remediate")
    return frozenset(raw)


def _levels(key: str, raw: Any, known: Collection[str], problems: list[str]) -> dict[str, Level]:
    if not isinstance(raw, Mapping):
        problems.append(f"{key} must be an object of names and levels")
        return {}
    problems.extend(
        f"{key}.{name}: there is no such name; known: {', '.join(sorted(known))}" for name in raw if name not in known
    )
    return {name: _level(f"{key}.{name}", value, problems) for name, value in raw.items()}


def _level(path: str, value: Any, problems: list[str]) -> Level:
    try:
        return Level(value)
    except ValueError:
        problems.append(f"{path} is {value!r}; accepted: {', '.join(Level)}")
        return Level.MANDATORY
