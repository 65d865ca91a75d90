"""Buckets that AWS writes logs to: what they cannot have because of that, such as encryption with our key."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .accounts import account_of
from .buckets import BUCKETS, LOGGING, POLICY, either
from .embedded import mapping, strings
from .iam import locations
from .iam.locations import Kind
from .resource import Resource, Stack, aws
from .values import UndecidedError

if TYPE_CHECKING:
    from .iam.document import Document, Principal

# Our component for buckets that take access logs, of other stacks too.
COMPONENT = "watershed:storage:AccessLogs"
INLINE_LOGGING = ("logging", "loggings")
ACCESS_LOGS = "logging.s3.amazonaws.com"

# Load balancers write their logs with S3's key only; Network Load Balancers, which are of the first two types too, with
# ours. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
BALANCERS = (aws("lb", "LoadBalancer"), aws("alb", "LoadBalancer"))
CLASSIC_BALANCER = aws("elb", "LoadBalancer")
LOAD_BALANCER_LOGS = ("accessLogs", "connectionLogs")
LOAD_BALANCER_DELIVERY = ("logdelivery.elasticloadbalancing.amazonaws.com", "logdelivery.elb.amazonaws.com")
# Before that service principal a bucket policy named an account of the region's load balancers, and may do so still
# (the same page).
LOAD_BALANCER_ACCOUNTS = {
    *("127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580"),
    *("718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251"),
    *("054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225"),
    *("507241528517", "048591011584", "190560391635", "638102146993", "037604701340"),
}

# Its older logs come by access control lists:
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
DISTRIBUTION = aws("cloudfront", "Distribution")

WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NAMED_FOR_LOGS = re.compile(r"(?<![a-z])(access|trail|audit|[aen]?lb)?logs?(ging)?(?![a-z])")


def receives_access_logs(bucket: Resource, stack: Stack) -> bool:
    """Say whether S3 writes access logs to the bucket: then KMS is not possible, and logging it would go in circles."""
    if bucket.is_in(COMPONENT) or stack.naming(bucket, "targetBucket", *LOGGING):
        return True
    if any(_logs_inline_into(bucket, other) for other in stack.of_type(*BUCKETS)):
        return True
    return any(_delivers_access_logs(document) for document in _policies(bucket, stack))


def takes_only_s3_key(bucket: Resource, stack: Stack) -> bool:
    """Say whether AWS writes to the bucket only while it encrypts with S3's own key."""
    return (
        any(_logs_into(balancer, bucket) for balancer in stack.of_type(*BALANCERS, CLASSIC_BALANCER))
        or any(_delivers_load_balancer_logs(document) for document in _policies(bucket, stack))
        or receives_access_logs(bucket, stack)
    )


def is_for_log_delivery(document: Document) -> bool:
    """Say whether a bucket policy lets AWS deliver logs that it does not encrypt with our key."""
    return _delivers_access_logs(document) or _delivers_load_balancer_logs(document)


def is_named_for_logs(resource: Resource) -> bool:
    """Say whether the name of a bucket, or of what is about one, says that it is for logs."""
    names = [resource.name, str(resource.values.get("bucket") or "")]
    return any(NAMED_FOR_LOGS.search(WORD_ENDS.sub("-", name).lower()) for name in names)


def undecided_if_for_logs(bucket: Resource, stack: Stack) -> None:
    """Raise `UndecidedError` while only `up` can tell if a bucket named for logs has a policy for their delivery."""
    holders = (bucket, *stack.naming(bucket, "bucket", POLICY))
    if is_named_for_logs(bucket) and any(holder.properties.is_unknown("policy") for holder in holders):
        raise UndecidedError("policy")


def takes_distribution_logs(companion: Resource, stack: Stack) -> bool:
    """Say whether a CloudFront distribution writes its older logs to the bucket that `companion` is about."""
    buckets = [
        bucket for bucket in stack.of_type(*BUCKETS) if companion in stack.naming(bucket, "bucket", companion.type)
    ]
    names = {name for bucket in buckets for name in (bucket.urn, *bucket.identities())}
    names |= set(strings(companion.values.get("bucket")))
    for distribution in stack.of_type(DISTRIBUTION):
        domains = strings(mapping(distribution.values.get("loggingConfig")).get("bucket"))
        given = [*distribution.dependencies.get("loggingConfig", ()), *(each.partition(".s3")[0] for each in domains)]
        if names & set(given):
            return True
    return False


def _policies(bucket: Resource, stack: Stack) -> list[Document]:
    holders = (bucket, *stack.naming(bucket, "bucket", POLICY))
    return [document for holder in holders for document in locations.documents(holder, Kind.RESOURCE)]


def _allowed(document: Document) -> list[Principal]:
    return [principal for statement in document.allows for principal in statement.principals]


def _delivers_access_logs(document: Document) -> bool:
    return any(principal.value == ACCESS_LOGS for principal in _allowed(document))


def _delivers_load_balancer_logs(document: Document) -> bool:
    return any(
        principal.value in LOAD_BALANCER_DELIVERY or account_of(principal.value) in LOAD_BALANCER_ACCOUNTS
        for principal in _allowed(document)
    )


def _logs_inline_into(bucket: Resource, other: Resource) -> bool:
    """Say whether a bucket has, among its own settings, that its access is logged into another."""
    if any(bucket.urn in other.dependencies.get(name, ()) for name in INLINE_LOGGING):
        return True
    logging = either(other.properties, "logging")
    return not logging.is_unknown("targetBucket") and str(logging.get("targetBucket")) in bucket.identities()


def _logs_into(balancer: Resource, bucket: Resource) -> bool:
    if balancer.values.get("loadBalancerType") == "network":
        return False
    return any(
        bucket.urn in balancer.dependencies.get(name, ())
        or str(mapping(balancer.values.get(name)).get("bucket")) in bucket.identities()
        for name in LOAD_BALANCER_LOGS
    )
