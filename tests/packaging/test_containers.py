"""Containers of the build: the folder for `docker build`, and this machine's packages for the local stage."""

import json
import re
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from cli.packaging import Build, BuildError, Target, build_artifacts

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


SHIPPED = REPOSITORY / "handlers" / "odk_export"


def test_the_shipped_container_needs_nothing_but_its_folder_and_its_packages(
    builds: dict[Target, Build], tmp_path: Path
) -> None:
    build = builds["host"]
    manifest = json.loads(build.manifest.read_text())
    for kind in ("containers", "packages"):
        with zipfile.ZipFile(build.manifest.parent / manifest[kind]["odk-export"]["archive"]) as archive:
            archive.extractall(tmp_path / kind)
    places = [str(tmp_path / "containers"), str(tmp_path / "packages" / "python")]
    program = f"import sys, runpy; sys.path += {places!r}; runpy.run_module('handlers.odk_export', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], cwd=tmp_path, env={}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2, done.stderr
    assert "ODK_PASSWORD" in json.loads(done.stdout)["message"]


def test_the_image_is_built_of_what_is_packed_by_a_user_that_is_not_root(builds: dict[Target, Build]) -> None:
    build = builds["aws"]
    archive = json.loads(build.manifest.read_text())["containers"]["odk-export"]["archive"]
    with zipfile.ZipFile(build.manifest.parent / archive) as folder:
        dockerfile = folder.read("Dockerfile").decode()
        names = folder.namelist()
    copied = [line.split()[1:-1] for line in dockerfile.splitlines() if line.startswith("COPY")]
    assert copied == [["requirements.txt"], ["handlers"]]
    assert {"requirements.txt", "handlers/odk_export/__main__.py", "handlers/common/table.py"} <= set(names)
    assert "\nUSER 1000:1000\n" in dockerfile
    assert "--require-hashes" in dockerfile


def test_its_versions_are_those_of_the_development_unless_it_pins_its_own() -> None:
    own, locked, developed = (
        dict(line.split()[0].split("==") for line in file.read_text().splitlines() if re.match(r"[a-z0-9-]+==", line))
        for file in (SHIPPED / "requirements.in", SHIPPED / "requirements.txt", REPOSITORY / "requirements.txt")
    )
    assert locked.keys() >= own.keys()
    other = {name: version for name, version in locked.items() if developed.get(name, version) != version}
    assert other.keys() <= own.keys()
    assert {name: locked[name] for name in own} == own
    assert own["pyodk"].startswith("1.3.")
