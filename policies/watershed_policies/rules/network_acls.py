"""Network ACLs: the coarse second wall around subnets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import traffic
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..traffic import Opening

ACLS = (aws("ec2", "NetworkAcl"), aws("ec2", "DefaultNetworkAcl"))
ENTRY = aws("ec2", "NetworkAclRule")
REMOTE_ADMINISTRATION = (22, 3389)
LAST = 32_767

OPEN = Rule(
    id="VPC-ACL-OPEN",
    title="Network ACLs do not let everything in",
    severity=Severity.MEDIUM,
    why="An ACL that allows all is none: one wrong security group then opens the subnet.",
    frameworks=("NIST 800-53 SC-7", "PCI DSS 1.3.1"),
    peers=("Checkov CKV_AWS_352",),
)
ADMINISTRATION = Rule(
    id="VPC-ACL-ADMINISTRATION",
    title="Network ACLs let neither SSH nor RDP in from the internet",
    severity=Severity.HIGH,
    why="Both are tried out by robots within minutes.",
    frameworks=("FSBP EC2.21", "CIS AWS 5.1", "NIST 800-53 SC-7", "PCI DSS 1.3.1"),
    peers=("Checkov CKV_AWS_231", "Checkov CKV_AWS_232"),
)
PUBLIC = Rule(
    id="VPC-ACL-PUBLIC",
    title="Network ACLs let nothing in from the whole internet",
    severity=Severity.LOW,
    why="ACLs keep no state: answers from the internet need open ports, so only private subnets can meet this.",
    frameworks=("NIST 800-53 SC-7",),
    peers=("Trivy AWS-0105",),
    profile=Profile.STRICT,
)


@OPEN.on(*ACLS, ENTRY)
def not_everything_comes_in(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse all protocols and all ports from everyone."""
    for entry in traffic.of_acl(resource):
        if _allows_everyone(entry) and entry.ports == traffic.PORTS:
            yield Finding(
                f"lets the internet ({entry.everyone}) reach every port",
                'allow the ports in use: {"protocol": "tcp", "from_port": 443, "to_port": 443, "action": "allow", ...}',
            )


@ADMINISTRATION.on(*ACLS)
def administration_is_closed(acl: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse entries that let SSH or RDP in, unless an earlier one denies them."""
    yield from _open_administration(list(traffic.of_acl(acl)))


@ADMINISTRATION.across(ENTRY)
def separate_entries_close_administration(resource: Resource, stack: Stack) -> Iterator[Finding]:
    """Refuse an entry beside the ACL in the same way; the other entries of its ACL may deny before it."""
    (own,) = traffic.of_acl(resource)
    names = _names(resource)
    others = [
        entry
        for other in stack.of_type(ENTRY)
        if names & _names(other)
        for entry in traffic.of_acl(other)
        if _denies(entry)
    ]
    yield from _open_administration([own, *others])


@PUBLIC.on(*ACLS, ENTRY)
def nothing_comes_in_from_the_internet(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse any port from everyone."""
    for entry in traffic.of_acl(resource):
        if _allows_everyone(entry):
            yield Finding(f"lets the internet ({entry.everyone}) reach {entry.shown()}", "name the networks")


def _open_administration(entries: list[Opening]) -> Iterator[Finding]:
    for entry in entries:
        if not _allows_everyone(entry) or entry.ports == traffic.PORTS:
            continue
        for port in REMOTE_ADMINISTRATION:
            if entry.reaches(port) and not any(_denies_before(other, entry, port) for other in entries):
                yield Finding(
                    f"lets the internet ({entry.everyone}) reach port {port} ({entry.shown()})",
                    f"leave port {port} out, or add an entry with a lower number that denies it",
                )


def _allows_everyone(entry: Opening) -> bool:
    return entry.inbound and _action(entry) == "allow" and entry.everyone is not None


def _denies(entry: Opening) -> bool:
    return entry.inbound and _action(entry) == "deny" and entry.everyone is not None


def _denies_before(deny: Opening, allow: Opening, port: int) -> bool:
    same_family = (":" in str(deny.everyone)) == (":" in str(allow.everyone))
    covers = deny.is_for_all_protocols or deny.protocol == allow.protocol
    return _denies(deny) and same_family and covers and deny.reaches(port) and _number(deny) < _number(allow)


def _action(entry: Opening) -> str:
    return str(entry.properties.get("action") or entry.properties.get("ruleAction")).lower()


def _number(entry: Opening) -> float:
    given = entry.properties.number("ruleNo")
    return given if given is not None else entry.properties.number("ruleNumber") or LAST


def _names(entry: Resource) -> set[object]:
    """Return what a separate entry calls its ACL: what it depends on, and the id; unknown ids may be one."""
    acl = entry.values.get("networkAclId")
    return {*entry.dependencies.get("networkAclId", ()), *(() if isinstance(acl, (list, dict)) else (acl,))}
