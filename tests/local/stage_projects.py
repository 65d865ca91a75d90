"""Small projects, workspaces and stand-in programs that the tests of the local stage share."""

import os
import stat
from dataclasses import dataclass, field
from pathlib import Path

from local.workspace import Workspace

PROGRAM = """
import os, pulumi, pulumi_aws as aws

class Store(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("watershed:storage:Store", name)
        bucket = aws.s3.Bucket(f"{name}-bucket", force_destroy=FORCE, opts=pulumi.ResourceOptions(parent=self))
        pulumi.export("bucket", bucket.bucket)

Store("store")
pulumi.export("folder", os.getcwd())
"""

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def no_destroy(args, report):
    if args.resource_type == "aws:s3/bucket:Bucket" and args.props.get("forceDestroy"):
        report("remove force_destroy")

rule = ResourceValidationPolicy("no-destroy", "Buckets stay.", no_destroy)
PolicyPack("small", policies=[rule], enforcement_level=EnforcementLevel.MANDATORY)
"""


def make_project(folder: Path, program: str = PROGRAM, *, force: bool = False, config: str = "") -> Workspace:
    """Write a project with one bucket in a component, and a policy pack with one rule."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "__main__.py").write_text(program.replace("FORCE", str(force)))
    (folder / "Pulumi.yaml").write_text("name: small\nruntime: python\n")
    (folder / "Pulumi.local.yaml").write_text(f"config:\n  aws:region: eu-central-1\n{config}")
    (folder / "policies").mkdir(exist_ok=True)
    (folder / "policies" / "PulumiPolicy.yaml").write_text("runtime: python\n")
    (folder / "policies" / "__main__.py").write_text(PACK)
    return Workspace(folder)


def no_build(folder: Path, report: object) -> None:
    """Build nothing: the small project has no functions."""


@dataclass
class Told:
    """Remembers what a command reported."""

    done_lines: list[str] = field(default_factory=list)
    doing_lines: list[str] = field(default_factory=list)

    def doing(self, text: str) -> None:
        """Remember what goes on."""
        self.doing_lines.append(text)

    def done(self, text: str) -> None:
        """Remember what is finished."""
        self.done_lines.append(text)

    @property
    def text(self) -> str:
        """All finished lines."""
        return "\n".join(self.done_lines)


def stand_in(folder: Path, name: str, script: str) -> Path:
    """Put a shell script of the given name into `folder`, executable."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def only_on_path(*folders: Path) -> str:
    """Return a PATH with these folders and the system's own, which hold no Go and no Pulumi."""
    return os.pathsep.join([*map(str, folders), "/usr/bin", "/bin"])
