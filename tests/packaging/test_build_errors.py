"""What a person is told when a build cannot be made, and what it leaves behind."""

import hashlib
import os
import signal
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest

from cli.packaging import BuildError, build_artifacts, layers
from cli.packaging.archive import Archive, Entry, pack
from cli.packaging.limits import check_archive, check_function
from cli.packaging.platforms import check_native_code

from .installation import REPOSITORY

MIB = 1024 * 1024
OWN = """
    [tool.watershed.deployables.report]
    entry = "functions.report.handler"
    sources = ["functions"]
    layers = ["base"]
"""


def project(folder: Path, pyproject: str = OWN) -> Path:
    (folder / "functions").mkdir()
    (folder / "functions" / "report.py").write_text("def handler(event, context):\n    return event\n")
    (folder / "pyproject.toml").write_text(textwrap.dedent(pyproject))
    return folder


def refusal(folder: Path) -> str:
    with pytest.raises(BuildError) as caught:
        build_artifacts("host", folder / "out", folder)
    assert caught.value.exit_code == 1
    return f"{caught.value.message} Fix: {caught.value.fix}"


def test_a_project_adds_its_own_handlers(tmp_path: Path) -> None:
    build = build_artifacts("host", tmp_path / "out", project(tmp_path))
    assert [each.name for each in build.deployables] == ["api", "await-ingestion", "ingest", "report", "runs"]
    (archive,) = (tmp_path / "out").glob("report-*.zip")
    assert zipfile.ZipFile(archive).namelist() == ["functions/report.py"]


def test_a_project_may_use_a_deployables_file_and_layers_of_its_own(tmp_path: Path) -> None:
    own = project(tmp_path, "")
    locks = (REPOSITORY / "handlers" / "requirements-host.txt").read_text()
    (own / "lock.txt").write_text(locks.partition("# layer: base\n")[2].partition("# layer: ")[0])
    (own / "deployables.toml").write_text(
        textwrap.dedent("""
            [deployables.report]
            entry = "functions.report.handler"
            sources = ["functions"]
            layers = ["mine"]
            [layers.mine]
            aws = "lock.txt"
            host = "lock.txt"
        """)
    )
    build = build_artifacts("host", own / "out", own)
    assert build.layers["mine"].sha256 == build.layers["base"].sha256


@pytest.mark.parametrize(
    ("pyproject", "said"),
    [
        (
            OWN.replace('["base"]', '["bass"]'),
            "names the layer 'bass', which is not declared. Fix: Declare it under layers, or name one of base, duckdb",
        ),
        (OWN.replace("report.handler", "other.handler"), "needs functions/other.py, which its sources do not hold"),
        (OWN.replace('["functions"]', '["missing"]'), "the source 'missing' is not in"),
        (OWN.replace('["functions"]', '["../functions"]'), "lies outside"),
        (OWN.replace("deployables.report", "deployables.ingest"), "'ingest' is declared in"),
        (OWN.replace("entry =", "enter ="), "tool.watershed.deployables.report.entry: Field required"),
        (OWN.replace("deployables.report", "deployables.Report_1"), "tool.watershed.deployables.Report_1"),
        ("[tool", "pyproject.toml cannot be read"),
    ],
)
def test_a_wrong_declaration_names_the_place(pyproject: str, said: str, tmp_path: Path) -> None:
    assert said in refusal(project(tmp_path, pyproject))


def test_a_symbolic_link_is_refused(tmp_path: Path) -> None:
    own = project(tmp_path)
    (own / "functions" / "link.py").symlink_to(own / "functions" / "report.py")
    assert "link.py is a symbolic link" in refusal(own)


def with_lock(folder: Path, lock: str) -> Path:
    own = project(
        folder,
        OWN.replace('["base"]', '["mine"]') + '    [tool.watershed.layers.mine]\n    aws = "l"\n    host = "l"\n',
    )
    (own / "l").write_text(lock)
    return own


def test_a_wrong_hash_is_never_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "cache_folder", lambda: tmp_path / "cache")
    said = refusal(with_lock(tmp_path, f"six==1.17.0 --hash=sha256:{'0' * 64}\n"))
    assert "layer 'mine': a package does not match its lock" in said


def test_a_lock_without_hashes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "cache_folder", lambda: tmp_path / "cache")
    assert "the lock has no hash" in refusal(with_lock(tmp_path, "six==1.17.0\n"))


def test_a_missing_lock_names_the_file(tmp_path: Path) -> None:
    own = with_lock(tmp_path, "")
    (own / "l").unlink()
    assert "layer 'mine': its lock" in refusal(own)


def test_without_a_network_the_error_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    assert "the package index cannot be reached" in refusal(tmp_path)


def test_the_command_ends_with_the_error_and_no_traceback(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project(tmp_path, OWN.replace("report.handler", "other.handler")))
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "build"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("Error: deployable 'report': its entry")
    assert "Fix: Correct the entry" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_build_that_is_killed_leaves_the_former_manifest_and_its_archives(tmp_path: Path) -> None:
    own = project(tmp_path)
    former = build_artifacts("host", own / "out", own)
    content = former.manifest.read_bytes()
    (own / "functions" / "report.py").write_text("def handler(event, context):\n    return None\n")
    program = textwrap.dedent(f"""
        import os, signal, pathlib
        from cli.packaging import build
        def die(*_): os.kill(os.getpid(), signal.SIGKILL)
        build.check_function = die
        build.build_artifacts("host", pathlib.Path({str(own / "out")!r}), pathlib.Path({str(own)!r}))
    """)
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, check=False)
    assert done.returncode == -signal.SIGKILL
    assert former.manifest.read_bytes() == content
    assert len(list((own / "out").glob("report-*.zip"))) == 2
    for each in former.deployables:
        assert (own / "out" / each.archive.file_name(each.name)).is_file()
    build_artifacts("host", own / "out", own)
    assert former.manifest.read_bytes() != content


def test_archives_of_former_builds_go_after_a_day(tmp_path: Path) -> None:
    own = project(tmp_path)
    (own / "out").mkdir()
    for name, age in (("old-000000000000.zip", 2 * 24 * 3600), ("new-000000000000.zip", 60)):
        (own / "out" / name).write_bytes(b"")
        moment = (own / "out" / name).stat().st_mtime - age
        os.utime(own / "out" / name, (moment, moment))
    build_artifacts("host", own / "out", own)
    assert not (own / "out" / "old-000000000000.zip").exists()
    assert (own / "out" / "new-000000000000.zip").exists()


def test_a_damaged_archive_is_made_again(tmp_path: Path) -> None:
    own = project(tmp_path)
    build = build_artifacts("host", own / "out", own)
    (layer,) = (own / "out").glob("layer-base-*.zip")
    layer.write_bytes(b"\0" * layer.stat().st_size)
    build_artifacts("host", own / "out", own)
    assert hashlib.sha256(layer.read_bytes()).hexdigest() == build.layers["base"].sha256


def test_a_damaged_cache_entry_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = with_lock(tmp_path, lock_of_typing_extensions())
    monkeypatch.setattr(layers, "cache_folder", lambda: tmp_path / "cache")
    first = build_artifacts("host", own / "out", own)
    for file in (tmp_path / "cache").glob("*.zip"):
        file.write_bytes(b"damaged")
    assert build_artifacts("host", own / "again", own).layers == first.layers


def lock_of_typing_extensions() -> str:
    text = (REPOSITORY / "handlers" / "requirements-host.txt").read_text()
    return text[text.index("typing-extensions==") : text.index("wrapt==")]


def test_lambdas_limits_are_checked_before_anything_is_uploaded() -> None:
    with pytest.raises(BuildError, match=r"layer 'big' is 51\.0 MiB zipped; Lambda takes 50 MiB"):
        check_archive("layer 'big'", Archive("", 51 * MIB, 60 * MIB))
    with pytest.raises(
        BuildError, match=r"'f' is 260\.0 MiB unpacked with its layers; a Lambda function takes 250 MiB"
    ):
        check_function("f", Archive("", 1, 130 * MIB), [Archive("", 1, 130 * MIB)])
    with pytest.raises(BuildError, match="'f' has 6 layers; Lambda takes 5\\."):
        check_function("f", Archive("", 1, 1), [Archive("", 1, 1)] * 6)
    check_function("f", Archive("", 50 * MIB, 125 * MIB), [Archive("", 1, 25 * MIB)] * 5)


def test_native_code_for_another_machine_is_refused() -> None:
    x86 = Entry(b"\x7fELF\x02\x01\x01" + b"\0" * 9 + b"\x03\x00\x3e\x00")
    with pytest.raises(BuildError, match=r"layer 'l': python/a\.so is built for x86_64"):
        check_native_code("layer 'l'", {"python/a.so": x86}, "arm64")


def test_an_archive_depends_on_contents_alone() -> None:
    entries = {"b.py": Entry(b"2"), "a.py": Entry(b"1", executable=True)}
    assert pack(entries) == pack(dict(reversed(entries.items())))
    assert pack(entries) != pack({**entries, "b.py": Entry(b"3")})
