"""CodeBuild and Certificate Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

PROJECT = "aws:codebuild/project:Project"
CERTIFICATE = "aws:acm/certificate:Certificate"
AUTHORITY = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/11111111-2222-3333-4444-555555555555"
REPOSITORY = "https://github.com/acme/orders.git"


def with_variable(name: str, value: str, **more: Any) -> Recorded:
    return make(PROJECT, environment={"environmentVariables": [{"name": name, "value": value, **more}]})


def of_source(**source: Any) -> Recorded:
    return make(PROJECT, source={"type": "GITHUB", "location": REPOSITORY, **source})


def specification(line: str) -> Recorded:
    return of_source(buildspec=f"version: 0.2\nphases:\n  build:\n    commands:\n      - {line}\n")


def made(**artifacts: Any) -> Recorded:
    return make(PROJECT, artifacts={"type": "S3", "location": "builds", **artifacts})


def logged(preference: str, **more: Any) -> Recorded:
    return make(CERTIFICATE, options={"certificateTransparencyLoggingPreference": preference}, **more)


CASES = [
    bad("CODEBUILD-SECRET", "a password, plain by default", with_variable("DB_PASSWORD", "Swordfish1234")),
    bad("CODEBUILD-SECRET", "a key of AWS", with_variable("KEY", "AKIAIOSFODNN7EXAMPLQ", type="PLAINTEXT")),
    bad("CODEBUILD-SECRET", "a token in an address", of_source(location="https://bob:hunter22@github.com/acme/a.git")),
    bad(
        "CODEBUILD-SECRET",
        "a second source's",
        make(PROJECT, secondarySources=[{"location": "https://bob:hunter22@github.com/acme/a.git"}]),
    ),
    bad("CODEBUILD-SECRET", "in what is built by", specification("export NPM_TOKEN=a8f5f167f44f4964e6c998dee827110c")),
    good("CODEBUILD-SECRET", "the name of a secret", with_variable("DB_PASSWORD", "orders-db", type="SECRETS_MANAGER")),
    good("CODEBUILD-SECRET", "a parameter", with_variable("DB_PASSWORD", "orders-db", type="PARAMETER_STORE")),
    good("CODEBUILD-SECRET", "a setting", with_variable("STAGE", "prod")),
    good("CODEBUILD-SECRET", "an address", of_source()),
    good(
        "CODEBUILD-SECRET", "what is fetched", specification("export NPM_TOKEN=$(aws secretsmanager get-secret-value)")
    ),
    bad("CODEBUILD-NOT-PUBLIC", "everyone", make(PROJECT, projectVisibility="PUBLIC_READ")),
    good("CODEBUILD-NOT-PUBLIC", "us", make(PROJECT, projectVisibility="PRIVATE")),
    good("CODEBUILD-NOT-PUBLIC", "the default", make(PROJECT)),
    bad("CODEBUILD-TLS", "any certificate", of_source(type="GITHUB_ENTERPRISE", insecureSsl=True)),
    bad("CODEBUILD-TLS", "a second source's", make(PROJECT, secondarySources=[{"insecureSsl": True}])),
    good("CODEBUILD-TLS", "the default", of_source()),
    good("CODEBUILD-TLS", "off", of_source(insecureSsl=False)),
    bad("CODEBUILD-ENCRYPTED", "off", made(encryptionDisabled=True)),
    bad(
        "CODEBUILD-ENCRYPTED",
        "the second ones",
        make(PROJECT, secondaryArtifacts=[{"type": "S3", "encryptionDisabled": True}]),
    ),
    good("CODEBUILD-ENCRYPTED", "the default", made()),
    good("CODEBUILD-ENCRYPTED", "on", made(encryptionDisabled=False)),
    good("CODEBUILD-ENCRYPTED", "none", made(type="NO_ARTIFACTS", encryptionDisabled=True)),
    bad("CODEBUILD-PRIVILEGED", "on", make(PROJECT, environment={"privilegedMode": True})),
    good("CODEBUILD-PRIVILEGED", "off", make(PROJECT, environment={"privilegedMode": False})),
    good("CODEBUILD-PRIVILEGED", "the default", make(PROJECT, environment={"type": "LINUX_CONTAINER"})),
    bad("ACM-KEY-LENGTH", "short", make(CERTIFICATE, keyAlgorithm="RSA_1024")),
    good("ACM-KEY-LENGTH", "the default", make(CERTIFICATE, domainName="data.example.com")),
    good("ACM-KEY-LENGTH", "another kind of key", make(CERTIFICATE, keyAlgorithm="EC_prime256v1")),
    bad("ACM-TRANSPARENCY", "kept out", logged("DISABLED")),
    good("ACM-TRANSPARENCY", "logged", logged("ENABLED")),
    good("ACM-TRANSPARENCY", "the default", make(CERTIFICATE)),
    good("ACM-TRANSPARENCY", "a private authority", logged("DISABLED", certificateAuthorityArn=AUTHORITY)),
]
