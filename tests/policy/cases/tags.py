"""Tags."""

from __future__ import annotations

from tests.policy.cases import bad, good
from tests.policy.harness import REQUIRED_TAGS
from tests.policy.resources import make

ALL = dict.fromkeys(REQUIRED_TAGS, "x")

TEMPLATE = "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"

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
