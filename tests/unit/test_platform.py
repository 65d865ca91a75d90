"""The platform as the shipped stacks deploy it."""

import json
import socket
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pulumi
import pytest

from components import PlatformConfig
from tests.policy.harness import Recorded, record
from tests.unit.programs import ROOT, STACKS, platform, stack_config


def recorded(stack: str, config: dict[str, str] | None = None) -> dict[str, Recorded]:
    resources = record(platform, stack=stack, config=config or stack_config(stack))
    return {resource.name: resource for resource in resources}


def settings(stack: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(recorded(stack)["watershed-settings"].inputs["content"])
    return document


@pytest.mark.parametrize("stack", STACKS)
def test_the_program_evaluates_with_the_network_cut(stack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the program used the network")

    for name in ("connect", "connect_ex", "sendto", "bind"):
        monkeypatch.setattr(socket.socket, name, refuse, raising=False)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    assert recorded(stack)


@pytest.mark.parametrize("stack", STACKS)
def test_the_settings_document_is_what_the_handlers_agreed_to(stack: str) -> None:
    contract = json.loads((ROOT / "handlers/common/contract.json").read_text("utf-8"))
    jsonschema.Draft202012Validator(contract).validate(settings(stack))


def test_the_settings_document_names_the_buckets_the_table_and_the_data_sets() -> None:
    document = settings("local")
    assert document["zones"]["raw"]["bucket"] == "watershed-lake-raw-abc1234"
    assert document["metadata_table"]["name"] == "watershed-metadata-abc1234"
    (flights,) = [each for each in document["datasets"] if each["id"] == "flights"]
    assert flights["id"] == "flights"
    assert flights["owner"] == "data-platform"
    assert flights["partitioned_by"] == ["month"]


@pytest.mark.parametrize("stack", ["stage", "prod"])
def test_nothing_that_holds_data_can_be_destroyed_in_stage_and_prod(stack: str) -> None:
    found = recorded(stack)
    assert {r.inputs["forceDestroy"] for r in found.values() if r.type == "aws:s3/bucket:Bucket"} == {False}
    assert found["watershed-metadata"].inputs["deletionProtectionEnabled"] is True


def test_a_stack_without_arriving_files_needs_no_handler_archives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATERSHED_ARTIFACTS", "nowhere")
    lists = {f"watershed:{key}": "[]" for key in ("datasets", "jobs", "pipelines")}
    config = {**stack_config("dev"), **lists}
    del config["watershed:api"]  # its function has one
    assert "watershed-ingestion-function" not in recorded("dev", config)


@cache
def local_stack() -> dict[str, Recorded]:
    return recorded("local")


def allowed(role: str) -> set[tuple[str, str]]:
    """Each action that a role of the local stack is granted, with where."""
    policies = [
        one
        for one in local_stack().values()
        if one.type == "aws:iam/rolePolicy:RolePolicy" and one.name.startswith(f"watershed-job-{role}-role-")
    ]
    statements = [one for policy in policies for one in json.loads(policy.inputs["policy"])["Statement"]]
    return {
        (action, resource)
        for one in statements
        for action in ([one["Action"]] if isinstance(one["Action"], str) else one["Action"])
        for resource in ([one["Resource"]] if isinstance(one["Resource"], str) else one["Resource"])
    }


def test_a_job_that_puts_a_data_set_neither_reads_nor_deletes_it() -> None:
    granted = allowed("carrier-delays")
    on_files = {action for action, resource in granted if "/carrier_delays/" in resource}
    assert on_files == {"s3:PutObject"}


def test_a_job_that_reads_a_data_set_lists_it_and_gets_its_files() -> None:
    curated = "arn:aws:s3:::watershed-lake-curated-abc1234"
    granted = allowed("carrier-delays")
    assert {each for each in granted if each[1].startswith(curated) and "carrier_delays" not in each[1]} == {
        ("s3:ListBucket", curated),
        ("s3:GetObject", f"{curated}/flights/*"),
    }


def test_a_job_is_told_of_the_settings_unless_it_needs_none() -> None:
    def told(job: str) -> bool:
        return any("/settings/" in resource for _, resource in allowed(job))

    assert told("carrier-delays")
    assert not told("odk-export")
    definition = local_stack()["watershed-job-odk-export-task"].inputs["containerDefinitions"]
    assert "SETTINGS_BUCKET" not in json.dumps(definition)


def test_a_wrong_config_registers_nothing_and_lists_every_problem() -> None:
    config = {**stack_config("dev"), "watershed:lake": '{"zoness": []}', "watershed:onwer": "x"}
    with pytest.raises(pulumi.RunError) as refused:
        recorded("dev", config)
    assert "2 problems" in str(refused.value)
    assert "watershed:lake.zoness" in str(refused.value)
    assert "watershed:onwer" in str(refused.value)


def test_a_key_under_a_misspelled_project_is_not_passed_over_in_silence() -> None:
    config = {**stack_config("dev"), "watershd:owner": "x"}
    with pytest.raises(pulumi.RunError, match="watershd:owner: given 'x'; accepted: watershed:owner"):
        recorded("dev", config)


def test_a_wrong_data_set_file_is_named_as_the_place_of_the_problem(tmp_path: Path) -> None:
    (tmp_path / "sales.yaml").write_text("{name: sales, columns: [{name: id, type: number}]}", "utf-8")
    config = {**stack_config("dev"), "watershed:datasets": '["*.yaml"]'}
    with pytest.raises(pulumi.RunError, match=r"- sales\.yaml: columns\[0\]\.type: given 'number'; accepted"):
        record(lambda: PlatformConfig.from_stack(tmp_path), stack="dev", config=config)
