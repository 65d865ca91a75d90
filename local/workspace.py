"""Where one project folder keeps what the local stage makes at run time: `.watershed/local/`."""

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .errors import StageError


@dataclass(frozen=True)
class Workspace:
    """The folders of one project. The emulator's data lives in its process; state lives here; both die together."""

    project: Path
    folder: Path | None = None
    """Instead of `.watershed/local`: a preview works in a folder of its own."""

    @property
    def made(self) -> Path:
        """Everything that is made at run time."""
        return self.project / ".watershed"

    @property
    def root(self) -> Path:
        """What `down` removes."""
        return self.folder or self.made / "local"

    @property
    def state(self) -> Path:
        """The engine's file backend."""
        return self.root / "state"

    @property
    def engine_home(self) -> Path:
        """PULUMI_HOME, so that nobody's login or plugins are read or changed."""
        return self.root / "pulumi"

    @property
    def settings(self) -> Path:
        """Copies of the project and stack files: the engine writes into them."""
        return self.root / "settings"

    @property
    def temporary(self) -> Path:
        """TMPDIR of the emulator and of its functions."""
        return self.root / "tmp"

    @property
    def logs(self) -> Path:
        """What the processes print."""
        return self.root / "logs"

    @property
    def emulator_record(self) -> Path:
        """Who the emulator is: process, start time, port. The emulator stops when this file goes."""
        return self.root / "emulator.json"

    @property
    def unfinished(self) -> Path:
        """Exists while a deploy is under way: found at the start of another, state cannot be trusted."""
        return self.root / "unfinished-up"

    @property
    def demo_user(self) -> Path:
        """Who may sign in on this machine, and by which password."""
        return self.root / "demo-user.json"

    @property
    def host_artifacts(self) -> Path:
        """Where `watershed build --target host` puts the functions for this machine."""
        return self.made / "artifacts" / "host"

    def passphrase(self) -> str:
        """The passphrase that encrypts secrets in the state, made once a checkout."""
        file = self.root / "passphrase"
        if not file.exists():
            self.keep_private(file, secrets.token_urlsafe(32))
        return file.read_text()

    def keep_private(self, file: Path, text: str) -> None:
        """Write a file below `root` that its owner alone may read."""
        self.root.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)

    def discard(self) -> None:
        """Remove state, data and logs."""
        shutil.rmtree(self.root, ignore_errors=True)

    @contextlib.contextmanager
    def only_one(self) -> Iterator[None]:
        """Hold the project for one command that changes it; another one is told who holds it."""
        self.made.mkdir(parents=True, exist_ok=True)
        with (self.made / "local.lock").open("a+") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                handle.seek(0)
                raise StageError(
                    f"Another `watershed local` command works on {self.project}: process {handle.read().strip()}.",
                    fix="Wait for it to end, or stop it with Ctrl-C.",
                ) from None
            handle.truncate(0)
            handle.write(str(os.getpid()))
            handle.flush()
            yield
            handle.truncate(0)


def find_project(folder: Path) -> Path:
    """Return the folder that holds Pulumi.yaml, going up from `folder`."""
    start = folder.resolve()
    for candidate in (start, *start.parents):
        if (candidate / "Pulumi.yaml").is_file():
            return candidate
    raise StageError(
        f"There is no Pulumi.yaml in {start} or above it.",
        fix="Run the command in a Pulumi project, or name one: --project FOLDER.",
    )
