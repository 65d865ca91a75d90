"""What `watershed build` makes: reproducible, for the right machine, small enough, importable."""

import json
import os
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from cli.packaging import TARGETS, Build, Target, build_artifacts, describe

from .installation import REPOSITORY

MIB = 1024 * 1024
AARCH64 = 0xB7
SDK = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six.py", "urllib3")


def archives(build: Build) -> dict[str, zipfile.ZipFile]:
    described = describe(build)
    return {
        name: zipfile.ZipFile(build.manifest.parent / item["archive"])
        for kind in ("deployables", "layers")
        for name, item in described[kind].items()
    }


def elf_machines(archive: zipfile.ZipFile) -> dict[str, int]:
    contents = {name: archive.read(name) for name in archive.namelist()}
    return {
        name: struct.unpack_from("<H", content, 18)[0]
        for name, content in contents.items()
        if content[:4] == b"\x7fELF"
    }


def build_elsewhere(folder: Path, target: Target, *, umask: int, zone: str) -> dict[str, bytes]:
    """Build from nothing, in another process that differs in all that must not matter."""
    folder.mkdir()
    program = (
        f"import os; os.umask({umask}); from cli.build import build, TargetChoice; build(TargetChoice({target!r}))"
    )
    variables = {"TZ": zone, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(REPOSITORY)}
    variables["UV_CACHE_DIR"] = subprocess.check_output(["uv", "cache", "dir"], text=True, env=with_uv()).strip()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env={**os.environ, **variables}, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    made = folder / ".watershed" / "artifacts" / target
    return {file.name: file.read_bytes() for file in made.iterdir() if not file.name.startswith(".")}


def with_uv() -> dict[str, str]:
    return {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


@pytest.mark.parametrize("target", TARGETS)
def test_two_builds_of_the_same_input_are_the_same_bytes(target: Target, tmp_path: Path) -> None:
    first = build_elsewhere(tmp_path / "first", target, umask=0o022, zone="UTC")
    second = build_elsewhere(tmp_path / "second", target, umask=0o077, zone="Asia/Kolkata")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.parametrize("target", TARGETS)
def test_entries_are_sorted_and_say_nothing_of_the_machine_that_made_them(
    target: Target, builds: dict[Target, Build]
) -> None:
    for archive in archives(builds[target]).values():
        names = archive.namelist()
        assert names == sorted(names)
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {info.external_attr >> 16 for info in archive.infolist()} <= {0o100644, 0o100755}
        assert [name for name in names if name.endswith((".pyc", "/RECORD", "/INSTALLER", "direct_url.json"))] == []


def test_all_native_code_for_aws_is_for_arm64_and_python_3_13(builds: dict[Target, Build]) -> None:
    native = {}
    for archive in archives(builds["aws"]).values():
        native.update(elf_machines(archive))
        assert [n for n in archive.namelist() if "x86_64" in n or n.endswith((".dll", ".pyd", ".dylib"))] == []
    assert native, "the layers hold native code"
    assert set(native.values()) == {AARCH64}
    for name in native:
        assert ".cpython-313-" in name or ".abi3." in name, f"{name} is for another Python"


def test_the_manifest_describes_the_files_beside_it(builds: dict[Target, Build]) -> None:
    import hashlib

    for target, build in builds.items():
        written = json.loads(build.manifest.read_text())
        assert written == describe(build)
        assert (written["version"], written["target"]) == (1, target)
        for item in [*written["deployables"].values(), *written["layers"].values()]:
            content = (build.manifest.parent / item["archive"]).read_bytes()
            assert hashlib.sha256(content).hexdigest() == item["sha256"]
            assert len(content) == item["bytes"]
    assert (builds["aws"].platform.python, builds["aws"].platform.architecture) == ("3.13", "arm64")


@pytest.mark.parametrize("target", TARGETS)
def test_every_deployable_stays_under_120_mib_unpacked(target: Target, builds: dict[Target, Build]) -> None:
    build = builds[target]
    sizes = {each.name: build.unpacked_bytes(each) / MIB for each in build.deployables}
    assert {name: size for name, size in sizes.items() if size > 120} == {}
    by_zip = {name: sum(info.file_size for info in archive.infolist()) for name, archive in archives(build).items()}
    for each in build.deployables:
        assert build.unpacked_bytes(each) == by_zip[each.name] + sum(by_zip[layer] for layer in each.layers)


@pytest.mark.parametrize("target", TARGETS)
def test_the_aws_sdk_is_left_to_the_runtime(target: Target, builds: dict[Target, Build]) -> None:
    for archive in archives(builds[target]).values():
        assert [name for name in archive.namelist() if name.removeprefix("python/").startswith(SDK)] == []


def test_a_handler_needs_nothing_but_its_archive_its_layers_and_the_runtimes_sdk(
    builds: dict[Target, Build], tmp_path: Path
) -> None:
    build, opened = builds["host"], archives(builds["host"])
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    for name in SDK:
        (runtime / name).symlink_to(Path(pytest.__file__).parents[1] / name)
    for deployable in build.deployables:
        code = tmp_path / deployable.name
        opened[deployable.name].extractall(code)
        path = [str(code)]
        for layer in deployable.layers:
            opened[layer].extractall(tmp_path / layer)
            path.append(str(tmp_path / layer / "python"))
        module, _, function = deployable.entry.rpartition(".")
        program = (
            f"import sys; sys.path += {[*path, str(runtime)]!r}; import {module} as m; assert callable(m.{function})"
        )
        variables = {
            "AWS_DEFAULT_REGION": "eu-central-1",
            "SETTINGS_BUCKET": "b",
            "SETTINGS_KEY": "k",
            "SETTINGS_VERSION": "v",
        }
        variables |= {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", program],
            cwd=code,
            env=variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_building_again_takes_well_under_a_second_and_writes_no_archive(tmp_path: Path) -> None:
    build_artifacts("host", tmp_path / "out", tmp_path)
    before = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "out").glob("*.zip")}
    started = time.process_time()
    build_artifacts("host", tmp_path / "out", tmp_path)
    assert time.process_time() - started < 0.5
    assert {file.name: file.stat().st_mtime_ns for file in (tmp_path / "out").glob("*.zip")} == before


def test_the_versions_are_those_the_project_is_developed_with() -> None:
    developed = set(_pins(REPOSITORY / "requirements.txt"))
    for target in TARGETS:
        assert set(_pins(REPOSITORY / "handlers" / f"requirements-{target}.txt")) <= developed


def _pins(lock: Path) -> list[str]:
    return [line.split()[0] for line in lock.read_text().splitlines() if "==" in line and not line.startswith("#")]
