"""CodeBuild: builds hold no secrets, only we see them, and what they take and make is protected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity
from ..secret_text import SECRET_VALUE, script_holds_secret, secret_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

PROJECT = aws("codebuild", "Project")
SOURCES = ("source", "secondarySources")
ARTIFACTS = ("artifacts", "secondaryArtifacts")
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
TLS = Rule(
    id="CODEBUILD-TLS",
    title="Builds check whom they take the source from",
    severity=Severity.HIGH,
    why="Whoever is on the way between builds and the source can have them build something else.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
ENCRYPTED = Rule(
    id="CODEBUILD-ENCRYPTED",
    title="What builds make is encrypted",
    severity=Severity.MEDIUM,
    why="Programs and what is built into them lie in the clear for whoever may read the bucket otherwise.",
    frameworks=("NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("Checkov CKV_AWS_78",),
)
PRIVILEGED = Rule(
    id="CODEBUILD-PRIVILEGED",
    title="Builds are not privileged",
    severity=Severity.MEDIUM,
    why="A privileged build is root on its machine. Builds of container images need to be, hence strict.",
    frameworks=("NIST 800-53 AC-6",),
    peers=("Checkov CKV_AWS_316",),
    profile=Profile.STRICT,
)


@SECRET.on(PROJECT)
def environment_holds_no_secret(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    variables = project.properties.each("environment", "environmentVariables")
    names = secret_names(each for each in variables if (each.get("type") or PLAIN) == PLAIN)
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


@TLS.on(PROJECT)
def certificates_are_checked(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to take any certificate for that of the source."""
    if any(source.is_true("insecureSsl") for name in SOURCES for source in project.properties.each(name)):
        yield Finding("takes any certificate for that of its source", '"insecure_ssl": False')


@ENCRYPTED.on(PROJECT)
def artifacts_are_encrypted(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to switch off what is on by default."""
    for artifacts in (each for name in ARTIFACTS for each in project.properties.each(name)):
        if artifacts.get("type") != "NO_ARTIFACTS" and artifacts.is_true("encryptionDisabled"):
            yield Finding("does not encrypt what it makes", '"encryption_disabled": False')


@PRIVILEGED.on(PROJECT)
def project_is_not_privileged(project: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse builds that are root on their machine."""
    if project.properties.is_true("environment", "privilegedMode"):
        yield Finding("is privileged", '"privileged_mode": False')
