"""Containers of the build: the folder for `docker build`, and this machine's packages for the local stage."""

import json
import re
import textwrap
import zipfile
from pathlib import Path

import pytest

from cli.packaging import BuildError, Target, build_artifacts

from .installation import REPOSITORY

DECLARED = """
    [containers.report]
    dockerfile = "jobs/Dockerfile"
    sources = ["jobs/report"]
    requirements = "jobs/requirements.txt"
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with one container that needs one package."""
    (tmp_path / "jobs" / "report").mkdir(parents=True)
    (tmp_path / "jobs" / "report" / "__main__.py").write_text("print('hello')\n")
    (tmp_path / "jobs" / "report" / "summary.R").write_text("print('hello')\n")
    (tmp_path / "jobs" / "Dockerfile").write_text("FROM scratch\n")
    lock = (REPOSITORY / "handlers" / "requirements-host.txt").read_text()
    start = lock.index("msgspec==")
    (tmp_path / "jobs" / "requirements.txt").write_text(lock[start : lock.index("orjson==")])
    (tmp_path / "deployables.toml").write_text(textwrap.dedent(DECLARED))
    return tmp_path


def build(project: Path, target: Target) -> dict[str, zipfile.ZipFile]:
    folder = project / "out"
    made = build_artifacts(target, folder, project)
    manifest = json.loads(made.manifest.read_text())
    return {
        kind: zipfile.ZipFile(folder / manifest[kind]["report"]["archive"])
        for kind in ("containers", "packages")
        if "report" in manifest[kind]
    }


def test_the_archive_of_a_container_is_the_folder_that_docker_builds(project: Path) -> None:
    made = build(project, "aws")
    assert made["containers"].namelist() == [
        *("Dockerfile", "jobs/report/__main__.py", "jobs/report/summary.R", "requirements.txt"),
    ]
    assert made["containers"].read("Dockerfile") == b"FROM scratch\n"
    assert "packages" not in made


def tag(project: Path) -> str:
    made = build_artifacts("host", project / "out", project)
    found: str = json.loads(made.manifest.read_text())["containers"]["report"]["tag"]
    return found


def test_the_tag_of_an_image_changes_with_what_it_is_built_of_and_with_nothing_else(project: Path) -> None:
    first = tag(project)
    assert re.fullmatch("[0-9a-f]{20}", first)
    assert tag(project) == first
    (project / "jobs" / "report" / "summary.R").write_text("print('good day')\n")
    assert tag(project) != first


def test_the_host_has_the_packages_that_the_image_would_have(project: Path) -> None:
    made = build(project, "host")
    assert "python/msgspec/__init__.py" in made["packages"].namelist()


def test_a_dockerfile_that_is_not_there_is_named(project: Path) -> None:
    (project / "jobs" / "Dockerfile").unlink()
    with pytest.raises(BuildError, match=r"container 'report': .*Dockerfile cannot be read: No such file"):
        build_artifacts("host", project / "out", project)


def test_a_source_that_is_not_there_is_named(project: Path) -> None:
    (project / "deployables.toml").write_text(textwrap.dedent(DECLARED).replace("jobs/report", "jobs/none"))
    with pytest.raises(BuildError, match="container 'report': the source 'jobs/none' is not in"):
        build_artifacts("host", project / "out", project)
