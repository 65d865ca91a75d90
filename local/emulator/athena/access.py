"""S3 and the catalog as a query's caller sees them.

Athena reads data, writes results and changes the catalog with the permissions of who asks. Where the caller's role has
`lakeformation:GetDataAccess`, data is read by what Lake Formation vends, which the emulator only records.
https://docs.aws.amazon.com/athena/latest/ug/s3-permissions.html
https://docs.aws.amazon.com/athena/latest/ug/lf-athena-user-permissions.html
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from .errors import QueryError

_AT_ONCE = 8


@dataclass(frozen=True)
class StoredObject:
    """An object with its size."""

    bucket: str
    key: str
    size: int


class Access:
    """Makes the requests of one query."""

    def __init__(self, own: Callable[[str], Any], reading: Callable[[str], Any], root: Callable[[str], Any]) -> None:
        self._own = own
        self._reading = reading
        self._root = root

    def database(self, name: str) -> Mapping[str, Any]:
        """Return a database."""
        try:
            found: Mapping[str, Any] = self._own("glue").get_database(Name=name)["Database"]
        except ClientError as error:
            raise _named(error, f"SCHEMA_NOT_FOUND: Schema '{name}' does not exist") from error
        return found

    def table(self, database: str, name: str) -> Mapping[str, Any]:
        """Return a table."""
        try:
            found: Mapping[str, Any] = self._own("glue").get_table(DatabaseName=database, Name=name)["Table"]
        except ClientError as error:
            missing = f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist"
            raise _named(error, missing) from error
        return found

    def partitions(self, database: str, table: str) -> list[Mapping[str, Any]]:
        """Return a table's registered partitions."""
        with refusals():
            pages = self._own("glue").get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table)
            return [each for page in pages for each in page["Partitions"]]

    def create_table(self, database: str, table: Mapping[str, Any]) -> None:
        """Add a table."""
        with refusals():
            self._own("glue").create_table(DatabaseName=database, TableInput=table)

    def drop_table(self, database: str, name: str) -> None:
        """Take a table back that a failed statement made."""
        self._root("glue").delete_table(DatabaseName=database, Name=name)

    def create_partitions(self, database: str, table: str, partitions: Iterable[Mapping[str, Any]]) -> None:
        """Register partitions."""
        wanted = list(partitions)
        with refusals():
            for start in range(0, len(wanted), 100):
                self._own("glue").batch_create_partition(
                    DatabaseName=database, TableName=table, PartitionInputList=wanted[start : start + 100]
                )

    def objects(self, bucket: str, prefix: str) -> Iterator[StoredObject]:
        """List the data below a prefix: Trino skips what begins with an underscore or a dot."""
        with refusals():
            pages = self._reading("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            for page in pages:
                for each in page.get("Contents", []):
                    inside = each["Key"].removeprefix(prefix)
                    hidden = any(part.startswith(("_", ".")) for part in inside.split("/"))
                    if each["Size"] and not hidden:
                        yield StoredObject(bucket, each["Key"], each["Size"])

    def download(self, wanted: Mapping[StoredObject, Path]) -> None:
        """Fetch objects to files."""

        def fetch(item: tuple[StoredObject, Path]) -> None:
            found, file = item
            file.parent.mkdir(parents=True, exist_ok=True)
            with refusals():
                file.write_bytes(self._reading("s3").get_object(Bucket=found.bucket, Key=found.key)["Body"].read())

        with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
            list(pool.map(fetch, wanted.items()))

    def is_empty(self, bucket: str, prefix: str) -> bool:
        """Say whether nothing lies below a prefix."""
        with refusals():
            return not self._own("s3").list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount")

    def upload(self, bucket: str, key: str, content: bytes, content_type: str = "application/octet-stream") -> None:
        """Write an object."""
        with refusals():
            self._own("s3").put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)

    def remove(self, written: Iterable[tuple[str, str]]) -> None:
        """Take back what a failed write left, whatever the caller may delete."""
        for bucket, key in written:
            self._root("s3").delete_object(Bucket=bucket, Key=key)


class refusals:  # noqa: N801 - reads as a statement
    """Turn what a service refuses into the reason of a failed query."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if isinstance(error, ClientError):
            raise _named(error, "") from error


def _named(error: ClientError, missing: str) -> QueryError:
    code, message = error.response["Error"]["Code"], error.response["Error"].get("Message", "")
    if missing and code == "EntityNotFoundException":
        return QueryError(missing)
    if code in ("AccessDenied", "AccessDeniedException"):
        return QueryError(f"PERMISSION_DENIED: {message} (Operation: {error.operation_name})")
    return QueryError(f"{code}: {message}")
