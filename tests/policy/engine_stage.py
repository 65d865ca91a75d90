"""The real engine with the real pack: one stack, an inline program, a provider process, and what the engine said."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pulumi import automation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from local.engine.bootstrap import Engine

PACK = Path(__file__).parents[2] / "policies"
PROJECT = "policy-test"


@dataclass
class Said:
    """What the engine said in one run."""

    refused: bool = False
    output: str = ""
    # (level, message, URN) of each violation.
    violations: list[tuple[str, str, str]] = field(default_factory=list)
    # What happens to how many resources: {"create": 2}.
    changes: dict[str, int] = field(default_factory=dict)

    def messages(self, level: str) -> list[str]:
        return [message for found, message, _ in self.violations if found == level]


class EngineStage:
    """A stack of the real engine, its state in a folder of its own."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        port: int,
        program: Callable[[], None],
        config: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = folder
        (folder / "state").mkdir()
        self._stack = automation.create_or_select_stack(
            "test",
            project_name=PROJECT,
            program=program,
            opts=automation.LocalWorkspaceOptions(
                work_dir=str(folder),
                pulumi_home=str(folder / "home"),
                pulumi_command=automation.PulumiCommand(root=None if engine.root is None else str(engine.root)),
                project_settings=automation.ProjectSettings(
                    name=PROJECT,
                    runtime="python",
                    backend=automation.ProjectBackend(url=(folder / "state").as_uri()),
                ),
                env_vars={
                    "PULUMI_CONFIG_PASSPHRASE": "test",
                    "PULUMI_DEBUG_PROVIDERS": f"aws:{port},awsx:{port}",
                    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                    "PULUMI_PYTHON_CMD": sys.executable,
                    "PULUMI_SKIP_UPDATE_CHECK": "true",
                    "PATH": os.environ.get("PATH", os.defpath),
                },
            ),
        )
        for name, value in {"aws:region": "eu-central-1", **(config or {})}.items():
            self._stack.set_config(name, automation.ConfigValue(value))
        self._pack_configs: list[str] = []

    def exempt(self, **exemption: str) -> None:
        """Write an exemption into the stack's file as a person does, its date without quotes."""
        file = self.folder / "Pulumi.test.yaml"
        lines = "".join(f"      {key}: {value}\n" for key, value in exemption.items())
        text = file.read_text("utf-8").rstrip("\n")
        file.write_text(f"{text}\n  watershed:exemptions:\n    -\n{lines}", "utf-8")

    def judge_by(self, settings: Mapping[str, Any]) -> None:
        path = self.folder / "levels.json"
        path.write_text(json.dumps(settings), "utf-8")
        workspace = self._stack.workspace
        workspace.env_vars = {**workspace.env_vars, "WATERSHED_POLICIES_CONFIG": str(path)}

    def configure_pack(self, levels: Mapping[str, str]) -> None:
        """Give the engine levels by policy, as `--policy-pack-config` does."""
        path = self.folder / "pack.json"
        path.write_text(json.dumps(levels), "utf-8")
        self._pack_configs = [str(path)]

    def preview(self, pack: Path = PACK) -> Said:
        return self._run("preview", pack)

    def up(self, pack: Path = PACK) -> Said:
        """Deploy without a preview, as the Automation API does."""
        return self._run("up", pack)

    def created(self) -> set[str]:
        """Return the names of the AWS resources in the state."""
        resources = (self._stack.export_stack().deployment or {}).get("resources") or []
        return {each["urn"].rpartition("::")[2] for each in resources if each["type"].startswith("aws:")}

    def inputs(self, name: str) -> dict[str, Any]:
        """Return the inputs of a resource as the state holds them."""
        resources = (self._stack.export_stack().deployment or {}).get("resources") or []
        (found,) = [each for each in resources if each["urn"].endswith(f"::{name}") and each["type"].startswith("aws:")]
        inputs: dict[str, Any] = found.get("inputs", {})
        return inputs

    def destroy(self) -> None:
        self._stack.destroy()

    def _run(self, action: Literal["preview", "up"], pack: Path) -> Said:
        said = Said()
        try:
            getattr(self._stack, action)(
                policy_packs=[str(pack)],
                policy_pack_configs=self._pack_configs or None,
                color="never",
                on_output=lambda line: _append(said, line),
                on_error=lambda line: _append(said, line),
                on_event=lambda event: _hear(said, event),
            )
        except automation.CommandError:
            said.refused = True
        return said


def _append(said: Said, line: str) -> None:
    said.output += line + "\n"


def _hear(said: Said, event: automation.EngineEvent) -> None:
    if event.policy_event is not None:
        heard = event.policy_event
        said.violations.append((heard.enforcement_level, heard.message, heard.resource_urn or ""))
    if event.summary_event is not None:
        changes = event.summary_event.resource_changes
        said.changes = {str(getattr(kind, "value", kind)): count for kind, count in changes.items()}
