"""S3 buckets and the resources around them, as the rules for S3 need to know them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .embedded import mapping
from .iam import locations
from .iam.locations import Kind
from .resource import Resource, Stack, aws

if TYPE_CHECKING:
    from .iam.document import Document
    from .values import Properties

BUCKETS = (aws("s3", "Bucket"), aws("s3", "BucketV2"))
POLICY = aws("s3", "BucketPolicy")
LOGGING = (aws("s3", "BucketLogging"), aws("s3", "BucketLoggingV2"))

# Load balancers write their logs with S3's key only; Network Load Balancers, which are of the first two types too, with
# ours. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
LOAD_BALANCERS = (aws("lb", "LoadBalancer"), aws("alb", "LoadBalancer"), aws("elb", "LoadBalancer"))
LOAD_BALANCER_LOGS = ("accessLogs", "connectionLogs")
LOAD_BALANCER_DELIVERY = "logdelivery.elasticloadbalancing.amazonaws.com"

# Our component for buckets that take access logs, of other stacks too.
LOG_COMPONENT = "watershed:storage:AccessLogs"
INLINE_LOGGING = ("logging", "loggings")
LOG_DELIVERY = "logging.s3.amazonaws.com"


def receives_access_logs(bucket: Resource, stack: Stack) -> bool:
    """Say whether S3 writes access logs to the bucket: then KMS is not possible, and logging it would go in circles."""
    if bucket.is_in(LOG_COMPONENT):
        return True
    if stack.naming(bucket, "targetBucket", *LOGGING):
        return True
    if any(
        bucket.urn in other.dependencies.get(name, ()) for other in stack.of_type(*BUCKETS) for name in INLINE_LOGGING
    ):
        return True
    policies = [bucket, *stack.naming(bucket, "bucket", POLICY)]
    return any(
        _lets_in(LOG_DELIVERY, document)
        for holder in policies
        for document in locations.documents(holder, Kind.RESOURCE)
    )


def takes_only_s3_key(bucket: Resource, stack: Stack) -> bool:
    """Say whether AWS writes to the bucket only while it encrypts with S3's own key."""
    return (
        receives_access_logs(bucket, stack)
        or any(_logs_into(balancer, bucket) for balancer in stack.of_type(*LOAD_BALANCERS))
        or any(
            _lets_in(LOAD_BALANCER_DELIVERY, document)
            for holder in (bucket, *stack.naming(bucket, "bucket", POLICY))
            for document in locations.documents(holder, Kind.RESOURCE)
        )
    )


def is_for_log_delivery(document: Document) -> bool:
    """Say whether a bucket policy lets AWS deliver access logs that it does not encrypt with our key."""
    return any(_lets_in(service, document) for service in (LOG_DELIVERY, LOAD_BALANCER_DELIVERY))


def either(properties: Properties, name: str) -> Properties:
    """Return an inline setting of a bucket: BucketV2 has lists of one, with their names in the plural."""
    return properties.section(name if properties.is_set(name) else f"{name}s")


def is_inline(bucket: Resource, name: str) -> bool:
    """Say whether a bucket has a setting of its own, as pulumi-aws had it before settings were resources."""
    return bucket.properties.is_set(name) or bucket.properties.is_set(f"{name}s")


def _lets_in(service: str, document: Document) -> bool:
    return any(principal.value == service for statement in document.allows for principal in statement.principals)


def _logs_into(balancer: Resource, bucket: Resource) -> bool:
    if balancer.values.get("loadBalancerType") == "network":
        return False
    return any(
        bucket.urn in balancer.dependencies.get(name, ())
        or str(mapping(balancer.values.get(name)).get("bucket")) in bucket.identities()
        for name in LOAD_BALANCER_LOGS
    )
