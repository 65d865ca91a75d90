"""`watershed images`: pushing what a stack lacks. Docker is a stand-in here; the registry is emulated."""

import json
import os
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from cli.deployer.policy import deployer_policy
from cli.deployer.statements import Deploy
from cli.errors import CommandError
from cli.images import commands
from cli.images.push import default_artifacts
from cli.runs.target import Target
from local.aws import ACCOUNT, Clients

REGION = "eu-central-1"
TAGS = {"project": "shop", "stack": "dev", "component": "shop-image-report"}
DOCKER = """#!{python}
import json, os, pathlib, sys
import boto3
given = sys.stdin.read() if "login" in sys.argv else ""
folder = pathlib.Path(sys.argv[-1])
files = sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()) if folder.is_dir() else []
with open({log!r}, "a") as log:
    log.write(json.dumps([*sys.argv[1:], given, files]) + "\\n")
if "--fail" in os.environ.get("DOCKER_SAYS", ""):
    sys.exit("no space left on device")
if "--tag" in sys.argv:
    repository, _, tag = sys.argv[sys.argv.index("--tag") + 1].rpartition(":")
    ecr = boto3.client("ecr", endpoint_url={endpoint!r}, region_name="eu-central-1",
                       aws_access_key_id="test", aws_secret_access_key="test")
    ecr.put_image(repositoryName=repository.partition("/")[2], imageTag=tag, imageManifest=json.dumps({{"tag": tag}}))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that has built one container."""
    (tmp_path / "Pulumi.yaml").write_text("name: shop\nruntime: python\n")
    folder = default_artifacts(tmp_path)
    folder.mkdir(parents=True)
    with zipfile.ZipFile(folder / "container-report.zip", "w") as archive:
        archive.writestr("Dockerfile", "FROM scratch\n")
        archive.writestr("report/__main__.py", "print('hello')\n")
    entry = {"archive": "container-report.zip", "tag": "0123456789abcdef0123"}
    (folder / "manifest.json").write_text(json.dumps({"containers": {"report": entry}}))
    return tmp_path


@pytest.fixture
def repository(clients: Clients) -> Any:
    """The stack's repository, and one of another stack."""
    ecr = clients("ecr")
    for stack in ("dev", "prod"):
        tags = [{"Key": key, "Value": value} for key, value in {**TAGS, "stack": stack}.items()]
        ecr.create_repository(repositoryName=f"shop-image-report-{stack}", tags=tags)
    yield ecr
    for stack in ("dev", "prod"):
        ecr.delete_repository(repositoryName=f"shop-image-report-{stack}", force=True)


@pytest.fixture
def run(project: Path, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Any:
    target = Target("shop", "dev", ACCOUNT, "eu-central-1", clients)
    monkeypatch.setattr(commands, "find_target", lambda *_: target)

    def call(*words: str) -> Any:
        return CliRunner().invoke(commands.image_commands, [*words, "--project", str(project)], catch_exceptions=False)

    return call


@pytest.fixture
def docker(tmp_path: Path, clients: Clients, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for docker: notes how it was called, and puts an image into the emulated registry."""
    log = tmp_path / "docker.log"
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "docker"
    program.write_text(DOCKER.format(python=sys.executable, log=str(log), endpoint=clients.endpoint))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    return log


def as_deployer(clients: Clients) -> Callable[[str], Any]:
    """Return what makes clients of a role that has the policy which is made for a stack with a repository."""
    name = "shop-dev-deployer"
    iam = clients("iam")
    trusted = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": [trusted]}))
    made = deployer_policy(["aws:ecr/repository:Repository"], Deploy("shop", "dev", ACCOUNT, REGION, name))
    for number, document in enumerate(made.policies):
        iam.put_role_policy(RoleName=name, PolicyName=f"policy-{number}", PolicyDocument=json.dumps(document))
    role = f"arn:aws:iam::{ACCOUNT}:role/{name}"
    taken = clients("sts").assume_role(RoleArn=role, RoleSessionName="push")["Credentials"]
    session: Any = boto3.session.Session(
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
        region_name=REGION,
    )
    return lambda service: session.client(service, endpoint_url=clients.endpoint)


def calls(log: Path) -> list[list[Any]]:
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def test_an_image_that_the_repository_lacks_is_built_of_its_folder_and_pushed(
    run: Any, docker: Path, repository: Any
) -> None:
    assert "lacking" in run("list").stdout
    done = run("push", "--json")
    assert done.exit_code == 0, done.output
    (image,) = json.loads(done.stdout)
    assert (image["there"], image["address"].endswith("/shop-image-report-dev:0123456789abcdef0123")) == (True, True)
    login, build = calls(docker)
    assert login[:4] == ["login", "--username", "AWS", "--password-stdin"]
    assert login[-2]
    assert build[2:4] == ["--platform", "linux/arm64"]
    assert build[-1] == ["Dockerfile", "report/__main__.py"]
    assert len(repository.list_images(repositoryName="shop-image-report-prod")["imageIds"]) == 0


def test_what_is_there_is_not_built_again_and_needs_no_docker(run: Any, docker: Path, repository: Any) -> None:
    run("push")
    before = calls(docker)
    assert "pushed" in run("push").stdout
    assert calls(docker) == before


def test_the_stacks_deployer_may_push_and_meets_repositories_that_it_may_not_look_at(
    run: Any, docker: Path, repository: Any, clients: Clients, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.create_repository(repositoryName="payroll-image-report", tags=[{"Key": "stack", "Value": "dev"}])
    deployer = as_deployer(clients)
    with pytest.raises(ClientError, match="not authorized to perform: ecr:ListTagsForResource"):
        deployer("ecr").list_tags_for_resource(
            resourceArn=f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/payroll-image-report"
        )
    monkeypatch.setattr(commands, "find_target", lambda *_: Target("shop", "dev", ACCOUNT, REGION, deployer))
    done = run("push", "--json")
    assert done.exit_code == 0, done.output
    assert [image["repository"] for image in json.loads(done.stdout) if image["there"]] == ["shop-image-report-dev"]
    assert [call[0] for call in calls(docker)] == ["login", "buildx"]
    repository.delete_repository(repositoryName="payroll-image-report")


def test_before_the_first_deploy_there_is_nothing_to_push_to(run: Any, docker: Path) -> None:
    assert "no repository yet" in run("push").stdout.replace("\n", " ")
    assert calls(docker) == []


def test_what_docker_says_when_it_fails_is_shown(
    run: Any, docker: Path, repository: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_SAYS", "--fail")
    with pytest.raises(CommandError, match="no space left on device"):
        run("push")


def test_without_docker_it_says_what_is_missing(
    run: Any, repository: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CommandError, match="needs the `docker` command"):
        run("push")


def test_without_a_build_it_says_how_to_make_one(run: Any, project: Path) -> None:
    (default_artifacts(project) / "manifest.json").unlink()
    with pytest.raises(CommandError, match="Nothing was built") as refused:
        run("list")
    assert refused.value.fix == "Make it: make build TARGET=aws"
