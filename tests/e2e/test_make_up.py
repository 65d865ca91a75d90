"""What a user sees: make up, again, status, preview of prod, down, down again."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import urllib3

from local.aws import Clients
from local.emulator import lifecycle
from local.processes import stop_marked
from local.workspace import Workspace

from .checkout import REPOSITORY, Checkout, copy_checkout

FLIGHTS = 336_776
CARRIERS = 16
MONTHS = 12


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    made = copy_checkout(tmp_path_factory.mktemp("checkout"))
    yield made
    workspace = Workspace(made.folder)
    lifecycle.stop(workspace)
    stop_marked(workspace.root)


@pytest.fixture(scope="module")
def first(checkout: Checkout) -> subprocess.CompletedProcess[str]:
    done = checkout.make("up")
    assert done.returncode == 0, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def report(checkout: Checkout, first: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """What a second `up` says."""
    done = checkout.watershed("local", "up", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    read: dict[str, Any] = json.loads(done.stdout)
    return read


@pytest.fixture(scope="module")
def clients(report: dict[str, Any]) -> Clients:
    return Clients(report["endpoint"], report["region"])


def test_up_ends_with_the_flights_per_carrier(first: subprocess.CompletedProcess[str]) -> None:
    assert "336,776 rows ingested" in first.stderr
    assert "│ UA      │  58,665 │" in first.stdout
    assert "│ all     │ 336,776 │" in first.stdout
    assert "Policies: passed (watershed" in first.stdout
    assert "make down" in first.stdout


def test_up_prints_where_the_portal_and_the_api_are_and_with_what_to_sign_in(
    first: subprocess.CompletedProcess[str], checkout: Checkout, report: dict[str, Any]
) -> None:
    told = report["signing_in"]
    assert told["portal"] == f"{report['endpoint']}/_portal/"
    for label, name in (("portal", "portal"), ("API", "api"), ("sign in as", "email"), ("password", "password")):
        assert re.search(rf"│ {label} +{re.escape(told[name])} ", first.stdout), label
    assert json.loads(checkout.watershed("local", "status", "--json").stdout)["signing_in"] == told


def test_the_demo_user_is_let_into_every_group_and_the_api_lets_nobody_in_without_a_token(
    report: dict[str, Any], clients: Clients
) -> None:
    told, pool = report["signing_in"], report["outputs"]["api"]["userPoolId"]
    groups = clients("cognito-idp").admin_list_groups_for_user(UserPoolId=pool, Username=told["email"])["Groups"]
    assert {group["GroupName"] for group in groups} == {"analysts", "data-platform"}
    assert urllib3.request("GET", told["portal"]).status == 200
    assert urllib3.request("GET", f"{told['api']}/datasets").status == 401


def test_up_again_changes_nothing_and_loads_nothing(report: dict[str, Any]) -> None:
    assert report["unchanged"]
    assert [sample["loaded_now"] for sample in report["samples"]] == [False]


def test_athena_answers_through_the_deployed_workgroup(report: dict[str, Any], clients: Clients) -> None:
    answer = report["samples"][0]["answer"]
    assert len(answer["rows"]) == CARRIERS
    assert sum(int(count) for _, count in answer["rows"]) == FLIGHTS
    execution = clients("athena").get_query_execution(QueryExecutionId=answer["execution"])["QueryExecution"]
    assert execution["WorkGroup"] == report["outputs"]["athenaWorkgroup"]


def test_the_curated_zone_holds_a_parquet_partition_a_month(report: dict[str, Any], clients: Clients) -> None:
    curated = report["outputs"]["lake"]["curated"]
    keys = [each["Key"] for each in clients("s3").list_objects_v2(Bucket=curated, Prefix="flights/")["Contents"]]
    assert {key.split("/")[1] for key in keys} == {f"month={month}" for month in range(1, MONTHS + 1)}
    assert all(key.endswith(".parquet") for key in keys)


def test_the_metadata_item_describes_the_data_set(report: dict[str, Any]) -> None:
    metadata = report["samples"][0]["metadata"]
    assert (metadata["rows"], metadata["objects"], metadata["rejected_rows"]) == (FLIGHTS, 1, 0)
    statistics = {column["name"]: column for column in metadata["statistics"]}
    assert statistics["month"]["distinct"] == MONTHS
    assert statistics["carrier"]["nulls"] == 0


def test_the_policies_ran_and_found_nothing(report: dict[str, Any]) -> None:
    assert list(report["policy"]["packs"]) == ["watershed"]
    assert report["policy"]["rules"] > 0
    assert report["policy"]["violations"] == []


def test_nothing_waits_in_a_dead_letter_queue(checkout: Checkout, report: dict[str, Any]) -> None:
    status = json.loads(checkout.watershed("local", "status", "--json").stdout)
    assert (status["state"], status["endpoint"]) == ("running", report["endpoint"])
    assert status["dead_letters"] == {}
    assert status["datasets"][0]["rows"] == FLIGHTS


def test_what_the_function_logged_can_be_read(checkout: Checkout, report: dict[str, Any]) -> None:
    logged = json.loads(checkout.watershed("local", "logs", "ingest", "--json").stdout)
    assert any("Object committed" in line for lines in logged.values() for line in lines)


def datasets(checkout: Checkout, *arguments: str) -> Any:
    """What `watershed datasets` prints for machines."""
    done = checkout.watershed("datasets", *arguments, "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def test_data_sets_are_found_and_queried_on_the_command_line(checkout: Checkout, report: dict[str, Any]) -> None:
    found = {each["id"]: each for each in datasets(checkout, "list", "--tag", "domain=aviation")}
    assert found["flights"]["rows"] == FLIGHTS
    assert found["flights"]["may"] == "admin"
    result = datasets(checkout, "query", "SELECT count(*) AS n FROM flights WHERE carrier = ?", "--value", "UA")
    assert result["rows"] == [[58_665]]
    assert result["bytes_scanned"] > 0
    refused = checkout.watershed("datasets", "query", "DROP TABLE flights")
    assert (refused.returncode, "Only a SELECT may be run" in refused.stderr) == (1, True)


def test_data_sets_are_downloaded_and_uploaded_on_the_command_line(
    checkout: Checkout, report: dict[str, Any], tmp_path: Path
) -> None:
    assert len(datasets(checkout, "download", "flights", "--to", str(tmp_path / "flights"))) == MONTHS
    files = str(tmp_path / "flights" / "*" / "*.parquet")
    assert duckdb.execute(f"SELECT count(*) FROM read_parquet('{files}')").fetchall() == [(FLIGHTS,)]
    two = tmp_path / "two.csv"
    duckdb.execute(f"COPY (SELECT * FROM read_parquet('{files}') LIMIT 2) TO '{two}' (HEADER, NULLSTR 'NA')")
    for _ in range(2):
        uploaded = datasets(checkout, "upload", "flights", str(two))
        assert (uploaded["status"], uploaded["outcome"]["rows"]) == ("committed", 2)
    assert datasets(checkout, "show", "flights")["totals"]["rows"] == FLIGHTS + 2


@pytest.mark.parametrize("stack", ["dev", "stage", "prod"])
def test_every_stack_previews_offline_with_the_policies(checkout: Checkout, stack: str) -> None:
    done = checkout.make("preview", f"STACK={stack}")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"watershed/{stack} would deploy" in done.stdout
    assert "approximate: The state on AWS is not read" in done.stdout


def test_down_leaves_nothing_twice(checkout: Checkout, report: dict[str, Any]) -> None:
    workspace = Workspace(checkout.folder)
    running = lifecycle.find(workspace)
    assert running is not None
    assert "the emulated AWS is stopped and its data and state are removed" in checkout.make("down").stdout
    assert not running.record.is_alive
    assert stop_marked(workspace.root) == 0
    assert not workspace.root.exists()
    again = checkout.make("down")
    assert (again.returncode, again.stdout) == (0, "Nothing was up.\n")


def test_the_stack_files_are_as_they_were(checkout: Checkout, report: dict[str, Any]) -> None:
    assert checkout.stack_files() == Checkout(REPOSITORY).stack_files()
