"""ECR: images are scanned, cannot be swapped, are encrypted with our key, and expire; also what ECR pulls itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..embedded import is_on, strings
from ..iam.patterns import matches
from ..resource import Resource, Stack, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

REPOSITORY = aws("ecr", "Repository")
TEMPLATE = aws("ecr", "RepositoryCreationTemplate")
SCANNING = aws("ecr", "RegistryScanningConfiguration")
LIFECYCLE = aws("ecr", "LifecyclePolicy")
CACHE_RULE = aws("ecr", "PullThroughCacheRule")
KMS_TYPES = ("KMS", "KMS_DSSE")
AUTOMATIC = ("SCAN_ON_PUSH", "CONTINUOUS_SCAN")
# The template for prefixes that have none of their own.
ROOT = "ROOT"

IMMUTABLE = Rule(
    id="ECR-IMMUTABLE-TAGS",
    title="A tag stays with its image",
    severity=Severity.MEDIUM,
    why="Who may push could otherwise swap the image behind a tag that was tested and deployed.",
    frameworks=("FSBP ECR.2", "NIST 800-53 CM-8(1)"),
    peers=("Checkov CKV_AWS_51", "Trivy AWS-0031"),
)
SCANNED = Rule(
    id="ECR-SCAN-ON-PUSH",
    title="Images are scanned",
    severity=Severity.HIGH,
    why="Images bring the vulnerabilities of all that they were built from.",
    frameworks=("FSBP ECR.1", "NIST 800-53 RA-5", "PCI DSS 6.2.3"),
    peers=("Checkov CKV_AWS_163", "Trivy AWS-0030"),
)
CUSTOMER_KEY = Rule(
    id="ECR-CUSTOMER-KEY",
    title="Repositories encrypt with a customer-managed key",
    severity=Severity.LOW,
    why="Only a key of ours has a policy and a log of its own.",
    frameworks=("FSBP ECR.5", "NIST 800-53 SC-28"),
    peers=("Checkov CKV_AWS_136", "Trivy AWS-0033"),
)
EXPIRES = Rule(
    id="ECR-LIFECYCLE",
    title="Images expire",
    severity=Severity.LOW,
    why="Old images are paid for, and one that nobody patches may be started by mistake.",
    frameworks=("FSBP ECR.3", "NIST 800-53 CM-2"),
)
PULLED = Rule(
    id="ECR-PULL-THROUGH-TEMPLATE",
    title="Repositories that a pull-through cache makes are made by a template",
    severity=Severity.MEDIUM,
    why="Without one they have AWS's key and no lifecycle: every image of the upstream that was ever pulled is kept. "
    "They are the upstream's images, which anyone may pull, hence strict.",
    frameworks=("FSBP ECR.3", "FSBP ECR.5"),
    profile=Profile.STRICT,
)
ENHANCED = Rule(
    id="ECR-ENHANCED-SCANNING",
    title="Inspector scans images, and again when a vulnerability becomes known",
    severity=Severity.LOW,
    why="Basic scanning looks at the operating system's packages only, once.",
    profile=Profile.STRICT,
)
FORCE_DELETE = Rule(
    id="ECR-FORCE-DELETE",
    title="A repository that holds images is not deleted",
    severity=Severity.LOW,
    why="With force_delete, removing a line of code deletes every image, those that run included.",
    profile=Profile.STRICT,
)
NOT_PUBLIC = Rule(
    id="ECR-NO-GALLERY",
    title="Images are not in the public gallery",
    severity=Severity.MEDIUM,
    why="Everyone on the internet pulls from ECR Public, without signing in.",
    profile=Profile.STRICT,
)


@IMMUTABLE.on(REPOSITORY)
def tags_are_immutable(repository: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse tags that move, which is the default, and an exception for all."""
    properties = repository.properties
    mutability = str(properties.get("imageTagMutability") or "MUTABLE")
    filters = [entry.get("filter") for entry in properties.each("imageTagMutabilityExclusionFilters")]
    excepts_all = mutability.endswith("WITH_EXCLUSION") and "*" in filters
    if not mutability.startswith("IMMUTABLE") or excepts_all:
        yield Finding("has tags that can move to another image", 'image_tag_mutability="IMMUTABLE"')


@IMMUTABLE.on(TEMPLATE)
def template_tags_are_immutable(template: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse tags that move, but not of an upstream's images: those tags are the upstream's."""
    if "PULL_THROUGH_CACHE" in strings(template.properties.get("appliedFors")):
        return
    yield from tags_are_immutable(template, _)


@SCANNED.across(REPOSITORY)
def images_are_scanned(repository: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that the repository, or the registry for it, scans what is pushed."""
    if is_on(repository.properties.get("imageScanningConfiguration", "scanOnPush")):
        return
    name = repository.values.get("name", repository.outputs.get("name"))
    if not any(_scans(registry, name) for registry in stack.of_type(SCANNING)):
        yield Finding("does not scan its images", 'image_scanning_configuration={"scan_on_push": True}')


@SCANNED.on(SCANNING)
def registry_scans(registry: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a registry that scans nothing by itself."""
    if not any(rule.get("scanFrequency") in AUTOMATIC for rule in registry.properties.each("rules")):
        yield Finding(
            "scans no image by itself",
            'rules=[{"scan_frequency": "SCAN_ON_PUSH", "repository_filters": [{"filter": "*", '
            '"filter_type": "WILDCARD"}]}]',
        )


@CUSTOMER_KEY.on(REPOSITORY, TEMPLATE)
def is_encrypted(repository: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse S3's key, which is the default, and AWS's."""
    encryption = repository.properties.section("encryptionConfigurations")
    if encryption.get("encryptionType") not in KMS_TYPES or not encryption.has_customer_key("kmsKey"):
        yield Finding(
            "does not encrypt with a customer-managed key",
            'encryption_configurations=[{"encryption_type": "KMS", "kms_key": key.arn}]',
        )


@EXPIRES.across(REPOSITORY)
def images_expire(repository: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that a lifecycle policy names the repository."""
    if not stack.naming(repository, "repository", LIFECYCLE):
        yield Finding(
            "keeps its images for ever",
            'aws.ecr.LifecyclePolicy("...", repository=repository.name, policy=json.dumps({"rules": [...]}))',
        )


@EXPIRES.on(TEMPLATE)
def template_images_expire(template: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a template for repositories that keep everything."""
    if not template.properties.is_set("lifecyclePolicy"):
        yield Finding(
            "makes repositories that keep their images for ever", 'lifecycle_policy=json.dumps({"rules": [...]})'
        )


@PULLED.across(CACHE_RULE)
def cache_has_template(cache: Resource, stack: Stack) -> Iterator[Finding]:
    """Check that a template is applied to the repositories of the cache."""
    prefix = cache.properties.get("ecrRepositoryPrefix")
    for template in stack.of_type(TEMPLATE):
        applied = template.properties
        is_for_caches = applied.is_unknown("appliedFors") or "PULL_THROUGH_CACHE" in strings(applied.get("appliedFors"))
        if is_for_caches and (applied.is_unknown("prefix") or _covers(str(applied.get("prefix")), str(prefix))):
            return
    yield Finding(
        "makes repositories without a template",
        f'aws.ecr.RepositoryCreationTemplate("...", prefix="{prefix}", applied_fors=["PULL_THROUGH_CACHE"], '
        "encryption_configurations=[...], lifecycle_policy=...)",
    )


@ENHANCED.on(SCANNING)
def is_enhanced(registry: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse basic scanning."""
    if registry.properties.get("scanType") != "ENHANCED":
        yield Finding("scans the operating system's packages only", 'scan_type="ENHANCED"')


@FORCE_DELETE.on(REPOSITORY)
def keeps_images(repository: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse to delete what holds images."""
    if is_on(repository.properties.get("forceDelete")):
        yield Finding("is deleted with its images", "force_delete=False")


@NOT_PUBLIC.on(aws("ecrpublic", "Repository"))
def is_not_in_gallery(_: Resource, __: Settings) -> Iterator[Finding]:
    """Refuse a public repository."""
    yield Finding("is public", 'aws.ecr.Repository("...", ...)')


def _scans(registry: Resource, name: object) -> bool:
    """Say whether the registry's rules scan a repository; one whose name is not known yet may be under any of them."""
    if registry.properties.is_unknown("rules"):
        return True
    for rule in registry.properties.each("rules"):
        if rule.get("scanFrequency") not in AUTOMATIC:
            continue
        for entry in rule.each("repositoryFilters"):
            # A filter without a wildcard is for all repositories whose names contain it.
            pattern = str(entry.get("filter"))
            if not isinstance(name, str) or matches(pattern if "*" in pattern else f"*{pattern}*", name):
                return True
    return False


def _covers(template: str, prefix: str) -> bool:
    return template == ROOT or prefix == template or prefix.startswith(f"{template.rstrip('/')}/")
