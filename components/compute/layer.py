"""Dependency layers, each uploaded once and shared by the functions that need it."""

import base64
from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from ..core import Component, Tags
from .artifacts import Archive, Artifacts


class DependencyLayers(Component, domain="compute"):
    """The Lambda layers that handlers import from, as `watershed build` made them.

    Creates: a layer version for each layer of the named handlers; a new one when its content changes, and the old one
    stays until nothing of this stack needs it.

    - `handlers`: whose layers to publish. `artifacts`: default those the environment names, see `Artifacts.find`.

    Outputs: `arns` by layer. Source: AWS Lambda Developer Guide, "Managing Lambda dependencies with layers".
    """

    def __init__(
        self,
        name: str,
        *,
        handlers: Sequence[str],
        artifacts: Artifacts | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        found = artifacts or Artifacts.find()
        archives: dict[str, Archive] = {}
        for handler in handlers:
            archives.update(found.deployable(handler).layers)
        self.arns: dict[str, pulumi.Output[str]] = {
            layer: aws.lambda_.LayerVersion(
                self._child(layer),
                layer_name=self._child(layer),
                code=pulumi.FileArchive(str(archive.path)),
                source_code_hash=code_hash(archive),
                compatible_runtimes=[f"python{found.python}"],
                compatible_architectures=[found.architecture],
                opts=self._options(),
            ).arn
            for layer, archive in archives.items()
        }
        self.register_outputs({"arns": self.arns})


def code_hash(archive: Archive) -> str:
    """Return the archive's SHA-256 as Lambda writes it: base64."""
    return base64.b64encode(bytes.fromhex(archive.sha256)).decode()
