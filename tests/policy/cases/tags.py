"""Tags."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.harness import REQUIRED_TAGS
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

ALL = dict.fromkeys(REQUIRED_TAGS, "x")

TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"


def by_provider(defaults: dict[str, str], **inputs: Any) -> Recorded:
    """Return a resource of a provider that has default tags, in the form in which the engine hands them on."""
    return replace(
        make("aws:ecr/repository:Repository", **inputs), provider={"defaultTags": json.dumps({"tags": defaults})}
    )


CASES = [
    bad("TAGS-REQUIRED", "none", make("aws:s3/bucket:Bucket")),
    bad("TAGS-REQUIRED", "one missing", make("aws:kms/key:Key", tags=dict.fromkeys(REQUIRED_TAGS[1:], "x"))),
    bad("TAGS-REQUIRED", "of the repositories that a template makes", make(TEMPLATE, prefix="hub")),
    good("TAGS-REQUIRED", "of a template's repositories, all", make(TEMPLATE, prefix="hub", resourceTags=ALL)),
    bad("TAGS-REQUIRED", "one is empty", make("aws:sns/topic:Topic", tags={**ALL, REQUIRED_TAGS[0]: ""})),
    bad("TAGS-REQUIRED", "one is blank", make("aws:sns/topic:Topic", tags={**ALL, REQUIRED_TAGS[0]: "  "})),
    bad(
        "TAGS-REQUIRED",
        "an auto scaling group's is empty",
        make("aws:autoscaling/group:Group", tags=[{"key": key, "value": "", "propagateAtLaunch": True} for key in ALL]),
    ),
    bad("TAGS-REQUIRED", "none of the provider's", by_provider({REQUIRED_TAGS[0]: "x"})),
    bad("TAGS-REQUIRED", "the provider's blanked", by_provider(ALL, tags={REQUIRED_TAGS[0]: ""})),
    good("TAGS-REQUIRED", "the provider's", by_provider(ALL)),
    good(
        "TAGS-REQUIRED",
        "some the provider's, some its own",
        by_provider(dict.fromkeys(REQUIRED_TAGS[1:], "x"), tags={REQUIRED_TAGS[0]: "x"}),
    ),
    good("TAGS-REQUIRED", "all", make("aws:s3/bucket:Bucket", tags=ALL)),
    good("TAGS-REQUIRED", "more than that", make("aws:sqs/queue:Queue", tags={**ALL, "cost-centre": "7"})),
    good("TAGS-REQUIRED", "what takes none", make("aws:s3/bucketVersioning:BucketVersioning")),
    good("TAGS-REQUIRED", "an object", make("aws:s3/bucketObjectv2:BucketObjectv2", bucket="b", key="k")),
    good(
        "TAGS-REQUIRED",
        "an auto scaling group's list",
        make(
            "aws:autoscaling/group:Group", tags=[{"key": key, "value": "x", "propagateAtLaunch": True} for key in ALL]
        ),
    ),
]
