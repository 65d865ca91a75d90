"""Glue's crawlers find tables: Parquet files and Hive's partitions below their targets, under the crawler's role.

ministack's end without having looked. What is left out of AWS's behaviour: classifiers, sampling, deleted objects,
targets other than S3 and catalog tables, and files of other formats.
https://docs.aws.amazon.com/glue/latest/dg/crawler-s3-folder-table-partition.html
https://docs.aws.amazon.com/glue/latest/dg/crawler-schema-changes-prevent.html
"""

import contextvars
import json
import logging
import re
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from botocore.exceptions import ClientError

from .athena.tables import bucket_and_prefix
from .athena.writes import PARQUET, glue_type
from .roles import RoleClients

SESSION = "AWS-Crawler"
_LOG = logging.getLogger("glue")


@dataclass(frozen=True)
class Found:
    """A table as its files show it."""

    name: str
    location: str
    columns: tuple[tuple[str, str], ...]
    keys: tuple[str, ...]
    partitions: tuple[tuple[str, ...], ...]


class Crawlers:
    """What replaces ministack's own crawling."""

    def __init__(self, glue: Any, responses: Any, clients: RoleClients) -> None:
        self._glue = glue
        self._responses = responses
        self._clients = clients
        self._metrics = glue._get_crawler_metrics
        self._counts: dict[str, dict[str, int]] = {}

    def start(self, request: Mapping[str, Any]) -> Any:
        """StartCrawler: the crawl goes on in a thread, and ends as GetCrawler tells."""
        name = request.get("Name")
        crawler = self._glue._crawlers.get(name)
        if crawler is None:
            return self._responses.error_response_json("EntityNotFoundException", f"Crawler {name} not found", 400)
        if crawler["State"] != "READY":
            message = f"Crawler with name {name} has already started"
            return self._responses.error_response_json("CrawlerRunningException", message, 400)
        crawler["State"] = "RUNNING"
        threading.Thread(target=contextvars.copy_context().run, args=(self._crawl, crawler), daemon=True).start()
        return self._responses.json_response({})

    def metrics(self, request: Mapping[str, Any]) -> Any:
        """GetCrawlerMetrics, with the tables that the last crawl made and changed."""
        status, headers, body = self._metrics(request)
        document = json.loads(body)
        for each in document.get("CrawlerMetricsList", []):
            each.update(self._counts.get(each["CrawlerName"], {}))
        return self._responses.json_response(document) if status == 200 else (status, headers, body)

    def _crawl(self, crawler: dict[str, Any]) -> None:
        started = time.time()
        counts = {"TablesCreated": 0, "TablesUpdated": 0}
        told: dict[str, Any] = {"Status": "SUCCEEDED"}
        try:
            for found, database in self._look(crawler):
                outcome = self._keep(crawler, found, database)
                if outcome:
                    counts[outcome] += 1
        except Exception as error:
            _LOG.warning("crawler %s: %s", crawler["Name"], error)
            told = {"Status": "FAILED", "ErrorMessage": str(error)[:2048]}
        self._counts[crawler["Name"]] = counts
        crawler["CrawlElapsedTime"] = int((time.time() - started) * 1000)
        crawler["LastCrawl"] = {
            **told,
            "LogGroup": "/aws-glue/crawlers",
            "LogStream": crawler["Name"],
            "MessagePrefix": self._glue.new_uuid(),
            "StartTime": started,
        }
        crawler["State"] = "READY"

    def _look(self, crawler: Mapping[str, Any]) -> Iterator[tuple[Found, str]]:
        targets = crawler.get("Targets") or {}
        prefix = crawler.get("TablePrefix") or ""
        for target in targets.get("S3Targets") or ():
            yield from ((found, crawler["DatabaseName"]) for found in self._below(crawler, target["Path"], prefix))
        for target in targets.get("CatalogTargets") or ():
            for name in target["Tables"]:
                table = self._client(crawler, "glue").get_table(DatabaseName=target["DatabaseName"], Name=name)["Table"]
                place = table["StorageDescriptor"]["Location"]
                yield from (
                    (Found(name, place, found.columns, found.keys, found.partitions), target["DatabaseName"])
                    for found in self._below(crawler, place, "")
                )

    def _below(self, crawler: Mapping[str, Any], path: str, prefix: str) -> Iterator[Found]:
        """The tables below a path: the path itself, or each folder in it that is no partition."""
        bucket, start = bucket_and_prefix(path)
        s3 = self._client(crawler, "s3")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=start)
        by_table: dict[str, list[str]] = {}
        for page in pages:
            for each in page.get("Contents", []):
                inside = each["Key"].removeprefix(start).split("/")
                if each["Size"] and not any(part.startswith(("_", ".")) for part in inside):
                    folder = "" if len(inside) == 1 or "=" in inside[0] else f"{inside[0]}/"
                    by_table.setdefault(start + folder, []).append(each["Key"])
        for root, keys in sorted(by_table.items()):
            name = root.rstrip("/").rpartition("/")[2] or bucket
            columns = self._columns(s3, bucket, keys[-1])
            partitions = sorted({_partition(key.removeprefix(root)) for key in keys})
            names = tuple(part.partition("=")[0] for part in partitions[0])
            yield Found(
                prefix + re.sub(r"\W", "_", name.lower()),
                f"s3://{bucket}/{root}",
                columns,
                names,
                tuple(tuple(part.partition("=")[2] for part in each) for each in partitions if each),
            )

    def _columns(self, s3: Any, bucket: str, key: str) -> tuple[tuple[str, str], ...]:
        with tempfile.TemporaryDirectory(prefix="crawler-") as folder:
            file = Path(folder) / "file"
            file.write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
            own = duckdb.connect(":memory:")
            described = own.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(file)]).fetchall()
            own.close()
        return tuple((str(row[0]).lower(), glue_type(str(row[1]))) for row in described)

    def _keep(self, crawler: Mapping[str, Any], found: Found, database: str) -> str:
        """Write a table and its new partitions into the catalog; returns which count it adds to."""
        glue = self._client(crawler, "glue")
        columns = [{"Name": name, "Type": kind} for name, kind in found.columns if name not in found.keys]
        descriptor = {**PARQUET, "Location": found.location, "Columns": columns}
        wanted = {
            "Name": found.name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {"classification": "parquet", "UPDATED_BY_CRAWLER": crawler["Name"]},
            "PartitionKeys": [{"Name": key, "Type": "string"} for key in found.keys],
            "StorageDescriptor": descriptor,
        }
        outcome = ""
        try:
            table = glue.get_table(DatabaseName=database, Name=found.name)["Table"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityNotFoundException":
                raise
            glue.create_table(DatabaseName=database, TableInput=wanted)
            outcome, table = "TablesCreated", wanted
        else:
            behaviour = (crawler.get("SchemaChangePolicy") or {}).get("UpdateBehavior", "UPDATE_IN_DATABASE")
            if behaviour == "UPDATE_IN_DATABASE" and table["StorageDescriptor"]["Columns"] != columns:
                kept = {name: table[name] for name in _INPUT if table.get(name)}
                changed = {**kept, "StorageDescriptor": {**table["StorageDescriptor"], "Columns": columns}}
                glue.update_table(DatabaseName=database, TableInput=changed)
                outcome = "TablesUpdated"
        if self._register(glue, database, found, table["StorageDescriptor"]) and not outcome:
            outcome = "TablesUpdated"
        return outcome

    @staticmethod
    def _register(glue: Any, database: str, found: Found, descriptor: Mapping[str, Any]) -> bool:
        if not found.partitions:
            return False
        pages = glue.get_paginator("get_partitions").paginate(DatabaseName=database, TableName=found.name)
        known = {tuple(each["Values"]) for page in pages for each in page["Partitions"]}
        new = [
            {
                "Values": list(values),
                "StorageDescriptor": {
                    **descriptor,
                    "Location": found.location
                    + "".join(f"{key}={value}/" for key, value in zip(found.keys, values, strict=True)),
                },
            }
            for values in found.partitions
            if values not in known
        ]
        for start in range(0, len(new), 100):
            glue.batch_create_partition(
                DatabaseName=database, TableName=found.name, PartitionInputList=new[start : start + 100]
            )
        return bool(new)

    def _client(self, crawler: Mapping[str, Any], service: str) -> Any:
        role = str(crawler["Role"])
        if not role.startswith("arn:"):
            role = f"arn:aws:iam::{self._glue.get_account_id()}:role/{role}"
        return self._clients(role, SESSION, service, self._glue.get_region(), "Glue crawls")


_INPUT = ("Name", "Description", "Owner", "Retention", "PartitionKeys", "TableType", "Parameters")


def _partition(key: str) -> tuple[str, ...]:
    return tuple(part for part in key.split("/")[:-1] if "=" in part)


def install(glue: Any, responses: Any, clients: RoleClients) -> None:
    """Put StartCrawler and what it is asked about into these hands."""
    crawlers = Crawlers(glue, responses, clients)
    glue._start_crawler = crawlers.start
    glue._get_crawler_metrics = crawlers.metrics
