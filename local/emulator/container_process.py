"""One container as a process of this machine: its output, its end, and its memory.

It has the methods of a docker-py container that ministack's ECS calls; its process leads a group of its own, which ends
as a whole.
"""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
MEMORY_CHECK_SECONDS = 0.2
_DRAIN_SECONDS = 5.0
_PAGE = os.sysconf("SC_PAGE_SIZE")


class ContainerProcess:
    """A started process, in docker-py's words: `status`, `wait`, `logs`, `stop`, `remove`."""

    def __init__(self, container_id: str, labels: Mapping[str, str], *, followed: bool) -> None:
        self.id = container_id
        self.labels = dict(labels)
        self.status = "running"
        self.attrs: dict[str, Any] = {"NetworkSettings": {"Networks": {}}}
        self.reason = ""
        self._exit_code: int | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: list[bytes] = []
        self._ended = False
        self._changed = threading.Condition()
        # ECS forwards the output to a log group: the container has ended when that has all of it.
        self._forwarded = threading.Event()
        if not followed:
            self._forwarded.set()

    def start(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        memory: int,
        at_end: Callable[["ContainerProcess"], None],
    ) -> None:
        """Run a command with this environment and no other, and no more than `memory` bytes."""
        self._process = subprocess.Popen(
            list(command),
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        for work in (self._read, lambda: self._limit(memory), lambda: self._wait(at_end)):
            threading.Thread(target=work, daemon=True, name=f"container-{self.id[:12]}").start()

    def end_at_once(self, line: str, exit_code: int, reason: str = "") -> None:
        """Be a container that printed a line and ended."""
        self._add(line.encode() + b"\n")
        self._end(exit_code, reason)

    @property
    def exit_code(self) -> int | None:
        """The exit code, once there is one."""
        return self._exit_code

    def reload(self) -> None:
        """Nothing is cached."""

    def wait(self, timeout: float | None = None) -> dict[str, Any]:
        """Return the exit code when there is one."""
        with self._changed:
            self._changed.wait_for(lambda: self.status == "exited", timeout)
        return {"StatusCode": self._exit_code}

    def logs(
        self, *, stream: bool = False, follow: bool = False, tail: int | None = None, **_: Any
    ) -> Iterator[bytes] | bytes:
        """Return the output so far, or follow it line by line until it ends."""
        if stream and follow:
            return self._follow()
        with self._changed:
            return b"".join(self._lines[-tail:] if tail else self._lines)

    def stop(self, timeout: float = 5) -> None:
        """Ask the process to end (SIGTERM), and end its group after `timeout` seconds."""
        if self._process is not None and self.status != "exited":
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout)
            self.kill()
            self.wait(_DRAIN_SECONDS)

    def kill(self) -> None:
        """End the process and all that it started."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def remove(self, **_: Any) -> None:
        """Leave nothing running."""
        self.kill()

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._add(line)
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _add(self, line: bytes) -> None:
        with self._changed:
            self._lines.append(line)
            self._changed.notify_all()

    def _follow(self) -> Iterator[bytes]:
        sent = 0
        try:
            while lines := self._lines_after(sent):
                yield from lines
                sent += len(lines)
        finally:
            self._forwarded.set()

    def _lines_after(self, sent: int) -> list[bytes]:
        """Wait for lines after the first `sent`; none are left when the output has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._ended or len(self._lines) > sent)
            return self._lines[sent:]

    def _wait(self, at_end: Callable[["ContainerProcess"], None]) -> None:
        assert self._process is not None
        code = self._process.wait()
        # What it started goes with it, as in a container; then nothing holds its output open.
        self.kill()
        with self._changed:
            self._changed.wait_for(lambda: self._ended, _DRAIN_SECONDS)
        self._forwarded.wait(_DRAIN_SECONDS)
        self._exit_code = code if code >= 0 else 128 - code
        at_end(self)
        self._end(self._exit_code, self.reason)

    def _end(self, exit_code: int, reason: str) -> None:
        with self._changed:
            self._exit_code, self.reason, self._ended = exit_code, reason, True
            self.status = "exited"
            self._changed.notify_all()

    def _limit(self, memory: int) -> None:
        assert self._process is not None
        while self._process.poll() is None:
            if memory and _resident_bytes(self._process.pid) > memory:
                self.reason = OUT_OF_MEMORY
                self.kill()
                return
            time.sleep(MEMORY_CHECK_SECONDS)


def _resident_bytes(pid: int) -> int:
    """Return the memory of a process and of those it started."""
    total = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
        for children in Path(f"/proc/{pid}/task").glob("*/children"):
            total += sum(_resident_bytes(int(child)) for child in children.read_text().split())
    return total
