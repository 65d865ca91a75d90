"""The pack on programs in TypeScript and YAML, run by their own SDK and language host in the real engine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from local.engine.bootstrap import find_engine
from tests.local.provider_stage import provider
from tests.policy.languages.schema_provider import CALLER, package_schema
from tests.policy.languages.toolchains import LANGUAGES, typescript_modules, yaml_host

if TYPE_CHECKING:
    from collections.abc import Iterator

PACK = Path(__file__).parents[3] / "policies"
YAML_PROGRAM = LANGUAGES / "yaml" / "Pulumi.yaml"


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("given") / "given.txt"
    file.touch()
    return file


@pytest.fixture(scope="module")
def served(given: Path) -> Iterator[int]:
    """The provider of policy checks, with a schema of what the YAML program declares."""
    declared = yaml.safe_load(YAML_PROGRAM.read_text("utf-8"))["resources"].values()
    types = sorted({full_type(each["type"]) for each in declared})
    with provider(str(given), *types, module="tests.policy.languages.schema_provider") as port:
        yield port


@pytest.fixture
def environment(served: int, tmp_path: Path) -> dict[str, str]:
    root = find_engine().root
    (tmp_path / "state").mkdir()
    path = [str(root / "bin")] if root else []
    return {
        **os.environ,
        "PATH": os.pathsep.join([*path, os.environ.get("PATH", os.defpath)]),
        "PULUMI_BACKEND_URL": (tmp_path / "state").as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_COMMANDS": "true",  # for --event-log
        "PULUMI_DEBUG_PROVIDERS": f"aws:{served}",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_PYTHON_CMD": sys.executable,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }


def full_type(short: str) -> str:
    """Return `aws:s3/bucket:Bucket` for `aws:s3:Bucket`."""
    package, module, name = short.split(":")
    return f"{package}:{module}/{name[0].lower()}{name[1:]}:{name}"


def told(events: list[dict[str, Any]]) -> dict[tuple[str, str], str]:
    """Return the levels of the findings by resource and rule."""
    found = {}
    for event in events:
        # The engine puts the policy's description on a line above the message.
        rule = event["message"].partition("\n")[2].split()[0]
        found[event["resourceUrn"].rpartition("::")[2], rule] = event["enforcementLevel"]
    return found


def test_a_typescript_program_is_judged(environment: dict[str, str], given: Path, tmp_path: Path) -> None:
    folder = LANGUAGES / "typescript"
    done = subprocess.run(
        ["node", str(folder / "preview.js"), str(folder), str(typescript_modules()), str(PACK)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    found = told(said["violations"])
    assert "preview failed" in said["output"], said
    mistakes = {
        ("public", "VPC-SUBNET-PUBLIC-IP"),
        ("ssh", "VPC-INGRESS-ADMINISTRATION"),
        ("orders", "DYNAMODB-POINT-IN-TIME-RECOVERY"),
        ("everything", "IAM-WILDCARD-ACTION"),
        ("handler", "LAMBDA-SECRET-IN-ENVIRONMENT"),
        ("uploads", "S3-TLS-ONLY"),
    }
    assert {found.get(mistake) for mistake in mistakes} == {"mandatory"}, found
    # What is right: given to a component's child, by reference, which a first preview does not know.
    assert not {("uploads", "S3-VERSIONING"), ("uploads", "S3-PUBLIC-ACCESS-BLOCK")} & set(found)
    assert "t0ps3cret" not in done.stdout
    assert "the rule itself failed" not in done.stdout
    assert {"aws:mq/broker:Broker", "aws:ec2/securityGroup:SecurityGroup (ingress)"} <= set(
        given.read_text().split("\n")
    )


def test_a_yaml_program_is_judged(environment: dict[str, str], tmp_path: Path) -> None:
    environment["PATH"] = f"{yaml_host()}{os.pathsep}{environment['PATH']}"
    (tmp_path / "Pulumi.yaml").write_text(YAML_PROGRAM.read_text("utf-8"))
    (tmp_path / "Pulumi.test.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    log = tmp_path / "events.json"

    for command in (["stack", "init", "test"], ["preview", "--policy-pack", str(PACK), "--event-log", str(log)]):
        done = subprocess.run(
            ["pulumi", *command, "--non-interactive", "--color", "never"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    assert log.is_file(), done.stderr + done.stdout
    assert done.returncode != 0
    events = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    found = told([event["policyEvent"] for event in events if "policyEvent" in event])
    mistakes = {
        ("open", "S3-PUBLIC-ACCESS-BLOCK"),
        ("read", "IAM-WILDCARD-PRINCIPAL"),
        ("read", "S3-TLS-ONLY"),
        ("work", "SQS-CUSTOMER-KEY"),
        ("ssh", "VPC-INGRESS-ADMINISTRATION"),
        ("network", "VPC-FLOW-LOGS"),
    }
    assert {found.get(mistake) for mistake in mistakes} == {"mandatory"}, done.stdout
    assert not {("key", "KMS-ROTATION"), ("site", "S3-PUBLIC-ACCESS-BLOCK")} & set(found)
    assert "the rule itself failed" not in done.stdout


def test_the_schema_that_yaml_is_checked_by_comes_from_pulumi_aws() -> None:
    schema = package_schema(["aws:sqs/queue:Queue"])

    queue = schema["resources"]["aws:sqs/queue:Queue"]
    assert queue["inputProperties"]["visibilityTimeoutSeconds"] == {"type": "integer"}
    assert "arn" in queue["properties"]
    assert "arn" not in queue["inputProperties"]
    assert CALLER in schema["functions"]
