"""Security groups: rules name ports, not ranges of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import traffic
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..resource import Resource
    from ..settings import Settings
    from ..traffic import Opening

# More than the replicas or brokers of one service take: Kafka on MSK has 9092 to 9198 for all its ways to sign in.
# https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html
MOST_PORTS = 128

FEW_PORTS = Rule(
    id="VPC-PORT-RANGE",
    title="Rules of security groups open few ports",
    severity=Severity.LOW,
    why="A range is open for what listens there today, and for what somebody starts there tomorrow. Some programs "
    "choose their ports freely, hence strict.",
    frameworks=("NIST 800-53 SC-7", "PCI DSS 1.2.5"),
    profile=Profile.STRICT,
)


@FEW_PORTS.on(*traffic.GROUP_TYPES)
def ports_are_few(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse long ranges; of what is open to everyone other rules tell, and members of a group are among themselves."""
    for opening in traffic.of_group(resource):
        ports = opening.ports
        if ports is None or opening.everyone or ports[1] - ports[0] < MOST_PORTS or _is_among_members(opening):
            continue
        direction = "in" if opening.inbound else "out"
        yield Finding(
            f"has a rule that lets {ports[1] - ports[0] + 1:,} ports {direction} ({opening.shown()})",
            "name the port that is used: from_port=5432, to_port=5432; with a rule for each where there are several",
        )


def _is_among_members(opening: Opening) -> bool:
    properties = opening.properties
    if properties.is_true("self"):
        return True
    for name in ("referencedSecurityGroupId", "sourceSecurityGroupId"):
        if properties.is_set(name):
            return bool(properties.get(name) == properties.get("securityGroupId"))
    return False
