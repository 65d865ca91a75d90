"""Building an image of a container's folder, and pushing it: by the `docker` command, which must be here."""

import base64
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from ..errors import CommandError
from .repositories import ContainerImage

_FIX = "Install Docker with buildx, and start it; or leave this to the deploy workflow."


def docker() -> str:
    """Return the program; raises CommandError where there is none."""
    found = shutil.which("docker")
    if found is None:
        raise CommandError("Building images needs the `docker` command, which is not here.", fix=_FIX)
    return found


def sign_in(client: Any, program: str) -> None:
    """Let docker push to this account's registry; the password goes through standard input."""
    answer = client.get_authorization_token()["authorizationData"][0]
    user, _, password = base64.b64decode(answer["authorizationToken"]).decode().partition(":")
    registry = str(answer["proxyEndpoint"]).removeprefix("https://")
    _run([program, "login", "--username", user, "--password-stdin", registry], "sign in to the registry", password)


def build_and_push(image: ContainerImage, program: str, platform: str) -> None:
    """Build the image of the container's folder and push it under the tag of what it is built of."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(image.archive) as archive:
            archive.extractall(folder)
        command = [program, "buildx", "build", "--platform", platform, "--provenance=false", "--push"]
        _run([*command, "--tag", image.address, folder], f"build and push {image.container}")


def _run(command: list[str], what: str, given: str | None = None) -> None:
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()[-15:]
        raise CommandError(f"docker could not {what} (exit code {done.returncode}):\n" + "\n".join(said), fix=_FIX)


def default_artifacts(project: Path) -> Path:
    """Return where `watershed build` puts what is deployed to AWS."""
    return project / ".watershed" / "artifacts" / "aws"
