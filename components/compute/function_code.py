"""What a function runs: a handler that `watershed build` packaged, or an image of a private repository."""

from collections.abc import Sequence
from typing import Any

import pulumi

from ..core import Tags
from .artifacts import Artifacts
from .image import Architecture, Image
from .layer import DependencyLayers, code_hash


def packaged(
    function: str,
    handler: str,
    *,
    layers: DependencyLayers | None,
    artifacts: Artifacts | None,
    tags: Tags,
    opts: pulumi.ResourceOptions,
) -> dict[str, Any]:
    """Return the arguments of a function that runs an archive, for the Python and architecture it was built for."""
    found = artifacts or Artifacts.find()
    deployable = found.deployable(handler)
    layers = layers or DependencyLayers(f"{function}-layers", handlers=[handler], artifacts=found, tags=tags, opts=opts)
    return {
        "runtime": f"python{found.python}",
        "architectures": [found.architecture],
        "handler": deployable.entry,
        "code": pulumi.FileArchive(str(deployable.archive.path)),
        "source_code_hash": code_hash(deployable.archive),
        "layers": [layers.arns[layer] for layer in deployable.layers],
    }


def contained(
    function: str, image: Image, *, command: Sequence[str] | None, architecture: Architecture
) -> dict[str, Any]:
    """Return the arguments of a function that runs an image, whose command is the image's unless one is given.

    Source: AWS Lambda Developer Guide, "Create a Lambda function using a container image".
    """
    if not image.pull:
        raise ValueError(
            f"function {function}: Lambda takes images of a private repository alone: give it "
            "ImageRepository(..., for_functions=True).image(...)"
        )
    return {
        "package_type": "Image",
        "image_uri": image.uri,
        "architectures": [architecture],
        "image_config": {"commands": list(command)} if command is not None else None,
    }
