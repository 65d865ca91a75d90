"""The emulator's life: started, found, stopped, and never left behind."""

import importlib.util
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from local.emulator import lifecycle, ports
from local.errors import StageError
from local.processes import ProcessRecord
from local.workspace import Workspace


def wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def test_an_emulator_is_found_by_its_project_and_stops_once(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    started = lifecycle.start(workspace, 0, region="eu-central-1")
    assert lifecycle.find(workspace) == started
    assert lifecycle.find(Workspace(tmp_path / "other")) is None
    assert lifecycle.stop(workspace)
    assert lifecycle.find(workspace) is None
    assert not lifecycle.stop(workspace)
    assert not started.record.is_alive


def test_an_emulator_whose_checkout_goes_stops_by_itself(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    started = lifecycle.start(workspace, 0, region="eu-central-1")
    workspace.discard()
    wait_until(lambda: not started.record.is_alive)


def test_without_ministack_the_error_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(StageError, match="no package `ministack`") as refused:
        lifecycle.start(Workspace(tmp_path), 0, region="eu-central-1")
    assert "watershed-data[local]" in refused.value.fix


def test_a_port_in_use_names_the_project_that_has_it(
    emulator: lifecycle.Emulator, shared_workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(StageError, match=f"the local stage of {shared_workspace.project}"):
        lifecycle.start(Workspace(tmp_path), emulator.record.port, region="eu-central-1")
    assert not Workspace(tmp_path).emulator_record.exists()


def test_a_process_that_does_not_answer_for_the_project_is_not_its_emulator(
    emulator: lifecycle.Emulator, tmp_path: Path
) -> None:
    workspace = Workspace(tmp_path)
    emulator.record.write(workspace.emulator_record)
    assert emulator.record.is_alive
    assert lifecycle.find(workspace) is None


def test_an_emulator_that_was_killed_is_not_found(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    started = lifecycle.start(workspace, 0, region="eu-central-1")
    os.kill(started.record.pid, signal.SIGKILL)
    wait_until(lambda: not started.record.is_alive)
    assert ProcessRecord.read(workspace.emulator_record) == started.record
    assert lifecycle.find(workspace) is None
    assert not lifecycle.stop(workspace)


def test_the_emulator_listens_on_the_loopback_address_only(emulator: lifecycle.Emulator) -> None:
    listening = [
        line.split()[1].rpartition(":")[0]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].rpartition(":")[2], 16) == emulator.record.port
    ]
    assert listening == ["0100007F"]


def test_nothing_of_the_users_own_aws_reaches_the_emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-a-real-account")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://s3.example.com")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAREAL")
    workspace = Workspace(tmp_path)
    started = lifecycle.start(workspace, ports.take_port(0), region="eu-central-1")
    try:
        read = Path(f"/proc/{started.record.pid}/environ").read_text()
    finally:
        lifecycle.stop(workspace)
    assert "production" not in read
    assert "of-a-real-account" not in read
    assert "example.com" not in read
    assert "AKIAREAL" not in read
