"""A checkout of its own for the end-to-end tests, so that they meet nobody's running stage."""

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SECONDS = 600


@dataclass(frozen=True)
class Checkout:
    """A copy of what git holds, with this checkout's virtual environment."""

    folder: Path

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run make."""
        return self._run("make", "--no-print-directory", *arguments)

    def watershed(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the `watershed` command."""
        return self._run(str(self.folder / ".venv" / "bin" / "python"), "-m", "cli", *arguments)

    def stack_files(self) -> dict[str, bytes]:
        """Return the content of the files that the engine likes to write into."""
        return {file.name: file.read_bytes() for file in self.folder.glob("Pulumi*.yaml")}

    def _run(self, *command: str) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "WATERSHED_PORT": "0", "COLUMNS": "120"}
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
        )


def copy_checkout(folder: Path) -> Checkout:
    """Copy the files that git tracks or would track."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (REPOSITORY / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(REPOSITORY / name, folder / name)
    (folder / ".venv").symlink_to(REPOSITORY / ".venv")
    return Checkout(folder)
