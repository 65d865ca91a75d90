"""Glue of the local stage: crawlers find what is there, Spark jobs are recorded only."""

import uuid
from pathlib import Path
from typing import Any

import duckdb
import pytest

from local.aws import ACCOUNT, Clients
from local.privileges.calls import read_calls

from .machines import REGION, make_machine, make_role
from .test_emulator import wait_until

BUCKET = "crawled"
MAY_CRAWL = (
    ("s3:GetObject", f"arn:aws:s3:::{BUCKET}/*"),
    ("s3:ListBucket", f"arn:aws:s3:::{BUCKET}"),
    *(
        (f"glue:{name}", f"arn:aws:glue:{REGION}:{ACCOUNT}:{on}")
        for name in ("GetTable", "CreateTable", "UpdateTable", "GetPartitions", "BatchCreatePartition")
        for on in ("catalog", "database/crawled", "table/crawled/*")
    ),
)


@pytest.fixture(scope="module")
def bucket(clients: Clients) -> str:
    clients("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
    clients("glue").create_database(DatabaseInput={"Name": "crawled"})
    return BUCKET


@pytest.fixture
def place(bucket: str) -> str:
    """A prefix of a test's own."""
    return f"p{uuid.uuid4().hex[:8]}"


def put(clients: Clients, key: str, query: str, tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"
    duckdb.execute(f"COPY ({query}) TO '{file}' (FORMAT parquet)")
    clients("s3").put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())


def make_crawler(clients: Clients, targets: dict[str, Any], *allowed: tuple[str, str]) -> str:
    name = f"crawler-{uuid.uuid4().hex[:8]}"
    role = make_role(clients, name, "glue.amazonaws.com", *(allowed or MAY_CRAWL))
    clients("glue").create_crawler(Name=name, Role=role, DatabaseName="crawled", Targets=targets)
    return name


def crawl(clients: Clients, name: str) -> Any:
    clients("glue").start_crawler(Name=name)
    wait_until(lambda: clients("glue").get_crawler(Name=name)["Crawler"]["State"] == "READY")
    return clients("glue").get_crawler(Name=name)["Crawler"]["LastCrawl"]


def counts(clients: Clients, name: str) -> tuple[int, int]:
    found = clients("glue").get_crawler_metrics(CrawlerNameList=[name])["CrawlerMetricsList"][0]
    return found["TablesCreated"], found["TablesUpdated"]


def table(clients: Clients, name: str) -> Any:
    return clients("glue").get_table(DatabaseName="crawled", Name=name)["Table"]


def partitions(clients: Clients, name: str) -> list[list[str]]:
    found = clients("glue").get_partitions(DatabaseName="crawled", TableName=name)["Partitions"]
    return sorted(each["Values"] for each in found)


def test_a_crawler_makes_a_table_of_parquet_under_hives_partitions(
    clients: Clients, place: str, tmp_path: Path
) -> None:
    for month in (1, 2):
        query = "SELECT 'AA' AS Carrier, 1::BIGINT AS n, 1.5::DECIMAL(9, 2) AS m"
        put(clients, f"{place}/month={month}/a", query, tmp_path)
    name = make_crawler(clients, {"S3Targets": [{"Path": f"s3://{BUCKET}/{place}/"}]})
    assert crawl(clients, name)["Status"] == "SUCCEEDED"
    made = table(clients, place)
    columns = [(each["Name"], each["Type"]) for each in made["StorageDescriptor"]["Columns"]]
    assert columns == [("carrier", "string"), ("n", "bigint"), ("m", "decimal(9,2)")]
    assert [each["Name"] for each in made["PartitionKeys"]] == ["month"]
    assert partitions(clients, place) == [["1"], ["2"]]
    assert counts(clients, name) == (1, 0)


def test_crawling_again_adds_new_partitions_and_columns_and_else_nothing(
    clients: Clients, place: str, tmp_path: Path
) -> None:
    put(clients, f"{place}/month=1/a", "SELECT 1 AS n", tmp_path)
    name = make_crawler(clients, {"S3Targets": [{"Path": f"s3://{BUCKET}/{place}"}]})
    crawl(clients, name)
    assert crawl(clients, name)["Status"] == "SUCCEEDED"
    assert counts(clients, name) == (0, 0)
    put(clients, f"{place}/month=2/a", "SELECT 1 AS n, 'x' AS more", tmp_path)
    assert crawl(clients, name).get("ErrorMessage") is None
    assert counts(clients, name) == (0, 1)
    assert partitions(clients, place) == [["1"], ["2"]]
    assert [each["Name"] for each in table(clients, place)["StorageDescriptor"]["Columns"]] == ["n", "more"]


def test_folders_that_are_no_partitions_are_tables_of_their_own(clients: Clients, place: str, tmp_path: Path) -> None:
    put(clients, f"{place}/{place}a/x", "SELECT 1 AS n", tmp_path)
    put(clients, f"{place}/{place}b/x", "SELECT 'x' AS s", tmp_path)
    name = make_crawler(clients, {"S3Targets": [{"Path": f"s3://{BUCKET}/{place}/"}]})
    crawl(clients, name)
    assert [table(clients, f"{place}{each}")["StorageDescriptor"]["Columns"][0]["Name"] for each in "ab"] == ["n", "s"]


def test_a_table_of_the_catalog_is_crawled_where_it_lies(clients: Clients, place: str, tmp_path: Path) -> None:
    put(clients, f"{place}/day=1/x", "SELECT 1 AS n", tmp_path)
    crawl(clients, make_crawler(clients, {"S3Targets": [{"Path": f"s3://{BUCKET}/{place}/"}]}))
    put(clients, f"{place}/day=2/x", "SELECT 1 AS n", tmp_path)
    name = make_crawler(clients, {"CatalogTargets": [{"DatabaseName": "crawled", "Tables": [place]}]})
    crawl(clients, name)
    assert partitions(clients, place) == [["1"], ["2"]]


def test_a_crawler_that_may_not_read_fails_and_says_so(clients: Clients, place: str, tmp_path: Path) -> None:
    put(clients, f"{place}/x", "SELECT 1 AS n", tmp_path)
    name = make_crawler(clients, {"S3Targets": [{"Path": f"s3://{BUCKET}/{place}/"}]}, *MAY_CRAWL[1:])
    last = crawl(clients, name)
    assert last["Status"] == "FAILED"
    assert "GetObject" in last["ErrorMessage"]
    refused = {call.action for call in read_calls(clients.endpoint).calls if call.role == name and not call.allowed}
    assert refused == {"s3:GetObject"}


def test_a_spark_job_is_recorded_only_and_says_so(clients: Clients, bucket: str) -> None:
    role = make_role(clients, f"job-{uuid.uuid4().hex[:8]}", "glue.amazonaws.com")
    name = f"job-{uuid.uuid4().hex[:8]}"
    script = f"s3://{BUCKET}/job.py"
    clients("glue").create_job(Name=name, Role=role, Command={"Name": "glueetl", "ScriptLocation": script})
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Arguments": {"JobName": name, "Arguments": {"--run_date": "{% $states.input.date %}"}},
        "End": True,
    }
    may = tuple(
        (f"glue:{action}", f"arn:aws:glue:{REGION}:{ACCOUNT}:job/{name}")
        for action in ("StartJobRun", "GetJobRun", "BatchStopJobRun")
    )
    output = make_machine(clients, {"Job": state}, *may).output({"date": "2026-01-02"})
    assert (output["JobRunState"], output["Arguments"]["--run_date"]) == ("SUCCEEDED", "2026-01-02")
    run = clients("glue").get_job_run(JobName=name, RunId=output["Id"])["JobRun"]
    assert "recorded only: the local stage does not run Spark" in run["StateDetail"]
    assert script in run["StateDetail"]


def test_a_machine_waits_for_a_crawler_by_asking(clients: Clients, place: str, tmp_path: Path) -> None:
    put(clients, f"{place}/x", "SELECT 1 AS n", tmp_path)
    name = make_crawler(clients, {"S3Targets": [{"Path": f"s3://{BUCKET}/{place}/"}]})
    sdk = "arn:aws:states:::aws-sdk:glue:"
    states = {
        "Start": {"Type": "Task", "Resource": f"{sdk}startCrawler", "Arguments": {"Name": name}, "Next": "Ask"},
        "Ask": {
            "Type": "Task",
            "Resource": f"{sdk}getCrawler",
            "Arguments": {"Name": name},
            "Output": "{% $states.result.Crawler %}",
            "Next": "Ready?",
        },
        "Ready?": {
            "Type": "Choice",
            "Choices": [{"Condition": "{% $states.input.State = 'READY' %}", "Next": "Done"}],
            "Default": "Wait",
        },
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Ask"},
        "Done": {"Type": "Pass", "Output": "{% $states.input.LastCrawl.Status %}", "End": True},
    }
    machine = make_machine(
        clients,
        states,
        *((f"glue:{action}Crawler", f"arn:aws:glue:{REGION}:{ACCOUNT}:crawler/{name}") for action in ("Start", "Get")),
    )
    assert machine.output() == "SUCCEEDED"
