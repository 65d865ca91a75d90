"""The catalog: which tables the lake holds, and who may read them."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..account import AccountSettings
from ..compute import GlueJob
from ..compute.glue_runtime import catalog_key
from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.names import sql_name, stack_name
from ..storage import DataLake
from .dataset import Dataset
from .entries import define_entry, read_entry, write_entry
from .table import external_table
from .workgroup import Workgroup


class Catalog(Component, domain="catalog"):
    """A Glue database for each zone of a lake, a typed table for each data set, and an Athena workgroup.

    Creates: the databases, the tables, the workgroup.

    - `lake`: whose zones it describes. `datasets`: the tables to begin with; `table` adds more.
    - `account`: the account's settings, where this stack owns them: the catalog then encrypts the entries from the
      first one, as Glue does not encrypt those that are there already.
    - `bytes_scanned_limit`: bytes after which a query is cancelled; default 100 GB.
    - `database_prefix`: databases are called `<prefix>_<zone>`; default `<project>_<stack>`.
    - `removable`: as for the lake; concerns the workgroup's history (tables hold no data of their own).

    Outputs: `database_names` by zone, `workgroup`. Errors: KeyError for a data set whose zone the lake lacks,
    ValueError for two of one name. Source: Amazon Athena User Guide, "Partition projection".
    """

    def __init__(
        self,
        name: str,
        *,
        lake: DataLake,
        datasets: Sequence[Dataset] = (),
        account: AccountSettings | None = None,
        bytes_scanned_limit: int = 100 * 1_000**3,
        database_prefix: str | None = None,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.lake = lake
        self._key: EncryptionKey = lake.key
        settings = [account.catalog_encryption] if account else []
        prefix = database_prefix or sql_name(pulumi.get_project(), stack_name())
        self.databases = {
            zone: aws.glue.CatalogDatabase(
                self._child(zone),
                name=sql_name(prefix, zone),
                description=f"Data sets of zone {zone}",
                location_uri=pulumi.Output.concat("s3://", bucket.bucket_name, "/"),
                tags=self._tags(),
                opts=self._options(depends_on=settings),
            )
            for zone, bucket in lake.zones.items()
        }
        self.database_names: dict[str, pulumi.Output[str]] = {
            zone: database.name for zone, database in self.databases.items()
        }
        self.workgroup = Workgroup(
            self._child("queries"),
            results=lake.results,
            key=lake.key,
            bytes_scanned_limit=bytes_scanned_limit,
            removable=removable,
            tags=self.tags,
            opts=self._options(),
        )
        self.tables: dict[str, aws.glue.CatalogTable] = {}
        self._asked_for_partitions: set[str] = set()
        for dataset in datasets:
            self.table(dataset)
        self.register_outputs({"database_names": self.database_names, "workgroup": self.workgroup.workgroup_name})

    def table(self, dataset: Dataset) -> aws.glue.CatalogTable:
        """Add a data set's table, and return it."""
        if dataset.name in self.tables:
            raise ValueError(f"catalog {self.name} has a data set called {dataset.name!r} already")
        bucket = self.lake.zone(dataset.zone)
        if not dataset.projected:
            self._asked_for_partitions.add(dataset.zone)
        self.tables[dataset.name] = external_table(
            self._child(f"{dataset.zone}-{dataset.name}"),
            dataset,
            database=self.databases[dataset.zone].name,
            bucket=bucket.bucket_name,
            owner=self._tags()["owner"],
            opts=self._options(),
        )
        return self.tables[dataset.name]

    def grant_read(self, grantee: Grantee, dataset: Dataset) -> list[aws.iam.RolePolicy]:
        """Let the grantee read a data set through SQL: its entry in the catalog, and its files.

        Running queries takes `workgroup.grant_query` too. Raises ValueError for a Spark job and a data set with
        projections, whose partitions the catalog does not hold. Source: Amazon Athena User Guide, "Partition
        projection" (Athena asks for no partitions then), "Cross-account access" (what it does in S3).
        """
        if isinstance(grantee, GlueJob) and dataset.projected:
            raise ValueError(_spark_sees_nothing(grantee.name, dataset))
        entry = grantee.role.allow(
            f"catalog-{dataset.name}",
            [
                *read_entry(self.databases[dataset.zone].name, dataset.name, partitions=not dataset.projected),
                self._key.use("glue"),
            ],
        )
        return [entry, self.lake.grant_read(grantee, zone=dataset.zone, prefix=dataset.prefix)]

    def grant_write(self, grantee: Grantee, dataset: Dataset) -> list[aws.iam.RolePolicy]:
        """Let the grantee add rows to a data set: SQL's INSERT, or Spark; files are written, partitions registered.

        Neither reading its rows nor deleting them: `grant_read` and `lake.grant_delete` do. Source: AWS Step Functions
        Developer Guide, "Run Athena queries with Step Functions", of which this is what adding rows takes.
        """
        database = self.databases[dataset.zone].name
        bucket = self.lake.zone(dataset.zone)
        registers = [write_entry(database, dataset.name), catalog_key(self._key)]
        statements = [
            *read_entry(database, dataset.name, partitions=True),
            *(registers if dataset.partitioned_by else [self._key.use("glue")]),
            bucket.listing(dataset.prefix),
            bucket.location(),
            Statement(actions=["s3:ListBucketMultipartUploads"], resources=[bucket.arn]),
            Statement(
                actions=["s3:ListMultipartUploadParts"],
                resources=[pulumi.Output.concat(bucket.arn, "/", dataset.prefix, "*")],
            ),
        ]
        entry = grantee.role.allow(f"catalog-write-{dataset.name}", statements)
        return [entry, self.lake.grant_write(grantee, zone=dataset.zone, prefix=dataset.prefix)]

    def grant_read_all(self, grantee: Grantee, *, zone: str, partitions: bool = False) -> aws.iam.RolePolicy:
        """Let the grantee read the entries of all data sets of a zone; their files are granted by the lake.

        - `partitions`: those that are registered too; default only where the zone has, by now, a data set without
          projections. Athena asks for none of the others (User Guide, "Partition projection").
        """
        asked = partitions or zone in self._asked_for_partitions
        entries = read_entry(self._database(zone), "*", partitions=asked)
        return grantee.role.allow(f"catalog-{zone}", [*entries, self._key.use("glue")])

    def grant_define(self, grantee: Grantee, *, zone: str) -> aws.iam.RolePolicy:
        """Let the grantee make, change and remove tables of a zone, and read none of their rows."""
        return grantee.role.allow(
            f"catalog-define-{zone}", [define_entry(self._database(zone)), catalog_key(self._key)]
        )

    def _database(self, zone: str) -> pulumi.Output[str]:
        self.lake.zone(zone)  # an error that names the zones there are
        return self.databases[zone].name


def _spark_sees_nothing(job: str, dataset: Dataset) -> str:
    names = ", ".join(dataset.partition_names)
    return (
        f"job {job} cannot read data set {dataset.name} through the catalog, which Spark asks for partitions: "
        f"the projections of {names} serve Athena alone. Either give partitionedBy those names without projections and "
        f"register partitions (a Crawler with datasets=[...], or what writes by SQL), or read the files by their path: "
        f"lake.grant_read(job, zone={dataset.zone!r}, prefix={dataset.prefix!r})"
    )
