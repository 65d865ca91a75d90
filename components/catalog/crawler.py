"""What looks at files, or at a database, and writes into the catalog what it finds."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
from pydantic.dataclasses import dataclass as validated

from ..compute import JdbcConnection
from ..compute.glue_runtime import catalog_key, glue_role, run_statements, security_configuration
from ..core import Component, EncryptionKey, Tags
from ..storage.zone import ZoneName
from .catalog import Catalog
from .dataset import Dataset, Prefix
from .entries import read_entry, write_entry

_LOGS = "/aws-glue/crawlers"
"""AWS Glue Developer Guide, "Crawler logs"; a security configuration adds the role's name to it, and its own."""


@validated(frozen=True)
class FilesIn:
    """A prefix of a zone, whose files become tables of that zone's database."""

    zone: ZoneName
    prefix: Prefix


@dataclass(frozen=True)
class TablesOf:
    """Tables of a database, `<database>/<schema>/<table>` with % for any, as tables of a zone's database."""

    connection: JdbcConnection
    path: str
    zone: ZoneName


class Crawler(Component, domain="catalog"):
    """A crawler that adds to the catalog, and never deletes from it.

    Creates: the crawler, its security configuration and its role. It runs when a pipeline's stage starts it.

    - `catalog`: which it writes into. One of these says what it looks at:
    - `datasets`: registers new partitions of these tables, as Spark needs them, and leaves their columns alone; all of
      one zone. `files`: makes tables of files. `tables`: makes tables of a database's tables, without their rows.
    - `table_prefix`: begins the names of the tables it makes; default none.
    - `new_folders_only`: look at folders that no run has seen; for `files` alone, default no.
    - `key`: encrypts its log; default the lake's.

    What is gone is logged, not deleted. Outputs: `crawler_name`, `arn`; attribute `role`. Errors: ValueError unless
    exactly one thing to look at is given. Source: AWS Glue Developer Guide, "Configuring a crawler", "Setting crawler
    configuration options".
    """

    def __init__(
        self,
        name: str,
        *,
        catalog: Catalog,
        datasets: Sequence[Dataset] = (),
        files: FilesIn | None = None,
        tables: TablesOf | None = None,
        table_prefix: str = "",
        new_folders_only: bool = False,
        key: EncryptionKey | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        zone = _zone(name, datasets, files, tables)
        if new_folders_only and files is None:
            raise ValueError(f"crawler {name}: new_folders_only is for files; others look at all they are given")
        catalog.lake.zone(zone)  # an error that names the zones there are
        key = key or catalog.lake.key
        self._catalog = catalog
        self.role = glue_role(
            self._child("role"), description=f"What crawler {name} may do", tags=self.tags, opts=self._options()
        )
        self.security_configuration = security_configuration(self._child("security"), key=key, opts=self._options())
        self.role.allow("run", run_statements(_LOGS))
        self._allow_look(zone, datasets, files, tables)
        keep_columns = bool(datasets) or new_folders_only
        self.resource = aws.glue.Crawler(
            name,
            role=self.role.arn,
            database_name=catalog.databases[zone].name,
            table_prefix=table_prefix or None,
            security_configuration=self.security_configuration.name,
            catalog_targets=self._catalog_targets(zone, datasets),
            s3_targets=self._s3_targets(files),
            jdbc_targets=_jdbc_targets(tables),
            schema_change_policy=aws.glue.CrawlerSchemaChangePolicyArgs(
                # AWS takes nothing else for catalog targets and for new folders, where columns are those that are said.
                update_behavior="LOG" if keep_columns else "UPDATE_IN_DATABASE",
                delete_behavior="LOG",
            ),
            recrawl_policy=aws.glue.CrawlerRecrawlPolicyArgs(
                recrawl_behavior="CRAWL_NEW_FOLDERS_ONLY" if new_folders_only else "CRAWL_EVERYTHING"
            ),
            configuration=json.dumps(_configuration(merge_columns=not keep_columns)),
            tags=self._tags(),
            opts=self._options(depends_on=self.role.granted),
        )
        self.crawler_name: pulumi.Output[str] = self.resource.name
        self.arn: pulumi.Output[str] = self.resource.arn
        self.register_outputs({"crawler_name": self.crawler_name, "arn": self.arn})

    def _allow_look(
        self, zone: str, datasets: Sequence[Dataset], files: FilesIn | None, tables: TablesOf | None
    ) -> None:
        """Let the crawler read what it looks at, and write entries: of these data sets, or in the zone's database."""
        database, lake = self._catalog.databases[zone].name, self._catalog.lake
        for table in [dataset.name for dataset in datasets] or ["*"]:
            what = "entries" if table == "*" else f"entries-{table}"
            self.role.allow(
                what,
                [
                    *read_entry(database, table, partitions=True),
                    write_entry(database, table, definition=True),
                    catalog_key(lake.key),
                ],
            )
        for dataset in datasets:
            lake.grant_read(self, zone=zone, prefix=dataset.prefix)
        if files is not None:
            lake.grant_read(self, zone=zone, prefix=files.prefix)
        if tables is not None:
            tables.connection.grant_connect(self)

    def _catalog_targets(
        self, zone: str, datasets: Sequence[Dataset]
    ) -> list[aws.glue.CrawlerCatalogTargetArgs] | None:
        if not datasets:
            return None
        found = [self._catalog.tables[dataset.name].name for dataset in datasets]
        return [aws.glue.CrawlerCatalogTargetArgs(database_name=self._catalog.databases[zone].name, tables=found)]

    def _s3_targets(self, files: FilesIn | None) -> list[aws.glue.CrawlerS3TargetArgs] | None:
        if files is None:
            return None
        bucket = self._catalog.lake.zone(files.zone).bucket_name
        return [aws.glue.CrawlerS3TargetArgs(path=pulumi.Output.concat("s3://", bucket, "/", files.prefix))]


def _zone(name: str, datasets: Sequence[Dataset], files: FilesIn | None, tables: TablesOf | None) -> str:
    given = [what for what, value in (("datasets", datasets), ("files", files), ("tables", tables)) if value]
    if len(given) != 1:
        raise ValueError(
            f"crawler {name}: give exactly one of datasets, files and tables ({' and '.join(given) or 'none'} given)"
        )
    zones = {dataset.zone for dataset in datasets} | {part.zone for part in (files, tables) if part}
    if len(zones) > 1:
        raise ValueError(f"crawler {name}: its data sets are in zones {', '.join(sorted(zones))}: one crawler a zone")
    return zones.pop()


def _jdbc_targets(tables: TablesOf | None) -> list[aws.glue.CrawlerJdbcTargetArgs] | None:
    if tables is None:
        return None
    return [aws.glue.CrawlerJdbcTargetArgs(connection_name=tables.connection.connection_name, path=tables.path)]


def _configuration(*, merge_columns: bool) -> dict[str, object]:
    """Return options that have no argument: partitions are written as their table is, and files alike are one table."""
    output: dict[str, object] = {"Partitions": {"AddOrUpdateBehavior": "InheritFromTable"}}
    if merge_columns:
        output["Tables"] = {"AddOrUpdateBehavior": "MergeNewColumns"}
    return {
        "Version": 1.0,
        "CrawlerOutput": output,
        "Grouping": {"TableGroupingPolicy": "CombineCompatibleSchemas"},
    }
