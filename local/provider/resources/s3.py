"""S3."""

import re
from typing import Any

from ..table import Call, Name, Part, Resource, Session, State

# https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints
_HOSTED_ZONES = {
    "ap-northeast-1": "Z2M4EHUR26P7ZW",
    "ap-south-1": "Z11RGJOFQNVJUP",
    "ap-southeast-1": "Z3O0J2DXBE1FTB",
    "ap-southeast-2": "Z1WCIGYICN2BYD",
    "ca-central-1": "Z1QDHH18159H29",
    "eu-central-1": "Z21DNDUVLTQW6Q",
    "eu-north-1": "Z3BAZG2TWCNX0D",
    "eu-south-1": "Z30OZKI7KPW7MI",
    "eu-west-1": "Z1BKCTXD74EZPE",
    "eu-west-2": "Z3GKZC51ZF0DB4",
    "eu-west-3": "Z3R1K369G5AVDG",
    "sa-east-1": "Z7KQH4QJS55SO",
    "us-east-1": "Z3AQBSTGFYJSTF",
    "us-east-2": "Z2O1EMRO9K5GLX",
    "us-west-1": "Z2F56UZL2M1ACD",
    "us-west-2": "Z3BJ6K6RIION7M",
}

_OWN_RESOURCE = "declare it as a resource of its own, aws.s3.{}: on the bucket it is deprecated"


def _location(parameters: dict[str, Any], state: State) -> None:
    """S3 wants a region to be named, except the one it began in."""
    if state.get("region") not in (None, "us-east-1"):
        parameters["CreateBucketConfiguration"] = {"LocationConstraint": state["region"]}


def _bucket_name(state: State) -> list[tuple[str, str]]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    name = state.get("bucket")
    if not isinstance(name, str):
        return []
    fits = re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) and ".." not in name
    if (
        fits
        and not name.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        and not name.endswith(("-s3alias", "--ol-s3"))
    ):
        return []
    return [("bucket", f"is {name!r}: a bucket name has 3 to 63 lower-case letters, digits, dots and hyphens")]


def _hosted_zone(state: State, session: Session) -> State:
    return {"hostedZoneId": _HOSTED_ZONES[session.region]} if session.region in _HOSTED_ZONES else {}


def _empty(state: State, session: Session) -> None:
    """Delete every version of every object, if the program said `forceDestroy`; S3 refuses a bucket that has any."""
    if not state.get("forceDestroy"):
        return
    place = {"Bucket": state["bucket"]}
    while True:
        page = session.call("s3", "ListObjectVersions", place)
        entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if not entries:
            break
        keys = [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in entries]
        session.call("s3", "DeleteObjects", {**place, "Delete": {"Objects": keys, "Quiet": True}})


BUCKET = Resource(
    "aws:s3/bucket:Bucket",
    service="s3",
    id="{bucket}",
    name=Name(property="bucket", limit=63, lower=True, prefix_property="bucketPrefix"),
    create=Call("CreateBucket", adjust=_location),
    read=(
        Call("HeadBucket"),
        Call("GetBucketTagging", rename={"tagsAll": "TagSet"}, optional=True),
    ),
    parts=(
        Part(
            properties=("tags",),
            put=Call("PutBucketTagging", takes=("tagsAll",), rename={"tagsAll": "Tagging.TagSet"}),
            clear=Call("DeleteBucketTagging"),
        ),
    ),
    before_delete=_empty,
    after_read=_hosted_zone,
    delete=(Call("DeleteBucket"),),
    rename={"objectLockEnabled": "ObjectLockEnabledForBucket"},
    defaults={"forceDestroy": False},
    local=("forceDestroy", "bucketPrefix"),
    check=_bucket_name,
    computed={
        "arn": "arn:{partition}:s3:::{bucket}",
        "bucketDomainName": "{bucket}.s3.amazonaws.com",
        "bucketRegion": "{region}",
        "bucketRegionalDomainName": "{bucket}.s3.{region}.amazonaws.com",
    },
    unsupported={
        "accelerationStatus": _OWN_RESOURCE.format("BucketAccelerateConfiguration"),
        "acl": _OWN_RESOURCE.format("BucketAcl"),
        "corsRules": _OWN_RESOURCE.format("BucketCorsConfiguration"),
        "grants": _OWN_RESOURCE.format("BucketAcl"),
        "lifecycleRules": _OWN_RESOURCE.format("BucketLifecycleConfiguration"),
        "logging": _OWN_RESOURCE.format("BucketLogging"),
        "objectLockConfiguration": _OWN_RESOURCE.format("BucketObjectLockConfiguration"),
        "policy": _OWN_RESOURCE.format("BucketPolicy"),
        "replicationConfiguration": _OWN_RESOURCE.format("BucketReplicationConfig"),
        "requestPayer": _OWN_RESOURCE.format("BucketRequestPaymentConfiguration"),
        "serverSideEncryptionConfiguration": _OWN_RESOURCE.format("BucketServerSideEncryptionConfiguration"),
        "versioning": _OWN_RESOURCE.format("BucketVersioning"),
        "website": _OWN_RESOURCE.format("BucketWebsiteConfiguration"),
    },
)

RESOURCES = (BUCKET,)
