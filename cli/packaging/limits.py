"""AWS Lambda's limits on what is uploaded.

Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html ("Deployment package" and "Layers").
"""

from collections.abc import Sequence

from .archive import Archive
from .errors import BuildError

MIB = 1024 * 1024
UPLOAD_LIMIT = 50 * MIB
"""A .zip sent through the Lambda API; a larger one has to come from S3."""
UNPACKED_LIMIT = 250 * MIB
"""A function and all its layers, unpacked."""
LAYER_LIMIT = 5
"""Layers of one function."""


def check_archive(what: str, archive: Archive) -> None:
    """Raise when Lambda would refuse the upload of one archive."""
    if archive.bytes > UPLOAD_LIMIT:
        raise BuildError(
            f"{what} is {archive.bytes / MIB:.1f} MiB zipped; Lambda takes {UPLOAD_LIMIT // MIB} MiB directly.",
            fix="Move dependencies to a further layer, or drop what the handler does not import.",
        )


def check_function(name: str, archive: Archive, layers: Sequence[Archive]) -> None:
    """Raise when Lambda would refuse a function made of this archive and these layers."""
    if len(layers) > LAYER_LIMIT:
        raise BuildError(
            f"deployable {name!r} has {len(layers)} layers; Lambda takes {LAYER_LIMIT}.", fix="Merge some."
        )
    unpacked = archive.unpacked_bytes + sum(layer.unpacked_bytes for layer in layers)
    if unpacked > UNPACKED_LIMIT:
        raise BuildError(
            f"deployable {name!r} is {unpacked / MIB:.1f} MiB unpacked with its layers; "
            f"a Lambda function takes {UNPACKED_LIMIT // MIB} MiB.",
            fix="Drop a layer, or a dependency of one.",
        )
