"""Processes that outlive the command that started them: told apart from strangers by their start time."""

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

STOP_SECONDS = 8.0
_PASSES = 10
STAGE_VARIABLE = "WATERSHED_STAGE"


@dataclass(frozen=True)
class ProcessRecord:
    """A process as its pid file knows it. A recycled pid has another start time, and is left alone."""

    pid: int
    started: str
    port: int
    serves: Mapping[str, str] = field(default_factory=dict)
    """What it was started for."""

    def write(self, file: Path) -> None:
        """Write the record so that a reader never sees half of it."""
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_text(json.dumps(asdict(self)))
        partial.replace(file)

    @staticmethod
    def read(file: Path) -> "ProcessRecord | None":
        """Return the record in `file`, or None when there is none that makes sense."""
        try:
            return ProcessRecord(**json.loads(file.read_text()))
        except (OSError, ValueError, TypeError):
            return None

    @property
    def is_alive(self) -> bool:
        """Whether this very process still runs; one that had ended before it was recorded never does."""
        return bool(self.started) and start_identity(self.pid) == self.started

    def stop(self) -> bool:
        """End the process and its group (the functions it runs); True if there was one to end."""
        if not self.is_alive:
            return False
        _signal_group(self.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        while self.is_alive and time.monotonic() < deadline:
            time.sleep(0.05)
        _signal_group(self.pid, signal.SIGKILL)
        while self.is_alive and time.monotonic() < deadline + STOP_SECONDS:
            time.sleep(0.05)
        return True


def start_identity(pid: int) -> str:
    """Return what tells this process from a later one of the same number; empty when it does not run."""
    stat = Path(f"/proc/{pid}/stat")
    if Path("/proc/self/stat").exists():
        try:
            # The second field, the command, may hold spaces and parentheses: count from its last parenthesis.
            state, *fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            return ""
        boot = Path("/proc/sys/kernel/random/boot_id")
        return "" if state in "ZX" else f"{boot.read_text().strip() if boot.exists() else ''}:{fields[18]}"
    listed = subprocess.run(
        ["ps", "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.split()
    return "" if not listed or listed[0].startswith("Z") else " ".join(listed[1:])


def command_line(pid: int) -> str:
    """Return the command of a process, for a message that names it."""
    listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return listed.stdout.strip()


def stop_marked(stage: Path, spare: int = 0) -> int:
    """End what still runs with STAGE_VARIABLE set to `stage`, such as the engine of a command that was killed.

    Everything the local stage starts is given the variable, and hands it on to what it starts. `spare` leads the
    session of processes that are left alone. Returns how many there were (none are found where there is no /proc).
    """
    mark = f"{STAGE_VARIABLE}={stage}".encode()
    ended = 0
    # Once more after each find: a process that is just being started shows no environment yet.
    for _ in range(_PASSES):
        strays = _marked(mark, spare)
        if not strays:
            break
        _kill(strays)
        ended += len(strays)
    return ended


def _marked(mark: bytes, spare: int) -> list[int]:
    found = []
    for environment in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            pid = int(environment.parts[2])
            marked = mark in environment.read_bytes().split(b"\0")
            if marked and pid != os.getpid() and (not spare or os.getsid(pid) != spare):
                found.append(pid)
    return found


def _kill(processes: list[int]) -> None:
    """Kill the processes, and wait until each has ended."""
    identities = {pid: start_identity(pid) for pid in processes}
    for pid in processes:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + STOP_SECONDS
    while time.monotonic() < deadline and any(start_identity(pid) == was != "" for pid, was in identities.items()):
        time.sleep(0.05)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
