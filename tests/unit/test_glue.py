"""Spark jobs, connections, crawlers, and what SQL's INSERT takes: defaults, options, refusals."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components import Crawler, DataLake, EncryptionKey, FilesIn, GlueJob, JdbcConnection, Role
from tests.policy.harness import Recorded, record
from tests.unit import jobs
from tests.unit.programs import CONFIG, ORDERS
from tests.unit.test_jobs import actions, recorded, statements


def inputs(program: Callable[[], object], name: str) -> dict[str, Any]:
    return dict(recorded(program)[name].inputs)


def lake() -> DataLake:
    return DataLake("lake", key=EncryptionKey("key"))


def job(**given: Any) -> Callable[[], object]:
    return lambda: GlueJob("spark", **{"script": jobs.SCRIPT, "lake": lake(), **given})


# Jobs


def test_a_job_runs_on_the_newest_glue_and_scales_by_itself() -> None:
    found = inputs(job(), "spark")
    assert (found["glueVersion"], found["workerType"], found["numberOfWorkers"]) == ("5.1", "G.1X", 4)
    assert found["nonOverridableArguments"]["--enable-auto-scaling"] == "true"


def test_a_job_is_retried_by_its_stage_and_not_by_glue() -> None:
    assert inputs(job(), "spark")["maxRetries"] == 0


def test_a_run_of_a_date_reads_that_date_again_unless_bookmarks_are_asked_for() -> None:
    assert inputs(job(), "spark")["defaultArguments"]["--job-bookmark-option"] == "job-bookmark-disable"
    assert inputs(job(bookmarks=True), "spark")["defaultArguments"]["--job-bookmark-option"] == "job-bookmark-enable"


def test_a_jobs_script_is_in_the_system_bucket_under_a_name_that_changes_with_it(tmp_path: Path) -> None:
    script = tmp_path / "merge.py"
    keys = []
    for text in ("print(1)", "print(2)"):
        script.write_text(text)
        keys.append(inputs(job(script=script), "spark-script")["key"])
    assert keys[0] != keys[1]
    assert all(key.startswith("glue/spark/merge-") and key.endswith(".py") for key in keys)


def test_a_jobs_logs_go_to_groups_of_its_own() -> None:
    found = recorded(job())
    prefix = found["spark"].inputs["nonOverridableArguments"]["--custom-logGroup-prefix"]
    assert found["spark-error-logs"].inputs["name"] == f"{prefix}/error"
    assert found["spark-output-logs"].inputs["retentionInDays"] == 30


def test_a_job_reads_its_script_and_writes_to_its_temporary_folder_alone() -> None:
    found = recorded(job())
    writes = [one for one in statements(found, "spark-role") if "s3:PutObject" in one["Action"]]
    assert [one["Resource"] for one in writes] == ["arn:aws:s3:::lake-system-abc1234/glue/spark/temporary/*"]
    assert "glue:GetTable" not in actions(found, "spark-role")


def test_spark_may_look_for_the_default_database_and_make_it_and_no_other() -> None:
    found = statements(recorded(job()), "spark-role")
    (create,) = [one for one in found if one["Action"] == "glue:CreateDatabase"]
    assert [arn.rpartition(":")[2] for arn in create["Resource"]] == ["catalog", "database/default"]


def test_only_a_job_with_bookmarks_uses_the_key_by_itself() -> None:
    def by_itself(found: dict[str, Recorded]) -> list[object]:
        mine = [one for one in statements(found, "spark-role") if "kms:Encrypt" in one["Action"]]
        return [one for one in mine if "Condition" not in one]

    assert by_itself(recorded(job())) == []
    assert len(by_itself(recorded(job(bookmarks=True)))) == 1


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"workers": 1}, "2 or more"),
        ({"timeout_minutes": 0}, "1 to 10,080"),
        ({"timeout_minutes": 10_081}, "1 to 10,080"),
        ({"arguments": {"day": "x"}}, "two hyphens"),
        ({"arguments": {"--TempDir": "x"}}, "sets itself"),
    ],
)
def test_a_job_that_glue_would_refuse_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(job(**given), config=CONFIG)


def test_a_script_that_is_not_there_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match=r"nothing\.py"):
        record(job(script="nothing.py"), config=CONFIG)


# Partitions


def test_a_data_set_with_projections_is_refused_to_a_spark_job_with_two_ways_out() -> None:
    def program() -> None:
        catalog = jobs.catalog()
        catalog.table(ORDERS)
        catalog.grant_read(GlueJob("spark", script=jobs.SCRIPT, lake=catalog.lake), ORDERS)

    with pytest.raises(ValueError, match=r"year serve Athena alone.*Crawler.*lake\.grant_read\(job, zone='curated'"):
        record(program, config=CONFIG)


def test_a_data_set_without_projections_is_granted_to_a_spark_job() -> None:
    assert "glue:GetPartitions" in actions(recorded(jobs.glue_job), "spark-role")


def inserted() -> None:
    jobs.catalog().grant_write(Role("clerk", service="lambda.amazonaws.com", description="Inserts"), jobs.EVENTS)


def test_an_insert_registers_partitions_and_writes_files_and_neither_reads_rows_nor_deletes() -> None:
    found = actions(recorded(inserted), "clerk")
    assert {
        "glue:BatchCreatePartition", "glue:CreatePartition", "glue:UpdatePartition", "glue:GetTable",
        "s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "kms:Encrypt", "kms:GenerateDataKey",
    } <= found  # fmt: skip
    assert not {"s3:GetObject", "s3:DeleteObject", "glue:UpdateTable", "glue:DeletePartition"} & found


def test_an_insert_is_for_one_table_and_its_prefix() -> None:
    resources = json.dumps([one["Resource"] for one in statements(recorded(inserted), "clerk")])
    assert "table/watershed_test_curated/events" in resources
    assert "lake-curated-abc1234/events/*" in resources
    assert "table/watershed_test_curated/*" not in resources


# Connections


def test_a_connection_is_over_tls_with_its_credentials_in_a_secret() -> None:
    program = jobs.connection
    seen: list[Any] = []

    def watched() -> None:
        made = program()
        made.resource.connection_properties.apply(seen.append)

    found = {one.name: one for one in record(watched, config=CONFIG)}
    assert seen[0]["JDBC_ENFORCE_SSL"] == "true"
    assert seen[0]["SECRET_ID"] == found["database"].outputs["arn"]


def test_sparks_workers_reach_one_another_and_nobody_else_reaches_them() -> None:
    found = recorded(jobs.connection)
    ingress = [one.inputs for one in found.values() if one.type.endswith("IngressRule")]
    assert [rule["referencedSecurityGroupId"] for rule in ingress] == [found["sales-group"].outputs["id"]]


def test_a_job_makes_network_interfaces_in_the_connections_subnet_alone() -> None:
    found = statements(recorded(jobs.glue_job), "spark-role")
    (create,) = [one for one in found if one["Action"] == "ec2:CreateNetworkInterface"]
    assert "arn:aws:ec2:eu-west-1:123456789012:subnet/subnet-1" in create["Resource"]
    (delete,) = [one for one in found if one["Action"] == "ec2:DeleteNetworkInterface"]
    assert delete["Condition"]["ArnEquals"]["ec2:Subnet"].endswith("subnet/subnet-1")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://db/sales", "is no JDBC URL"),
        ("jdbc:postgresql://me:hunter2@db/sales", "keep both in the secret"),
        ("jdbc:sqlserver://db;user=me;password=x", "keep both in the secret"),
        ("jdbc:postgresql://db/sales?sslmode=disable", "turns TLS off"),
    ],
)
def test_a_connection_in_clear_or_with_credentials_is_refused(url: str, said: str) -> None:
    def program() -> None:
        whole = jobs.connection()
        JdbcConnection("other", url=url, secret=whole._secret, network=jobs.NETWORK, subnet_id="subnet-1", egress=[])

    with pytest.raises(ValueError, match=said):
        record(program, config=CONFIG)


# Crawlers


def test_a_crawler_deletes_nothing_and_runs_when_it_is_told_to() -> None:
    for program in (jobs.crawler, jobs.crawler_of_files, jobs.crawler_of_database):
        found = inputs(program, "crawler")
        assert found["schemaChangePolicy"]["deleteBehavior"] == "LOG"
        assert "schedule" not in found
        assert not [
            action for action in actions(recorded(program), "crawler-role") if "Delete" in action and "glue" in action
        ]


def test_a_crawler_of_data_sets_registers_partitions_and_leaves_the_columns_alone() -> None:
    found = inputs(jobs.crawler, "crawler")
    assert found["catalogTargets"] == [{"databaseName": "watershed_test_curated", "tables": ["events"]}]
    assert found["schemaChangePolicy"]["updateBehavior"] == "LOG"
    assert "MergeNewColumns" not in found["configuration"]
    tables = json.dumps([one["Resource"] for one in statements(recorded(jobs.crawler), "crawler-role")])
    assert "table/watershed_test_curated/events" in tables
    assert "table/watershed_test_curated/*" not in tables


def test_a_crawler_of_a_database_connects_to_it() -> None:
    found = inputs(jobs.crawler_of_database, "crawler")
    assert found["jdbcTargets"][0]["path"] == "sales/public/%"
    assert "glue:GetConnection" in actions(recorded(jobs.crawler_of_database), "crawler-role")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, r"exactly one .*\(none given\)"),
        ({"datasets": [jobs.EVENTS], "files": FilesIn("raw", "x/")}, "datasets and files given"),
        ({"datasets": [jobs.EVENTS], "new_folders_only": True}, "is for files"),
    ],
)
def test_a_crawler_that_glue_would_refuse_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        record(lambda: Crawler("crawler", catalog=jobs.catalog(), **given), config=CONFIG)
