"""Files of data sets, by connections that break off."""

from pathlib import Path
from typing import Any

import pytest

from cli.datasets import downloading

from .command import refused, run
from .conftest import Portal


def holds(portal: Portal, **files: bytes) -> None:
    """Have the API list files."""
    portal.files = {f"/s3/{name}": content for name, content in files.items()}
    listed = [
        {"key": f"orders/day=1/{name}.parquet", "size": len(content), "url": f"{portal.url}/s3/{name}"}
        for name, content in files.items()
    ]
    portal.answer("GET /datasets/orders", {"prefix": "orders/"})
    portal.answer("GET /datasets/orders/files", {"files": listed, "cursor": None})


def test_a_download_goes_on_after_it_broke_off(portal: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloading, "_CHUNK", 1_000)
    holds(portal, a=b"0123456789" * 1_000, b=b"xyz")
    portal.breaks_off["/s3/a"] = 1
    assert "2 files" in run("download", "orders", "--to", str(tmp_path)).output
    assert (tmp_path / "day=1" / "a.parquet").read_bytes() == b"0123456789" * 1_000
    assert "Range" in portal.requests("GET", "/s3/a")[1][0]
    portal.asked.clear()
    run("download", "orders", "--to", str(tmp_path))
    assert portal.requests("GET", "/s3/a") == []


@pytest.mark.parametrize("key", ["orders/../../etc/passwd", "/etc/passwd", "orders/a\\..\\b", "orders/"])
def test_no_file_lies_outside_of_the_folder(portal: Portal, tmp_path: Path, key: str) -> None:
    holds(portal, a=b"x")
    listed: Any = portal.answers["GET /datasets/orders/files"][0][1]
    listed["files"][0]["key"] = key
    assert "would lie outside" in refused(run("download", "orders", "--to", str(tmp_path / "here"))).message
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
