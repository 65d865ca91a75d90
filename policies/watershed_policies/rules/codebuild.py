"""CodeBuild: builds hold no secrets, and only we see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from ..secret_text import SECRET_VALUE, looks_secret, script_holds_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

PROJECT = aws("codebuild", "Project")
SOURCES = ("source", "secondarySources")
PLAIN = "PLAINTEXT"

SECRET = Rule(
    id="CODEBUILD-SECRET",
    title="Builds hold no secrets",
    severity=Severity.CRITICAL,
    why="The console, the API and the log show them to whoever may see a project or a build.",
    frameworks=("FSBP CodeBuild.1", "FSBP CodeBuild.2", "NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
PUBLIC = Rule(
    id="CODEBUILD-NOT-PUBLIC",
    title="Builds are not public",
    severity=Severity.HIGH,
    why="The logs and results of a public project are everybody's, with all that a build prints.",
    frameworks=("NIST 800-53 AC-3", "PCI DSS 7.2.1"),
)


@SECRET.on(PROJECT)
def environment_holds_no_secret(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    names = []
    for variable in project.properties.each("environment", "environmentVariables"):
        name, value = variable.get("name"), variable.get("value")
        is_plain = (variable.get("type") or PLAIN) == PLAIN
        if is_plain and isinstance(name, str) and isinstance(value, str) and looks_secret(name, value):
            names.append(name)
    if names:
        yield Finding(
            f"has what looks like a secret in its environment ({', '.join(sorted(names))})",
            '"environment_variables": [{"name": "...", "value": secret.name, "type": "SECRETS_MANAGER"}]',
        )


@SECRET.on(PROJECT)
def source_holds_no_secret(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a password in a source's address, and what a build specification assigns."""
    for source in (each for name in SOURCES for each in project.properties.each(name)):
        if any(SECRET_VALUE.search(text) for text in source.texts("location")):
            yield Finding(
                "has a password in the address of a source",
                'an aws.codebuild.SourceCredential or aws.codeconnections.Connection, and "location" without it',
            )
        if any(script_holds_secret(text) for text in source.texts("buildspec")):
            yield Finding(
                "has what looks like a secret in its build specification",
                "`env: secrets-manager:` in the build specification, with the name of the secret",
            )


@PUBLIC.on(PROJECT)
def project_is_not_public(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to show builds to everyone."""
    if project.properties.get("projectVisibility") == "PUBLIC_READ":
        yield Finding("shows its builds to everyone", 'project_visibility="PRIVATE"')
