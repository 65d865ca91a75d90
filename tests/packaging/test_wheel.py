"""The wheel: what is in it, and that it works where there is no checkout."""

import json
import tarfile
import zipfile
from pathlib import Path

from .installation import SIBLINGS, Distributions, Installation, files_known_to_git


def test_nothing_is_installed_outside_the_package(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        tops = {name.partition("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"watershed"}


def test_the_wheel_holds_every_file_of_the_folders_and_no_other(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        shipped = {name.removeprefix("watershed/") for name in wheel.namelist() if name.startswith("watershed/")}
    assert shipped == {*files_known_to_git(*SIBLINGS), "__init__.py", "py.typed"}


def test_the_licence_is_shipped_with_both(distributions: Distributions) -> None:
    with zipfile.ZipFile(distributions.wheel) as wheel:
        assert any(name.endswith("dist-info/licenses/LICENSE") for name in wheel.namelist())
    with tarfile.open(distributions.sdist) as sdist:
        assert any(name.endswith("/LICENSE") for name in sdist.getnames())


def test_the_sdist_holds_every_file_of_the_wheel(distributions: Distributions) -> None:
    with tarfile.open(distributions.sdist) as sdist:
        sources = {name.partition("/")[2] for name in sdist.getnames()}
    assert {*files_known_to_git(*SIBLINGS), "setup.py", "pyproject.toml"} <= sources


def test_the_components_can_be_imported_by_their_installed_name(installation: Installation, tmp_path: Path) -> None:
    program = "import watershed, watershed.components as components; print(watershed.__version__, components.__file__)"
    done = installation.run("python", "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    version, file = done.stdout.split()
    assert Path(file).is_relative_to(installation.site_packages)
    assert version == "0.1.0"


def test_every_public_component_is_there(installation: Installation, tmp_path: Path) -> None:
    import components

    program = "import json, watershed.components as c; print(json.dumps([n for n in c.__all__ if hasattr(c, n)]))"
    done = installation.run("python", "-c", program, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == list(components.__all__)


def test_the_command_explains_itself(installation: Installation, tmp_path: Path) -> None:
    done = installation.run("watershed", "--help", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "build" in done.stdout


def test_the_command_builds_in_an_empty_project(installation: Installation, tmp_path: Path) -> None:
    done = installation.run("watershed", "build", "--target", "host", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    written = json.loads((tmp_path / ".watershed" / "artifacts" / "host" / "manifest.json").read_text())
    assert json.loads(done.stdout) == {"host": written}
    assert "ingest" in written["deployables"]


def test_an_installed_and_a_checked_out_library_build_the_same_bytes(
    installation: Installation, tmp_path: Path
) -> None:
    from cli.packaging import build_artifacts, describe

    done = installation.run("watershed", "build", "--target", "aws", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["aws"] == describe(build_artifacts("aws", tmp_path / "own", tmp_path))
