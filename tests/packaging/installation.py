"""The distributions of this checkout, and a clean environment that has nothing but the wheel and what it requires."""

import hashlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import uv

REPOSITORY = Path(__file__).resolve().parents[2]
SIBLINGS = ("cli", "components", "handlers", "local", "policies", "portal")


@dataclass(frozen=True)
class Distributions:
    wheel: Path
    sdist: Path


@dataclass(frozen=True)
class Installation:
    """A virtual environment beside the checkout, which it cannot see."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def site_packages(self) -> Path:
        return self.folder / "lib" / f"python{sys.version_info.major}.{sys.version_info.minor}" / "site-packages"

    def run(self, *command: str, cwd: Path, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment: the PATH begins with it and no variable leads back to the checkout."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_"))}
        environment["PATH"] = f"{self.folder / 'bin'}{os.pathsep}{environment['PATH']}"
        return subprocess.run(
            command, cwd=cwd, env={**environment, **variables}, capture_output=True, text=True, check=False
        )


def build_distributions(folder: Path) -> Distributions:
    """Build both as `make wheel` does: the wheel from the sdist, so the sdist holds all that the wheel needs."""
    source = folder / "source"
    _copy_files_known_to_git(source)
    _run(sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder / "dist"), str(source))
    (wheel,) = (folder / "dist").glob("*.whl")
    (sdist,) = (folder / "dist").glob("*.tar.gz")
    return Distributions(wheel, sdist)


def install(wheel: Path, folder: Path, *extras: str) -> Installation:
    """Install the wheel with the versions and hashes of requirements.txt."""
    installation = Installation(folder / "venv")
    _run(uv.find_uv_bin(), "venv", "--quiet", "--no-config", "--python", sys.executable, str(installation.folder))
    wanted = f"[{','.join(extras)}]" if extras else ""
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    requirements = folder / "wheel.txt"
    requirements.write_text(f"watershed-data{wanted} @ {wheel.as_uri()} --hash=sha256:{digest}\n")
    _run(
        *(uv.find_uv_bin(), "pip", "install", "--quiet", "--python", str(installation.python), "--require-hashes"),
        *("--requirements", str(requirements), "--constraints", str(REPOSITORY / "requirements.txt")),
    )
    return installation


def files_known_to_git(*folders: str) -> list[str]:
    listed = _run(
        "git", "-C", str(REPOSITORY), "ls-files", "-z", "--cached", "--others", "--exclude-standard", *folders
    )
    return sorted(path for path in set(listed.split("\0")) if path and (REPOSITORY / path).is_file())


def _copy_files_known_to_git(to: Path) -> None:
    for path in files_known_to_git():
        (to / path).parent.mkdir(parents=True, exist_ok=True)
        (to / path).write_bytes((REPOSITORY / path).read_bytes())


def _run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)} failed:\n{done.stdout}\n{done.stderr}"
    return done.stdout
