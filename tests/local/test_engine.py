"""Which Pulumi CLI is used, and when it is built."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.engine import build
from local.engine.bootstrap import find_engine
from local.errors import StageError

from .stage_projects import only_on_path, stand_in

# A `go` that builds in no time: it writes the CLI where `-o` says, and notes that it was called.
GO = """
case "$1" in
  env) echo go1.99.1 ;;
  list) echo {sdk} ;;
  build)
    echo built >> {count}
    while [ "$1" != "-o" ]; do shift; done
    printf '#!/bin/sh\\necho v9.9.9\\n' > "$2"; chmod +x "$2" ;;
esac
"""


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "watershed"


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stand-in for Go; returns the file with a line for each build."""
    sdk = tmp_path / "sdk"
    (sdk / "python" / "dist").mkdir(parents=True)
    (sdk / "python" / "dist" / build.POLICY_ANALYZER).write_text("#!/bin/sh\n")
    count = tmp_path / "builds"
    stand_in(tmp_path / "go", "go", GO.format(sdk=sdk, count=count))
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "go"))
    return count


def test_the_cli_on_the_path_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> None:
    pulumi = stand_in(tmp_path / "bin", "pulumi", "echo v3.201.0")
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "bin"))
    engine = find_engine()
    assert (engine.version, engine.origin, engine.root) == ("3.201.0", str(pulumi), None)
    assert not empty_cache.exists()


def test_a_cli_that_is_too_old_is_refused_with_both_ways_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", "pulumi", "echo v3.90.1")
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "bin"))
    with pytest.raises(StageError, match=r"3\.90\.1.*needs 3\.150\.0 or newer") as refused:
        find_engine()
    assert "get.pulumi.com" in refused.value.fix
    assert "off the PATH" in refused.value.fix


def test_a_cli_that_does_not_run_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", "pulumi", "echo no such library >&2; exit 127")
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "bin"))
    with pytest.raises(StageError, match=r"does not run.*127.*no such library"):
        find_engine()


def test_without_cli_and_go_the_error_holds_the_install_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_cache: Path
) -> None:
    monkeypatch.setenv("PATH", only_on_path(tmp_path))
    with pytest.raises(build.BuildError, match="none on the PATH, and no `go`") as refused:
        find_engine()
    assert "curl -fsSL https://get.pulumi.com | sh" in refused.value.fix
    assert not list(empty_cache.glob("pulumi-*/"))


def test_a_go_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_cache: Path) -> None:
    stand_in(tmp_path / "go", "go", 'if [ "$2" = GOTOOLCHAIN ]; then echo local; else echo go1.21.3; fi')
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "go"))
    with pytest.raises(build.BuildError, match=r"needs Go 1\.24\.7.*go1\.21\.3"):
        find_engine()
    assert not list(empty_cache.glob("pulumi-*/"))


def test_an_older_go_that_fetches_its_toolchain_builds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = stand_in(tmp_path / "go", "go", 'if [ "$2" = GOTOOLCHAIN ]; then echo auto; else echo go1.21.3; fi')
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "go"))
    assert build.check_go() == str(go)


def test_a_built_cli_is_kept_for_the_next_time(go: Path, empty_cache: Path) -> None:
    told: list[str] = []
    first = find_engine(told.append)
    second = find_engine()
    assert first == second
    assert first.root is not None
    assert build.is_built(first.root)
    assert go.read_text().count("built") == 1
    assert "building the Pulumi CLI" in told[0]


def test_builds_at_the_same_time_share_one_result(go: Path, empty_cache: Path) -> None:
    running = [subprocess.Popen([sys.executable, build.__file__], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    printed = {process.communicate(timeout=60)[0] for process in running}
    assert printed == {f"{build.cached_root() / 'bin'}\n"}
    assert go.read_text().count("built") == 1


def test_a_build_that_fails_leaves_nothing_and_shows_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_cache: Path
) -> None:
    script = 'case "$1" in env) echo go1.99.1 ;; *) echo no route to the proxy; exit 1 ;; esac'
    stand_in(tmp_path / "go", "go", script)
    monkeypatch.setenv("PATH", only_on_path(tmp_path / "go"))
    with pytest.raises(build.BuildError, match="no route to the proxy") as refused:
        find_engine()
    assert "GOPROXY" in refused.value.fix
    assert [file.suffix for file in sorted(empty_cache.iterdir())] == [".lock", ".log"]


def test_what_a_killed_build_left_is_no_cli_and_goes(go: Path, empty_cache: Path) -> None:
    root = build.cached_root()
    left = empty_cache / f".{root.name}-killed"
    (left / "bin").mkdir(parents=True)
    (root / "bin").mkdir(parents=True)
    (root / "bin" / "pulumi").write_text("half")
    assert not build.is_built(root)
    assert build.is_built(build.build())
    assert not left.exists()


def test_the_script_that_runs_beside_pip_needs_the_standard_library_only(go: Path, empty_cache: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", build.__file__], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (0, f"{build.cached_root() / 'bin'}\n")


def test_the_key_of_the_cache_changes_with_the_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, empty_cache: Path
) -> None:
    before = build.cached_root()
    for name in ("go.mod", "go.sum"):
        (tmp_path / name).write_bytes((build.MODULES / name).read_bytes())
    with (tmp_path / "go.sum").open("a") as sums:
        sums.write("\n")
    monkeypatch.setattr(build, "MODULES", tmp_path)
    assert build.cached_root() != before
