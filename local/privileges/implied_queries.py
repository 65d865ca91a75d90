"""What Athena does for a statement in the name of who starts it, beside what the emulator's Athena does by requests.

The emulator's Athena reads the tables that a statement names, and writes results and rows, under the caller's role; its
requests are recorded as Athena's, so that each line here follows from what a statement really read or wrote. On AWS it
asks for more along the way. AWS lists the whole of it, for all statements together, in `_LIST`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ..emulator.athena.access import READS, WRITES
from ..emulator.iam_resources import IN_PARTS
from .account import Account
from .calls import ITS_OWN, Call

_LIST = "https://docs.aws.amazon.com/step-functions/latest/dg/connect-athena.html"
_CATALOG = "https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html"
_PARTITIONS = "https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html"
_OBJECTS = "https://docs.aws.amazon.com/athena/latest/ug/cross-account-permissions.html"
_RESULTS = "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonAthenaFullAccess.html"
_STREAM = "https://docs.aws.amazon.com/athena/latest/APIReference/API_GetQueryResults.html"

Asked = tuple[str, dict[str, Any]]
"""A resource, and the context of the call on it."""


@dataclass(frozen=True)
class QueryCall:
    """What a call leads to: `actions` `on` resources; nothing where it does not concern the call."""

    by: str
    after: frozenset[str]
    actions: tuple[str, ...]
    on: Callable[[Account, Call], tuple[Asked, ...]]
    source: str
    caller: str = ITS_OWN
    """Who made the call that this follows from: the role, or Athena for it."""


def _places(account: Account, call: Call) -> Iterator[str]:
    """Return where the results of the call's workgroup go."""
    if call.resource in account.results:
        yield account.results[call.resource]


def _of_results(*, part: bool = False) -> Callable[[Account, Call], tuple[Asked, ...]]:
    context = {IN_PARTS: "true"} if part else {}
    return lambda account, call: tuple((f"{place}/any.csv", context) for place in _places(account, call))


def _buckets_of_results(account: Account, call: Call) -> tuple[Asked, ...]:
    return tuple((place.partition("/")[0], {}) for place in _places(account, call))


def _listing_of_results(account: Account, call: Call) -> tuple[Asked, ...]:
    return tuple((bucket, {"s3:prefix": f"{folder}/any"}) for bucket, _, folder in map(_parts, _places(account, call)))


def _bucket(account: Account, call: Call) -> tuple[Asked, ...]:
    return ((_parts(call.resource)[0], {}),)


def _object(account: Account, call: Call) -> tuple[Asked, ...]:
    return ((call.resource, {}),)


def _part(account: Account, call: Call) -> tuple[Asked, ...]:
    return ((call.resource, {IN_PARTS: "true"}),)


def _folder(account: Account, call: Call) -> tuple[Asked, ...]:
    bucket, _, key = _parts(call.resource)
    return ((bucket, {"s3:prefix": f"{key.rpartition('/')[0]}/"}),)


def _default_database(account: Account, call: Call) -> tuple[Asked, ...]:
    prefix = f"arn:aws:glue:{account.region}:{account.number}"
    return ((f"{prefix}:catalog", {}), (f"{prefix}:database/default", {}))


def _database(account: Account, call: Call) -> tuple[Asked, ...]:
    return tuple((each, {}) for each in _holders(call.resource))


def _table(account: Account, call: Call) -> tuple[Asked, ...]:
    return tuple((each, {}) for each in (*_holders(call.resource), call.resource) if ":table/" in call.resource)


def _partitioned_table(account: Account, call: Call) -> tuple[Asked, ...]:
    return _table(account, call) if call.resource in account.partitioned else ()


_READING_PARTITIONS = ("glue:BatchGetPartition", "glue:GetPartition", "glue:GetPartitions")
_REGISTERING = ("glue:BatchCreatePartition", "glue:CreatePartition", "glue:UpdatePartition")
_IN_PARTS = ("s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
_START, _TABLE = frozenset({"athena:StartQueryExecution"}), frozenset({"glue:GetTable"})
_PUT = frozenset({"s3:PutObject"})

QUERY_CALLS = (
    QueryCall("Athena looks for the default database", _START, ("glue:GetDatabase",), _default_database, _CATALOG),
    QueryCall("Athena writes results", _START, ("s3:PutObject",), _of_results(part=True), _RESULTS),
    QueryCall("Athena writes results", _START, _IN_PARTS, _of_results(), _RESULTS),
    QueryCall("Athena writes results", _START, ("s3:GetObject",), _of_results(), _LIST),
    QueryCall(
        "Athena writes results",
        _START,
        ("s3:GetBucketLocation", "s3:ListBucketMultipartUploads"),
        _buckets_of_results,
        _RESULTS,
    ),
    QueryCall("Athena writes results", _START, ("s3:ListBucket",), _listing_of_results, _RESULTS),
    QueryCall(
        "Athena streams results", frozenset({"athena:GetQueryResults"}), ("s3:GetObject",), _of_results(), _STREAM
    ),
    QueryCall(READS, _TABLE, ("glue:GetDatabase",), _database, _CATALOG, caller=READS),
    QueryCall(READS, frozenset({"glue:GetPartitions"}), _READING_PARTITIONS, _table, _PARTITIONS, caller=READS),
    QueryCall(
        READS, frozenset({"s3:GetObject", "s3:ListBucket"}), ("s3:GetBucketLocation",), _bucket, _OBJECTS, caller=READS
    ),
    QueryCall(WRITES, _TABLE, ("glue:GetDatabase",), _database, _CATALOG, caller=WRITES),
    QueryCall(WRITES, _TABLE, (*_READING_PARTITIONS, *_REGISTERING), _partitioned_table, _LIST, caller=WRITES),
    QueryCall(WRITES, _PUT, ("s3:PutObject",), _part, _OBJECTS, caller=WRITES),
    QueryCall(WRITES, _PUT, _IN_PARTS, _object, _OBJECTS, caller=WRITES),
    QueryCall(
        WRITES, _PUT, ("s3:GetBucketLocation", "s3:ListBucketMultipartUploads"), _bucket, _OBJECTS, caller=WRITES
    ),
    QueryCall(WRITES, _PUT, ("s3:ListBucket",), _folder, _OBJECTS, caller=WRITES),
)


def for_queries(account: Account, recorded: tuple[Call, ...]) -> Iterator[Call]:
    """Return what AWS would call for the statements that roles have run."""
    for call in recorded:
        for line in QUERY_CALLS:
            if call.allowed and call.action in line.after and call.by == line.caller:
                for resource, context in line.on(account, call):
                    for action in line.actions:
                        yield Call(call.role, action, resource, line.by, line.source, context)


def _parts(arn: str) -> tuple[str, str, str]:
    return arn.partition("/")


def _holders(resource: str) -> tuple[str, ...]:
    """Return the catalog and the database of a table; nothing for what is none."""
    head, found, rest = resource.partition(":table/")
    return (f"{head}:catalog", f"{head}:database/{rest.partition('/')[0]}") if found else ()
