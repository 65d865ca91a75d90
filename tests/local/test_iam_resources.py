"""IAM checks a call on what AWS checks it on."""

import json
from typing import Any

import pytest
from ministack.core import iam_actions  # type: ignore[import-untyped]
from ministack.core.responses import request_scope  # type: ignore[import-untyped]
from ministack.services import athena, ecs  # type: ignore[import-untyped]

from local.emulator.iam_resources import IN_PARTS, Resources, also_checked

REGION, ACCOUNT = "eu-central-1", "111122223333"


def head(service: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}"


@pytest.mark.parametrize(
    ("target", "named", "resource"),
    [
        ("ecs.RunTask", {"cluster": "c", "taskDefinition": "f:3"}, "task-definition/f:3"),
        ("ecs.StopTask", {"cluster": f"{head('ecs')}:cluster/c", "task": "t"}, "task/c/t"),
        ("ecs.DescribeTasks", {"cluster": "c", "tasks": [f"{head('ecs')}:task/c/t"]}, "task/c/t"),
        ("ecs.ListTasks", {"cluster": "c"}, "cluster/c"),
        ("athena.StartQueryExecution", {"QueryString": "SELECT 1"}, "workgroup/primary"),
        ("athena.GetQueryExecution", {"QueryExecutionId": "known"}, "workgroup/small"),
        ("glue.StartCrawler", {"Name": "n"}, "crawler/n"),
        ("glue.GetDatabase", {"Name": "d"}, "database/d"),
        ("glue.GetTable", {"DatabaseName": "d", "Name": "t"}, "table/d/t"),
        ("glue.CreateTable", {"DatabaseName": "d", "TableInput": {"Name": "t"}}, "table/d/t"),
        ("glue.BatchCreatePartition", {"DatabaseName": "d", "TableName": "t"}, "table/d/t"),
        ("glue.StartJobRun", {"JobName": "j"}, "job/j"),
        ("ecr.DescribeRepositories", {}, "repository/*"),
        ("ecr.DescribeRepositories", {"repositoryNames": ["r"]}, "repository/r"),
        ("ecr.ListTagsForResource", {"resourceArn": f"{head('ecr')}:repository/r"}, "repository/r"),
    ],
)
def test_a_request_is_checked_on_what_aws_names(
    target: str, named: dict[str, Any], resource: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = target.partition(".")[0]
    with request_scope(ACCOUNT, REGION):
        monkeypatch.setitem(athena._executions, "known", {"WorkGroup": "small"})
        found = Resources(iam_actions, ecs, athena).of_request(
            service, "POST", "/", {"x-amz-target": target}, json.dumps(named).encode(), {}, REGION, ACCOUNT
        )
    assert found == f"{head(service)}:{resource}"


@pytest.mark.parametrize(
    ("body", "query", "resource"),
    [
        ({"GroupName": "g"}, {}, "schedule/g/s"),
        ({}, {"groupName": ["g"]}, "schedule/g/s"),
        ({}, {}, "schedule/default/s"),
    ],
    ids=["written", "read", "without a group"],
)
def test_a_schedule_is_checked_in_its_group(body: dict[str, Any], query: dict[str, Any], resource: str) -> None:
    found = Resources(iam_actions, ecs, athena).of_request(
        "scheduler", "POST", "/schedules/s", {}, json.dumps(body).encode(), query, REGION, ACCOUNT
    )
    assert found == f"{head('scheduler')}:{resource}"


def test_a_group_of_schedules_is_itself() -> None:
    found = Resources(iam_actions, ecs, athena).of_request(
        "scheduler", "GET", "/schedule-groups/g", {}, b"", {}, REGION, ACCOUNT
    )
    assert found == f"{head('scheduler')}:schedule-group/g"


@pytest.mark.parametrize(("query", "in_parts"), [({"uploads": [""]}, True), ({"uploadId": ["1"]}, True), ({}, False)])
def test_writing_a_part_of_an_object_is_told_from_writing_all_of_it(query: dict[str, Any], in_parts: bool) -> None:
    context = Resources(iam_actions, ecs, athena).s3_context("s3:PutObject", query)
    assert (IN_PARTS in context) is in_parts


def test_a_call_on_a_table_is_checked_on_its_database_and_the_catalog_too() -> None:
    glue = head("glue")
    assert also_checked("glue:GetTable", f"{glue}:table/d/t") == [f"{glue}:catalog", f"{glue}:database/d"]
    assert also_checked("glue:GetDatabase", f"{glue}:database/d") == [f"{glue}:catalog"]
    assert also_checked("glue:StartJobRun", f"{glue}:job/j") == []


def test_running_a_task_names_its_cluster_to_conditions() -> None:
    resources = Resources(iam_actions, ecs, athena)
    with request_scope(ACCOUNT, REGION):
        context = resources.context("ecs", "ecs:RunTask", b'{"cluster": "c"}', {})
    assert context == {"ecs:cluster": f"{head('ecs')}:cluster/c"}
