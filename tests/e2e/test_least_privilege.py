"""Nobody holds a permission that nothing uses, and nobody lacks one that AWS would ask for: the shipped local stack."""

import json
from typing import Any

import pytest

from .checkout import Checkout, copy_checkout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    return copy_checkout(tmp_path_factory.mktemp("checkout"))


@pytest.fixture(scope="module")
def report(checkout: Checkout) -> dict[str, Any]:
    done = checkout.watershed("least-privilege", "--json")
    assert done.stdout, done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    assert "lines" in read, read
    return read


def lines(report: dict[str, Any], verdict: str) -> list[str]:
    return [
        f"{line['role']}: {line['action']} on {line['resource']}"
        for line in report["lines"]
        if line["verdict"] == verdict
    ]


def test_no_role_lacks_what_it_calls_or_aws_calls_in_its_name(report: dict[str, Any]) -> None:
    assert lines(report, "missing") == []


def test_no_role_holds_what_nothing_uses_without_a_reason(report: dict[str, Any]) -> None:
    assert lines(report, "unused") == []


def test_the_comparison_is_complete(report: dict[str, Any]) -> None:
    assert report["problems"] == []
    assert not report["fails"]


def test_every_path_of_the_ingestion_was_seen(report: dict[str, Any]) -> None:
    """Quarantine, sweeping, following a deletion: calls that the flights alone do not make."""
    used = {
        (line["action"], line["resource"].partition("-lake-")[2].partition("-")[0])
        for line in report["lines"]
        if line["verdict"] == "used" and line["why"] == "its own call"
    }
    assert {
        ("s3:GetObjectVersion", "raw"),
        ("s3:GetObjectVersion", "system"),
        ("s3:PutObject", "curated"),
        ("s3:PutObject", "quarantine"),
        ("s3:DeleteObject", "curated"),
        ("dynamodb:UpdateItem", ""),
        ("dynamodb:DeleteItem", ""),
    } <= used


def test_pipelines_and_jobs_were_taken_through_all_that_happens_to_them(report: dict[str, Any]) -> None:
    """People are told of failures, jobs stopped, dates held, uploads broken off, failed messages sent again."""
    used = {
        (line["role"].removeprefix("watershed-"), line["action"])
        for line in report["lines"]
        if line["verdict"] == "used" and line["why"].startswith("its own call")
    }
    assert {
        ("runs-function-role", "sns:Publish"),
        ("runs-function-role", "states:DescribeExecution"),
        ("runs-function-role", "states:GetExecutionHistory"),
        ("pipeline-daily-odk-role", "ecs:StopTask"),
        ("pipeline-flights-daily-role", "ecs:StopTask"),
        ("pipeline-flights-daily-role", "s3:DeleteObject"),
        ("pipeline-flights-daily-role", "athena:GetQueryResults"),
        ("job-odk-export-role", "s3:AbortMultipartUpload"),
        ("job-odk-ingested-role", "dynamodb:GetItem"),
        ("job-carrier-delays-role", "s3:PutObject"),
        ("ingestion-function-role", "sqs:ChangeMessageVisibility"),
    } <= used


def test_the_api_was_taken_through_what_its_grants_are_for(report: dict[str, Any]) -> None:
    """Rows read and asked, tables defined, files sent whole and in parts and given up, all of a data set purged."""
    own = [
        line
        for line in report["lines"]
        if line["role"] == "watershed-api-function-role" and line["why"].startswith("its own call")
    ]
    used = {(line["action"], line["resource"].partition("-lake-")[2].partition("-")[0]) for line in own}
    assert {
        ("athena:StartQueryExecution", ""),
        ("athena:StopQueryExecution", ""),
        ("athena:GetQueryResults", ""),
        ("dynamodb:BatchGetItem", ""),
        ("dynamodb:DeleteItem", ""),
        ("s3:GetObject", "curated"),
        ("s3:GetObject", "analytics"),
        ("s3:GetObject", "results"),
        ("s3:PutObject", "raw"),
        ("s3:ListMultipartUploadParts", "raw"),
        ("s3:AbortMultipartUpload", "raw"),
        ("s3:DeleteObject", "raw"),
        ("s3:DeleteObject", "curated"),
        ("s3:DeleteObject", "quarantine"),
        ("glue:CreateTable", ""),
        ("glue:UpdateTable", ""),
        ("glue:DeleteTable", ""),
    } <= used


def test_what_aws_does_under_the_role_is_in_it(report: dict[str, Any]) -> None:
    by = {name for line in report["lines"] if line["verdict"] == "used" for name in line["why"].split(", ")}
    assert {"Lambda polls the queue", "Lambda delivers logs", "S3 encrypts", "S3 decrypts"} <= by
    assert {"ECS pulls the image", "ECS reads the secret", "ECS writes the log", "S3 puts parts together"} <= by
    assert {"Step Functions keeps a rule", "Step Functions stops jobs", "Scheduler starts its target"} <= by
    assert {"Athena reads for a query", "Athena writes for a query", "VPC delivers the flow log"} <= by
    assert {"API Gateway logs requests", "API Gateway logs executions"} <= by


@pytest.mark.parametrize("stack", ["dev", "stage", "prod"])
def test_every_stack_has_a_deployers_policy(checkout: Checkout, stack: str) -> None:
    done = checkout.watershed("deployer-policy", "--stack", stack, "--out", f"deployer-{stack}")
    assert done.returncode == 0, done.stdout + done.stderr
    written = {file.name: json.loads(file.read_text()) for file in (checkout.folder / f"deployer-{stack}").iterdir()}
    assert {"policy-1.json", "boundary.json"} <= set(written)
    assert f"watershed-{stack}-deployer" in json.dumps(written["boundary.json"])


def test_a_stack_that_is_not_there_is_an_error_that_says_which_are(checkout: Checkout) -> None:
    done = checkout.watershed("deployer-policy", "--stack", "nowhere", "--json")
    assert done.returncode == 2
    assert "dev" in json.loads(done.stdout)["fix"]
