"""Another team's project: the wheel in a clean environment deploys `examples/own-project` on the local stage."""

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.packaging.installation import REPOSITORY, Installation, build_distributions, install

SECONDS = 90
ORDERS = [
    {"order_id": 1, "ordered_at": "2026-03-01T09:30:00", "country": "IT", "amount": "10.50"},
    {"order_id": 2, "ordered_at": "2026-03-01T18:00:00", "country": "DE", "amount": "4.25"},
    {"order_id": 3, "ordered_at": "2026-03-02T07:00:00", "country": "IT", "amount": "100.00"},
]


@dataclass(frozen=True)
class OwnProject:
    """The example, copied to where no checkout is above it, and the environment that it runs in."""

    folder: Path
    installation: Installation

    def watershed(self, *arguments: str) -> dict[str, Any]:
        done = self.installation.run("watershed", *arguments, "--json", cwd=self.folder, WATERSHED_PORT="0")
        assert done.returncode == 0, done.stdout + done.stderr
        return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnProject]:
    folder = tmp_path_factory.mktemp("own-project")
    wheel = build_distributions(folder / "distributions").wheel
    (folder / "environment").mkdir()
    shutil.copytree(REPOSITORY / "examples" / "own-project", folder / "orders")
    own = OwnProject(folder / "orders", install(wheel, folder / "environment", "local"))
    yield own
    own.watershed("local", "down")


@pytest.fixture(scope="module")
def deployed(project: OwnProject) -> dict[str, Any]:
    return project.watershed("local", "up")


def client(deployed: dict[str, Any], service: str) -> Any:
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=deployed["endpoint"],
        region_name=deployed["region"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


def committed(deployed: dict[str, Any], key: str) -> dict[str, Any]:
    """Wait until the metadata table says that a raw object is ingested."""
    table, deadline = client(deployed, "dynamodb"), time.monotonic() + SECONDS
    item: dict[str, Any] = {}
    while "committed_at" not in item:
        assert time.monotonic() < deadline, f"{key} was not ingested in {SECONDS} s: {item}"
        wanted = {"pk": {"S": "DATASET#orders"}, "sk": {"S": f"OBJECT#{key}"}}
        item = table.get_item(TableName=deployed["outputs"]["metadataTable"], Key=wanted).get("Item", {})
        time.sleep(0.2)  # leaves the processor to the stage
    return item


def test_the_shipped_policies_pass_it(deployed: dict[str, Any]) -> None:
    assert deployed["project"] == "orders"
    assert deployed["policy"]["packs"], "a policy pack ran"
    assert deployed["policy"]["violations"] == []


def test_it_is_made_of_the_installed_components(deployed: dict[str, Any]) -> None:
    types = json.dumps(deployed["components"])
    for component in ("storage:DataLake", "catalog:Catalog", "compute:LambdaFunction", "ingestion:Ingestion"):
        assert f"watershed:{component}" in types or component.partition(":")[2] in types


def test_its_files_become_a_table_and_its_own_function_adds_them_up(deployed: dict[str, Any]) -> None:
    buckets, key = deployed["outputs"]["buckets"], "orders/2026 März.jsonl"
    body = "".join(json.dumps(order) + "\n" for order in ORDERS).encode()
    client(deployed, "s3").put_object(Bucket=buckets["raw"], Key=key, Body=body)
    assert committed(deployed, key)["rows"] == {"N": "3"}
    answer = client(deployed, "lambda").invoke(FunctionName=deployed["outputs"]["dailyTotals"], Payload=b"{}")
    result = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, result
    totals = [
        {"day": "2026-03-01", "orders": 2, "amount": "14.75"},
        {"day": "2026-03-02", "orders": 1, "amount": "100.00"},
    ]
    assert result == {"days": totals}
    written = client(deployed, "s3").get_object(Bucket=buckets["analytics"], Key="daily-totals/totals.json")
    assert json.loads(written["Body"].read()) == totals


def test_deploying_it_again_changes_nothing(project: OwnProject, deployed: dict[str, Any]) -> None:
    assert project.watershed("local", "up")["unchanged"] is True
