"""ECS tasks without Docker: each container is a process of this machine.

`ecs._get_docker()` is ministack's one way to Docker. The client below stands in for docker-py's, so that all of its
life of a task stays in force: the states, the exit codes, the log stream, the metadata endpoint, the secrets.
A process is given the task's environment and nothing of this machine's but a path, folders of its own for HOME and
TMPDIR, and the mark by which `make down` finds strays.
"""

import os
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..processes import STAGE_VARIABLE
from .container_code import BuiltContainers
from .container_process import ContainerProcess
from .fence import fence
from .task_definitions import TaskContainer, find_container
from .task_roles import TaskRoles

CONTAINERS_VARIABLE = "WATERSHED_CONTAINERS"
"""Names the manifest that lists the built containers."""
NOT_FOUND = 127
RECORDED_ONLY = "recorded only"
"""What the reason of a container begins with that ran nothing, as what it runs is not here."""
_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_R = ("Rscript", "R")
_CREDENTIALS = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN")


class Containers:
    """What docker-py calls `client.containers`."""

    def __init__(self, ecs: Any, built: BuiltContainers, roles: TaskRoles, folder: Path, endpoint: str) -> None:
        self._ecs = ecs
        self._built = built
        self._roles = roles
        self._folder = folder
        self._endpoint = endpoint
        self._known: dict[str, ContainerProcess] = {}
        self._lock = threading.Lock()
        self._fence = folder / "fence"
        self._fence.mkdir(parents=True, exist_ok=True)
        (self._fence / "sitecustomize.py").write_text(fence("container"), encoding="utf-8")

    def run(self, image: str, *, labels: Mapping[str, str], environment: Mapping[str, str], **options: Any) -> Any:
        """Start the process of one container of a task."""
        defined = find_container(self._ecs, labels)
        credentials = self._roles.prepare(defined, image)
        command = [*defined.entry_point, *(options.get("command") or [])]
        container = ContainerProcess(f"{os.urandom(32).hex()}", labels, followed=defined.logs_to is not None)
        with self._lock:
            self._known[container.id] = container
        if not command:
            container.end_at_once(
                "the local stage has no images, and so no command of one: give the task a command", NOT_FOUND
            )
            return container
        missing = missing_r(command)
        if missing:
            reason = f"{RECORDED_ONLY}: there is no {missing} on this machine"
            container.end_at_once(f"{reason}; on AWS this runs: {' '.join(command)}", 0)
            defined.note_end(0, reason)
            return container
        program = _program(command[0])
        if program is None:
            container.end_at_once(f"exec: {command[0]!r}: executable file not found in $PATH", NOT_FOUND)
            return container
        code = self._built.code_for(image, command)
        own = self._folder / container.id[:12]
        container.start(
            [program, *command[1:]],
            folder=code.folder,
            environment=self._environment({**environment, **credentials}, own, [self._fence, *code.search_path]),
            memory=defined.memory,
            at_end=lambda ended: self._finish(ended, defined, own),
        )
        return container

    def get(self, container_id: str) -> ContainerProcess:
        """Return a container by its id."""
        with self._lock:
            if container_id not in self._known:
                raise LookupError(f"No such container: {container_id}")
            return self._known[container_id]

    def list(self, **_: Any) -> Sequence[ContainerProcess]:
        """Return all of them."""
        with self._lock:
            return tuple(self._known.values())

    def of_task(self, task_arn: str) -> Sequence[ContainerProcess]:
        """Return the containers of one task."""
        return [each for each in self.list() if each.labels.get("com.amazonaws.ecs.task-arn") == task_arn]

    def end_all(self) -> None:
        """Kill every process that still runs."""
        for container in self.list():
            container.kill()

    def _environment(self, task: Mapping[str, str], own: Path, search_path: Sequence[Path]) -> Mapping[str, str]:
        for folder in ("home", "tmp"):
            (own / folder).mkdir(parents=True, exist_ok=True)
        region = os.environ.get("MINISTACK_REGION", "")
        here = {
            "PATH": f"{Path(sys.executable).parent}:{_SYSTEM_PATH}",
            "HOME": str(own / "home"),
            "TMPDIR": str(own / "tmp"),
            "LANG": "C.UTF-8",
            # Fargate's agent sets these three.
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
            "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        }
        kept = {
            name: value.replace("http://host.docker.internal:", "http://127.0.0.1:")
            for name, value in task.items()
            if value or name not in _CREDENTIALS
        }
        return {
            **here,
            **kept,
            "AWS_ENDPOINT_URL": self._endpoint,
            "NO_PROXY": "127.0.0.1,localhost",
            "no_proxy": "127.0.0.1,localhost",
            "PYTHONPATH": os.pathsep.join(str(each) for each in search_path),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            STAGE_VARIABLE: os.environ.get(STAGE_VARIABLE, ""),
        }

    def _finish(self, ended: ContainerProcess, defined: TaskContainer, own: Path) -> None:
        """Note the end in the task as ECS does, and remove what was the container's own."""
        defined.note_end(ended.exit_code, ended.reason)
        shutil.rmtree(own, ignore_errors=True)


class Docker:
    """What stands in for docker-py's client."""

    def __init__(self, containers: Containers) -> None:
        self.containers = containers


def install(ecs: Any, roles: TaskRoles, *, manifest: Path, folder: Path, endpoint: str) -> Containers:
    """Give ministack's ECS the client of this module."""
    containers = Containers(ecs, BuiltContainers(manifest, folder / "unpacked"), roles, folder, endpoint)
    client = Docker(containers)
    ecs._get_docker = lambda: client
    return containers


def missing_r(command: Sequence[str]) -> str | None:
    """Return what of R the command runs, at its beginning or by way of another program, that is not here."""
    return next((word for word in command if Path(word).name in _R and _program(word) is None), None)


def _program(name: str) -> str | None:
    """Return what runs a command; Python is this interpreter, whatever version is named."""
    if Path(name).name.startswith("python"):
        return sys.executable
    return shutil.which(name, path=_SYSTEM_PATH)
