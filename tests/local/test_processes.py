"""Processes are known by their start time, and nobody else's is ever ended."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.processes import STAGE_VARIABLE, ProcessRecord, start_identity, stop_marked

WITH_CHILD = "import subprocess, sys; p = subprocess.Popen(['sleep', '300']); print(p.pid, flush=True); p.wait()"


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(["sleep", "300"], start_new_session=True, text=True) as process:
        yield process
        process.kill()


def test_a_recycled_process_number_is_left_alone(sleeper: subprocess.Popen[str], tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    ProcessRecord(sleeper.pid, "the start time of the one before", 4566).write(file)
    found = ProcessRecord.read(file)
    assert found is not None
    assert not found.is_alive
    assert not found.stop()
    assert sleeper.poll() is None


def test_a_process_is_stopped_with_what_it_started() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WITH_CHILD], start_new_session=True, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        child_identity = start_identity(child)
        assert ProcessRecord(process.pid, start_identity(process.pid), 1).stop()
        # Its group was sent the signal; ending takes the child a moment of its own.
        deadline = time.monotonic() + 10
        while start_identity(child) == child_identity and time.monotonic() < deadline:
            time.sleep(0.01)
        assert start_identity(child) != child_identity


def test_a_process_that_had_ended_before_it_was_recorded_is_not_alive() -> None:
    assert not ProcessRecord(2**22 + 1, "", 1).is_alive


def test_a_process_that_ended_but_was_not_waited_for_is_not_alive() -> None:
    process = subprocess.Popen(["true"])
    record = ProcessRecord(process.pid, start_identity(process.pid), 1)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not record.is_alive
    process.wait()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": 1, "started": "", "port": 1, "more": 2}'])
def test_a_damaged_record_counts_as_none(content: str, tmp_path: Path) -> None:
    file = tmp_path / "emulator.json"
    file.write_text(content)
    assert ProcessRecord.read(file) is None


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="strays are found by /proc")
def test_strays_of_a_stage_end_with_what_they_started_and_others_do_not(
    sleeper: subprocess.Popen[str], tmp_path: Path
) -> None:
    environment = {**os.environ, STAGE_VARIABLE: str(tmp_path / "stage")}
    with subprocess.Popen([sys.executable, "-c", WITH_CHILD], env=environment, stdout=subprocess.PIPE) as stray:
        assert stray.stdout is not None
        assert stray.stdout.readline()
        assert stop_marked(tmp_path) == 0
        assert stop_marked(tmp_path / "stage") == 2
        assert stray.wait(10) == -9
    assert stop_marked(tmp_path / "stage") == 0
    assert sleeper.poll() is None
