"""ECR."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

REPOSITORY = "aws:ecr/repository:Repository"
TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"
SCANNING = "aws:ecr/registryScanningConfiguration:RegistryScanningConfiguration"
LIFECYCLE = "aws:ecr/lifecyclePolicy:LifecyclePolicy"
CACHE_RULE = "aws:ecr/pullThroughCacheRule:PullThroughCacheRule"
GALLERY = "aws:ecrpublic/repository:Repository"
KEY_ARN = "arn:aws:kms:eu-west-1:123456789012:key/1"
repository = make(REPOSITORY, "images")
EXPIRY = json.dumps({"rules": [{"rulePriority": 1, "action": {"type": "expire"}}]})
cache = make(CACHE_RULE, ecrRepositoryPrefix="docker-hub", upstreamRegistryUrl="registry-1.docker.io")


def registry(pattern: str = "*", frequency: str = "SCAN_ON_PUSH", **inputs: Any) -> Recorded:
    rule = {"scanFrequency": frequency, "repositoryFilters": [{"filter": pattern, "filterType": "WILDCARD"}]}
    return make(SCANNING, "registry", rules=[rule], **inputs)


def encrypted(type_: str = REPOSITORY, **how: Any) -> Recorded:
    return make(type_, encryptionConfigurations=[how])


def template(prefix: str = "docker-hub", applied: str = "PULL_THROUGH_CACHE", **inputs: Any) -> Recorded:
    return make(TEMPLATE, prefix=prefix, appliedFors=[applied], **inputs)


CASES = [
    bad("ECR-IMMUTABLE-TAGS", "not said", repository),
    bad("ECR-IMMUTABLE-TAGS", "mutable", make(REPOSITORY, imageTagMutability="MUTABLE")),
    bad(
        "ECR-IMMUTABLE-TAGS",
        "all excepted",
        make(
            REPOSITORY,
            imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filter": "*", "filterType": "WILDCARD"}],
        ),
    ),
    bad("ECR-IMMUTABLE-TAGS", "a template's", template(applied="REPLICATION")),
    good("ECR-IMMUTABLE-TAGS", "immutable", make(REPOSITORY, imageTagMutability="IMMUTABLE")),
    good(
        "ECR-IMMUTABLE-TAGS",
        "some excepted",
        make(
            REPOSITORY,
            imageTagMutability="IMMUTABLE_WITH_EXCLUSION",
            imageTagMutabilityExclusionFilters=[{"filter": "dev-*", "filterType": "WILDCARD"}],
        ),
    ),
    good("ECR-IMMUTABLE-TAGS", "an upstream's", template()),
    bad("ECR-SCAN-ON-PUSH", "not said", repository),
    bad("ECR-SCAN-ON-PUSH", "off", make(REPOSITORY, imageScanningConfiguration={"scanOnPush": False})),
    bad("ECR-SCAN-ON-PUSH", "others", make(REPOSITORY, name="images"), registry("prod-*")),
    good("ECR-SCAN-ON-PUSH", "by a part of the name", make(REPOSITORY, name="prod-images"), registry("images")),
    bad("ECR-SCAN-ON-PUSH", "by hand", registry(frequency="MANUAL")),
    bad("ECR-SCAN-ON-PUSH", "no rules", make(SCANNING, scanType="BASIC", rules=[])),
    good("ECR-SCAN-ON-PUSH", "on", make(REPOSITORY, imageScanningConfiguration={"scanOnPush": True})),
    good("ECR-SCAN-ON-PUSH", "by the registry", repository, registry(frequency="CONTINUOUS_SCAN")),
    good("ECR-SCAN-ON-PUSH", "by name", make(REPOSITORY, name="prod-images"), registry("prod-*")),
    bad("ECR-CUSTOMER-KEY", "none", repository),
    bad("ECR-CUSTOMER-KEY", "S3's", encrypted(encryptionType="AES256")),
    bad("ECR-CUSTOMER-KEY", "AWS's", encrypted(encryptionType="KMS")),
    bad("ECR-CUSTOMER-KEY", "a template's", template()),
    good("ECR-CUSTOMER-KEY", "ours", encrypted(encryptionType="KMS", kmsKey=KEY_ARN)),
    good("ECR-CUSTOMER-KEY", "ours, twice", encrypted(encryptionType="KMS_DSSE", kmsKey=KEY_ARN)),
    good("ECR-CUSTOMER-KEY", "a template's, ours", encrypted(TEMPLATE, encryptionType="KMS", kmsKey=KEY_ARN)),
    bad("ECR-LIFECYCLE", "none", repository),
    bad("ECR-LIFECYCLE", "another's", repository, make(LIFECYCLE, repository="another", policy=EXPIRY)),
    bad("ECR-LIFECYCLE", "a template's", template()),
    good("ECR-LIFECYCLE", "one", repository, make(LIFECYCLE, repository=repository, policy=EXPIRY)),
    good("ECR-LIFECYCLE", "a template's", template(lifecyclePolicy=EXPIRY)),
    bad("ECR-PULL-THROUGH-TEMPLATE", "none", cache),
    bad("ECR-PULL-THROUGH-TEMPLATE", "another's", cache, template("quay")),
    bad("ECR-PULL-THROUGH-TEMPLATE", "for copies", cache, template(applied="REPLICATION")),
    good("ECR-PULL-THROUGH-TEMPLATE", "one", cache, template()),
    good("ECR-PULL-THROUGH-TEMPLATE", "for all", cache, template("ROOT")),
    bad("ECR-ENHANCED-SCANNING", "basic", registry(scanType="BASIC")),
    good("ECR-ENHANCED-SCANNING", "enhanced", registry(scanType="ENHANCED")),
    good("ECR-ENHANCED-SCANNING", "something else", repository),
    bad("ECR-FORCE-DELETE", "on", make(REPOSITORY, forceDelete=True)),
    good("ECR-FORCE-DELETE", "off", make(REPOSITORY, forceDelete=False)),
    good("ECR-FORCE-DELETE", "not said", repository),
    bad("ECR-NO-GALLERY", "public", make(GALLERY, repositoryName="watershed")),
    good("ECR-NO-GALLERY", "private", repository),
    good("ECR-NO-GALLERY", "something else", cache),
]
