"""The comparison: for each role, what it used of what it was granted, what it lacked, and what it never needed."""

import fnmatch
import re
import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from .account import Account
from .calls import ITS_OWN, Call, Recorded
from .grants import Grant, RolePolicies, is_action
from .implied import implied_calls

KEPT_FILE = Path(__file__).with_name("kept.toml")
_RANDOM_SUFFIX = re.compile(r"-[0-9a-f]{7}$")

Verdict = Literal["used", "kept", "unused", "missing"]


@dataclass(frozen=True)
class Kept:
    """A grant that no test uses, kept for a reason; each pattern is a shell pattern."""

    role: str
    action: str
    resource: str
    reason: str
    condition: str = "*"
    """Of the grant's condition as JSON."""

    def fits(self, grant: Grant) -> bool:
        """Whether it is about the grant."""
        return (
            fnmatch.fnmatchcase(stable_name(grant.role), self.role)
            and fnmatch.fnmatchcase(grant.action, self.action)
            and fnmatch.fnmatchcase(grant.resource, self.resource)
            and fnmatch.fnmatchcase(grant.condition, self.condition)
        )


@dataclass(frozen=True)
class Line:
    """One line of the report. `why` says who uses a grant, why it is kept, or who lacks it."""

    role: str
    verdict: Verdict
    action: str
    resource: str
    why: str
    policy: str = ""
    condition: str = "{}"


@dataclass(frozen=True)
class PrivilegesReport:
    """What the comparison found."""

    lines: tuple[Line, ...]
    problems: tuple[str, ...]
    """What makes the comparison incomplete or the reasons stale."""
    recorded: int

    @property
    def fails(self) -> bool:
        """Whether something is missing, unused without a reason, or could not be compared."""
        return bool(self.problems) or any(line.verdict in ("missing", "unused") for line in self.lines)


def compare(
    account: Account, roles: Sequence[RolePolicies], recorded: Recorded, kept: Sequence[Kept]
) -> PrivilegesReport:
    """Compare what every role did, AWS's calls in its name included, with what it was granted."""
    calls = [*recorded.calls, *implied_calls(account, recorded.calls)]
    lines: list[Line] = []
    for role in roles:
        own = [call for call in calls if call.role == role.name]
        lines += _missing(role, own)
        lines += _granted(role, own, kept, account.not_run.get(role.name, ""))
    return PrivilegesReport(
        lines=tuple(sorted(lines, key=lambda line: (line.role, line.action, line.resource, line.condition))),
        problems=tuple(_problems(roles, recorded, calls, kept)),
        recorded=len(recorded.calls),
    )


@cache
def kept_grants(file: Path = KEPT_FILE) -> tuple[Kept, ...]:
    """Return the reasons in the data file."""
    return tuple(Kept(**entry) for entry in tomllib.loads(file.read_text())["kept"])


def stable_name(role: str) -> str:
    """Return a role's name without the random characters that Pulumi puts at its end."""
    return _RANDOM_SUFFIX.sub("", role)


def _granted(role: RolePolicies, calls: Iterable[Call], kept: Sequence[Kept], not_run: str) -> Iterable[Line]:
    allowed = [call for call in calls if call.allowed]
    for grant in role.grants():
        users = sorted({call.by for call in allowed if grant.covers(call)}, key=lambda by: (by != ITS_OWN, by))
        reason = next((each.reason for each in kept if each.fits(grant)), not_run)
        verdict: Verdict = "used" if users else "kept" if reason else "unused"
        yield Line(
            role=stable_name(role.name),
            verdict=verdict,
            action=grant.action,
            resource=grant.resource,
            why=", ".join(users) or reason,
            policy=grant.policy,
            condition=grant.condition,
        )


def _missing(role: RolePolicies, calls: Iterable[Call]) -> Iterable[Line]:
    lacking: dict[tuple[str, str], str] = {}
    for call in calls:
        if not call.allowed or (call.by != ITS_OWN and not role.allows(call)):
            lacking.setdefault((call.action, call.resource), call.by)
    for (action, resource), by in lacking.items():
        yield Line(stable_name(role.name), "missing", action, resource, by)


def _problems(
    roles: Sequence[RolePolicies], recorded: Recorded, calls: Iterable[Call], kept: Sequence[Kept]
) -> Iterable[str]:
    for role, operation in recorded.unchecked:
        yield f"{stable_name(role)} made a call that the emulator checks no permission for: {operation}"
    if recorded.left_out:
        yield f"{recorded.left_out} calls more than the emulator keeps were made: compare after fewer"
    known = {role.name for role in roles}
    for name in sorted({call.role for call in calls} - known):
        yield f"{name} made calls and is no role of the account any more"
    for action in sorted({call.action for call in calls if not is_action(call.action)}):
        yield f"{action}, as the emulator calls it, is no action of AWS"
    grants = [grant for role in roles for grant in role.grants()]
    used = {grant for grant in grants if any(grant.covers(call) for call in calls if call.allowed)}
    for each in kept:
        fitting = {grant for grant in grants if each.fits(grant)}
        if fitting and fitting <= used:
            yield f"the reason for {each.action} of {each.role} is stale, it is used: remove it from {KEPT_FILE.name}"
