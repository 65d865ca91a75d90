"""What the provider's tests run it with: a process of its own, the real engine, or no engine at all."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.runtime.proto import provider_pb2

from local.aws import environment
from local.engine.bootstrap import find_engine
from local.provider.server import AwsProvider
from local.provider.values import from_struct, to_struct

ROOT = Path(__file__).parents[2]
REGION = "eu-central-1"


@contextmanager
def provider(*arguments: str, module: str = "local.provider") -> Iterator[int]:
    """The provider in a process of its own; yields its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment("http://127.0.0.1:9", REGION),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(10)


def stack(
    folder: Path, program: Callable[[], None], port: int, config: dict[str, str] | None = None
) -> automation.Stack:
    """A stack of the real engine with an inline program, its state under `folder`."""
    backend = folder / "state"
    backend.mkdir(exist_ok=True)
    settings = automation.ProjectSettings(
        name="provider-test", runtime="python", backend=automation.ProjectBackend(url=backend.as_uri())
    )
    engine = find_engine()
    variables = {
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{port},awsx:{port}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_HOME": str(folder / "home"),
    }
    made = automation.create_or_select_stack(
        stack_name="test",
        project_name="provider-test",
        program=program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(folder),
            project_settings=settings,
            env_vars=variables,
            secrets_provider="passphrase",
            pulumi_command=automation.PulumiCommand(root=str(engine.root)) if engine.root else None,
        ),
    )
    values = {"aws:region": REGION, **(config or {})}
    made.set_all_config({key: automation.ConfigValue(value) for key, value in values.items()})
    return made


class Refusal(Exception):  # noqa: N818
    """What the provider told the engine instead of an answer."""


class _Context:
    """The side of a gRPC call that the servicer sees."""

    def __init__(self) -> None:
        self.trailing: tuple[tuple[str, bytes], ...] = ()

    def set_trailing_metadata(self, metadata: tuple[tuple[str, bytes], ...]) -> None:
        self.trailing = metadata

    def abort(self, code: Any, message: str) -> None:
        raise Refusal(message)


class Life:
    """One resource, taken through its life as the engine does it, without an engine."""

    def __init__(self, served: AwsProvider, token: str, name: str = "thing") -> None:
        self.served, self.token, self.name = served, token, name
        self.urn = f"urn:pulumi:test::provider-test::{token}::{name}"
        self.id = ""
        self.inputs: dict[str, Any] = {}
        self.outputs: dict[str, Any] = {}
        self.seed = b"seed"

    def context(self) -> Any:
        """The context of a call of one's own."""
        return _Context()

    def check(self, **properties: Any) -> dict[str, Any]:
        """The checked inputs; problems are a Refusal."""
        request = provider_pb2.CheckRequest(
            urn=self.urn, olds=to_struct(self.inputs), news=to_struct(properties), randomSeed=self.seed
        )
        response = self.served.Check(request, _Context())
        if response.failures:
            raise Refusal("\n".join(failure.reason for failure in response.failures))
        return from_struct(response.inputs)

    def preview(self, **properties: Any) -> dict[str, Any]:
        """The outputs of a preview of the creation."""
        request = provider_pb2.CreateRequest(urn=self.urn, properties=to_struct(self.check(**properties)), preview=True)
        return from_struct(self.served.Create(request, _Context()).properties)

    def create(self, **properties: Any) -> "Life":
        """Create it."""
        self.inputs = self.check(**properties)
        request = provider_pb2.CreateRequest(urn=self.urn, properties=to_struct(self.inputs))
        response = self.served.Create(request, _Context())
        self.id, self.outputs = response.id, from_struct(response.properties)
        return self

    def diff(self, **properties: Any) -> provider_pb2.DiffResponse:
        """What would change."""
        return self.served.Diff(
            provider_pb2.DiffRequest(
                id=self.id,
                urn=self.urn,
                olds=to_struct(self.outputs),
                old_inputs=to_struct(self.inputs),
                news=to_struct(self.check(**properties)),
            ),
            _Context(),
        )

    def update(self, preview: bool = False, **properties: Any) -> dict[str, Any]:
        """Change it, as the engine does: only when there is a difference, and not when it takes a replacement."""
        difference = self.diff(**properties)
        assert difference.diffs, "nothing to update"
        assert not difference.replaces, f"replaces {list(difference.replaces)}"
        new = self.check(**properties)
        response = self.served.Update(
            provider_pb2.UpdateRequest(
                id=self.id,
                urn=self.urn,
                olds=to_struct(self.outputs),
                old_inputs=to_struct(self.inputs),
                news=to_struct(new),
                preview=preview,
            ),
            _Context(),
        )
        outputs = from_struct(response.properties)
        if not preview:
            self.inputs, self.outputs = new, outputs
        return outputs

    def refresh(self) -> bool:
        """Read it back; whether it is still there."""
        response = self.served.Read(
            provider_pb2.ReadRequest(
                id=self.id, urn=self.urn, properties=to_struct(self.outputs), inputs=to_struct(self.inputs)
            ),
            _Context(),
        )
        if response.id:
            self.inputs, self.outputs = from_struct(response.inputs), from_struct(response.properties)
        return bool(response.id)

    def adopt(self, identifier: str) -> bool:
        """Import it by its id."""
        self.id, self.inputs, self.outputs = identifier, {}, {}
        return self.refresh()

    def delete(self) -> None:
        """Delete it."""
        self.served.Delete(
            provider_pb2.DeleteRequest(
                id=self.id, urn=self.urn, properties=to_struct(self.outputs), old_inputs=to_struct(self.inputs)
            ),
            _Context(),
        )
