"""Glue jobs, crawlers and connections: what they write is encrypted, and they connect by TLS."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..embedded import mapping
from ..resource import Resource, aws
from ..rule import Finding, Rule, Severity
from ..secret_text import looks_secret

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings
    from ..values import Properties

JOB = aws("glue", "Job")
RUNNERS = (JOB, aws("glue", "Crawler"), aws("glue", "DevEndpoint"))
TRIGGER = aws("glue", "Trigger")
# Its run properties: https://docs.aws.amazon.com/glue/latest/webapi/API_PutWorkflowRunProperties.html
WORKFLOW = aws("glue", "Workflow")
ARGUMENTS = ("defaultArguments", "nonOverridableArguments", "arguments", "defaultRunProperties")
CONFIGURATION = aws("glue", "SecurityConfiguration")
CONNECTION = aws("glue", "Connection")
# https://docs.aws.amazon.com/glue/latest/dg/glue-version-support-policy.html
OLDEST_VERSION = 3.0
# What a security configuration encrypts: the section, the property of its mode, and the mode that uses KMS.
SECTIONS = (
    ("s3Encryption", "s3EncryptionMode", "SSE-KMS", "files in S3"),
    ("cloudwatchEncryption", "cloudwatchEncryptionMode", "SSE-KMS", "logs"),
    ("jobBookmarksEncryption", "jobBookmarksEncryptionMode", "CSE-KMS", "job bookmarks"),
)
FIX_CONFIGURATION = (
    'encryption_configuration={"s3_encryption": {"s3_encryption_mode": "SSE-KMS", "kms_key_arn": key.arn}, '
    '"cloudwatch_encryption": {"cloudwatch_encryption_mode": "SSE-KMS", "kms_key_arn": key.arn}, '
    '"job_bookmarks_encryption": {"job_bookmarks_encryption_mode": "CSE-KMS", "kms_key_arn": key.arn}}'
)
# The property that demands TLS, by type of connection: what is not here has TLS always, or no connection of its own.
# https://docs.aws.amazon.com/glue/latest/dg/connection-properties.html
ENFORCE_TLS = {"JDBC": "JDBC_ENFORCE_SSL"}
TLS_BY_DEFAULT = {"KAFKA": "KAFKA_SSL_ENABLED", "MONGODB": "JDBC_ENFORCE_SSL"}
SKIPS_CHECK = ("SKIP_CUSTOM_JDBC_CERT_VALIDATION", "KAFKA_SKIP_CUSTOM_CERT_VALIDATION")
URLS = ("JDBC_CONNECTION_URL", "CONNECTION_URL")
PASSWORD_IN_URL = re.compile(r"[?&;]password=[^&;]+|://[^/\s:@]*:[^/\s:@]+@", re.IGNORECASE)
TLS_IN_URL = re.compile(
    r"(\bssl(mode)?=(true|1|require|required|verify-ca|verify-full|verify_identity)|\btls=true|encrypt=true"
    r"|sslConnection=true|PROTOCOL=TCPS|^mongodb\+srv://)",
    re.IGNORECASE,
)

HAS_CONFIGURATION = Rule(
    id="GLUE-SECURITY-CONFIGURATION",
    title="Jobs and crawlers have a security configuration",
    severity=Severity.HIGH,
    why="Without one, what they write to S3, their logs and their bookmarks are not encrypted with our key.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("cdk-nag GL1", "cdk-nag GL3", "Checkov CKV_AWS_195"),
)
ENCRYPTS = Rule(
    id="GLUE-SECURITY-CONFIGURATION-KEY",
    title="Security configurations encrypt all three: files, logs and bookmarks",
    severity=Severity.HIGH,
    why="Logs and bookmarks hold parts of the data too.",
    frameworks=("NIST 800-53 SC-28",),
    peers=("cdk-nag GL1", "cdk-nag GL3", "Checkov CKV_AWS_99"),
)
CONNECTION_TLS = Rule(
    id="GLUE-CONNECTION-TLS",
    title="Connections use TLS",
    severity=Severity.HIGH,
    why="Without it, rows and passwords cross the network in the clear.",
    frameworks=("NIST 800-53 SC-8", "PCI DSS 4.2.1"),
)
CONNECTION_SECRET = Rule(
    id="GLUE-CONNECTION-SECRET",
    title="Connections take their password from Secrets Manager",
    severity=Severity.MEDIUM,
    why="A password in the connection is in the state of every tool that deploys it, even where the catalog encrypts "
    "it, and stays when the one in the database rotates.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
SECRET_IN_ARGUMENTS = Rule(
    id="GLUE-SECRET-IN-ARGUMENTS",
    title="Secrets are not in jobs' arguments",
    severity=Severity.CRITICAL,
    why="Whoever may read the job, or one of its runs, reads them; logs repeat them.",
    frameworks=("NIST 800-53 IA-5(7)", "PCI DSS 8.6.2"),
)
SUPPORTED_VERSION = Rule(
    id="GLUE-VERSION",
    title="Spark jobs run on a supported version of Glue",
    severity=Severity.MEDIUM,
    why="Older versions get no security updates.",
    frameworks=("FSBP Glue.4", "NIST 800-53 SI-2", "PCI DSS 6.3.3"),
)


@HAS_CONFIGURATION.on(*RUNNERS)
def has_security_configuration(runner: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what runs without a security configuration."""
    if not runner.properties.is_set("securityConfiguration"):
        yield Finding("has no security configuration", "security_configuration=configuration.name")


@ENCRYPTS.on(CONFIGURATION)
def encrypts_everything(configuration: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a part that is not encrypted with our key."""
    encryption = configuration.properties.section("encryptionConfiguration")
    for name, mode, with_kms, what in SECTIONS:
        section = encryption.section(name)
        if section.is_unknown(mode):
            continue
        if section.get(mode) != with_kms or not section.has_customer_key("kmsKeyArn"):
            yield Finding(f"does not encrypt {what} with a customer-managed key", FIX_CONFIGURATION)


@SUPPORTED_VERSION.on(JOB)
def runs_on_supported_version(job: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse versions before 3.0; Python shell jobs have versions of their own."""
    version = job.properties.number("glueVersion")
    is_shell = job.properties.get("command", "name") == "pythonshell"
    if version is not None and version < OLDEST_VERSION and not is_shell:
        yield Finding(f"runs on Glue {version}, which AWS has ended", 'glue_version="5.0"')


@CONNECTION_TLS.on(CONNECTION)
def connects_by_tls(connection: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse connections that may do without TLS, or do not look at the certificate."""
    given = connection.properties.section("connectionProperties")
    if given.is_unknown():
        return
    kind = str(connection.properties.get("connectionType") or "JDBC").upper()
    if _is_plain(kind, given):
        name = ENFORCE_TLS.get(kind) or TLS_BY_DEFAULT[kind]
        yield Finding("connects without TLS", f'connection_properties={{..., "{name}": "true"}}')
    for name in SKIPS_CHECK:
        if not given.is_unknown(name) and given.is_true(name):
            yield Finding("does not look at the server's certificate", f"remove {name} from connection_properties")


@CONNECTION_SECRET.on(CONNECTION)
def password_is_a_secret(connection: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a password in the connection itself, or in its URL."""
    given = connection.properties.section("connectionProperties")
    if given.is_unknown():
        return
    urls = [given.get(name) for name in URLS if not given.is_unknown(name)]
    in_url = any(isinstance(url, str) and PASSWORD_IN_URL.search(url) for url in urls)
    # Kafka has three more: of its SASL user, of the client's key store, and of the key in it.
    in_property = any(name.endswith("PASSWORD") for name in mapping(connection.properties.get("connectionProperties")))
    if in_url or in_property:
        yield Finding("holds a password", 'connection_properties={..., "SECRET_ID": secret.arn}, without PASSWORD')


@SECRET_IN_ARGUMENTS.on(JOB, TRIGGER, WORKFLOW)
def arguments_hold_no_secret(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse what looks like a secret, by name or value; the message never shows the value."""
    starts = [resource.properties, *resource.properties.each("actions")]
    given = [start.get(name) for start in starts for name in ARGUMENTS]
    for name, value in (item for arguments in given for item in mapping(arguments).items()):
        if isinstance(value, str) and looks_secret(name, value):
            yield Finding(
                f"has what looks like a secret in the argument {name}",
                "keep it in an aws.secretsmanager.Secret, give the job the secret's ARN and read access",
            )


def _is_plain(kind: str, given: Properties) -> bool:
    by_default = TLS_BY_DEFAULT.get(kind)
    if by_default:
        return not given.is_unknown(by_default) and given.is_false(by_default)
    name = ENFORCE_TLS.get(kind)
    if name is None or given.is_unknown(name) or given.is_true(name):
        return False
    urls = [given.get(key) for key in URLS if not given.is_unknown(key)]
    return given.is_false(name) or not any(isinstance(url, str) and TLS_IN_URL.search(url) for url in urls)
