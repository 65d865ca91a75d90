"""Folders that files are worked on in: each to one run, and none left over."""

from __future__ import annotations

import fcntl
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from handlers.common.work_folder import work_folder

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_a_folder_is_gone_with_its_run(disk: Path) -> None:
    with work_folder() as folder:
        (folder / "file").touch()
    assert list(disk.iterdir()) == []


def test_a_folder_that_a_killed_run_left_is_removed_and_one_in_use_is_not(disk: Path) -> None:
    left = disk / "watershed-work-left"
    left.mkdir()
    (left / "lock").touch()
    with work_folder() as folder:
        assert not left.exists()
        with work_folder() as other:
            assert folder.exists()
            assert other != folder


def test_a_folder_that_another_run_removed_before_it_was_locked_is_made_anew(
    disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, meanwhile = fcntl.flock, [True]

    def another_starts_first(lock: Any, how: int) -> None:
        if meanwhile.pop() if meanwhile else False:
            with work_folder():
                pass
        real(lock, how)

    monkeypatch.setattr(fcntl, "flock", another_starts_first)
    with work_folder() as folder:
        (folder / "file").touch()
        assert list(disk.iterdir()) == [folder]
