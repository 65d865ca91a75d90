"""S3 and the catalog as a query's caller sees them.

Athena reads data, writes results and changes the catalog with the permissions of who asks; its calls are recorded as
such, those for what a statement reads apart from those for what it writes. Where the caller's role has
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

READS, WRITES = "Athena reads for a query", "Athena writes for a query"
_AT_ONCE = 8


@dataclass(frozen=True)
class StoredObject:
    """An object with its size."""

    bucket: str
    key: str
    size: int


class Access:
    """Makes the requests of one query."""

    def __init__(
        self,
        looking: Callable[[str], Any],
        reading: Callable[[str], Any],
        writing: Callable[[str], Any],
        root: Callable[[str], Any],
    ) -> None:
        self._looking = looking
        """The catalog, of what is read."""
        self._reading = reading
        """The objects that are read."""
        self._writing = writing
        """The catalog and the objects, of what is written."""
        self._root = root

    def database(self, name: str) -> Mapping[str, Any]:
        """Return the database of a table that is written."""
        try:
            found: Mapping[str, Any] = self._writing("glue").get_database(Name=name)["Database"]
        except ClientError as error:
            raise _named(error, f"SCHEMA_NOT_FOUND: Schema '{name}' does not exist") from error
        return found

    def table(self, database: str, name: str) -> Mapping[str, Any]:
        """Return a table that is read."""
        return self._table(self._looking, database, name)

    def target(self, database: str, name: str) -> Mapping[str, Any]:
        """Return a table that is written."""
        return self._table(self._writing, database, name)

    @staticmethod
    def _table(clients: Callable[[str], Any], database: str, name: str) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = clients("glue").get_table(DatabaseName=database, Name=name)["Table"]
        except ClientError as error:
            missing = f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{database}.{name}' does not exist"
            raise _named(error, missing) from error
        return found

    def partitions(self, database: str, table: str) -> list[Mapping[str, Any]]:
        """Return the registered partitions of a table that is read."""
        return self._partitions(self._looking, database, table)

    def target_partitions(self, database: str, table: str) -> list[Mapping[str, Any]]:
        """Return the registered partitions of a table that is written."""
        return self._partitions(self._writing, database, table)

    @staticmethod
    def _partitions(clients: Callable[[str], Any], database: str, table: str) -> list[Mapping[str, Any]]:
        with refusals():
            pages = clients("glue").get_paginator("get_partitions").paginate(DatabaseName=database, TableName=table)
            return [each for page in pages for each in page["Partitions"]]

    def create_table(self, database: str, table: Mapping[str, Any]) -> None:
        """Add a table."""
        with refusals():
            self._writing("glue").create_table(DatabaseName=database, TableInput=table)

    def drop_table(self, database: str, name: str) -> None:
        """Take a table back that a failed statement made."""
        self._root("glue").delete_table(DatabaseName=database, Name=name)

    def create_partitions(self, database: str, table: str, partitions: Iterable[Mapping[str, Any]]) -> None:
        """Register partitions."""
        wanted = list(partitions)
        with refusals():
            for start in range(0, len(wanted), 100):
                self._writing("glue").batch_create_partition(
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
            return not self._writing("s3").list_objects_v2(Bucket=bucket, Prefix=prefix, MaxKeys=1).get("KeyCount")

    def upload(self, bucket: str, key: str, content: bytes, content_type: str = "application/octet-stream") -> None:
        """Write an object."""
        with refusals():
            self._writing("s3").put_object(Bucket=bucket, Key=key, Body=content, ContentType=content_type)

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
