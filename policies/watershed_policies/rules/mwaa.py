"""Managed Airflow: its pages are reached from our network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

ENVIRONMENT = aws("mwaa", "Environment")

NOT_PUBLIC = Rule(
    id="MWAA-NOT-PUBLIC",
    title="Airflow's pages are reached from our network",
    severity=Severity.MEDIUM,
    why="Only a sign-in, and no bug in Airflow's pages, keeps everybody from running jobs with its role otherwise.",
    frameworks=("NIST 800-53 SC-7", "PCI DSS 1.4.4"),
)


@NOT_PUBLIC.on(ENVIRONMENT)
def pages_are_private(environment: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what is not the default."""
    if environment.properties.get("webserverAccessMode") in ("PUBLIC_ONLY", "PUBLIC_AND_PRIVATE"):
        yield Finding("shows its pages to the internet", 'webserver_access_mode="PRIVATE_ONLY"')
