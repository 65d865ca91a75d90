"""Waiting for an object under a prefix, as states."""

from ...storage import Bucket
from ..compilation import Compilation, Place, State, noted, where, without
from ..expressions import expression, text
from ..retries import retry
from ..stages import WaitForData

FIELDS = frozenset({"key"})
_NOTE = "waiting until"
_UNTIL = f"$states.input.`{_NOTE}`"
_CALL_SECONDS = 60


def wait_states(stage: WaitForData, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the states that list one object under the prefix, and wait and look again while there is none."""
    bucket = compilation.component(stage.bucket, Bucket, where(stage))
    prefix = stage.prefix.split("${")[0]
    compilation.grant(f"list {bucket.name}/{prefix}", lambda role: bucket.grant_list(role, prefix))
    looking, found, waiting, late = (
        f"{stage.name} looking",
        f"{stage.name} found?",
        f"{stage.name} waiting",
        f"{stage.name} late",
    )
    looked = '{"until": ' + _UNTIL + '.until, "key": $states.result.Contents[0].Key}'
    return {
        stage.name: {
            "Type": "Pass",
            "Output": noted(_NOTE, f'{{"until": $millis() + {stage.timeout * 1_000}}}'),
            "Next": looking,
        },
        looking: {
            "Type": "Task",
            "Resource": compilation.integration("aws-sdk:s3:listObjectsV2"),
            "Arguments": {
                "Bucket": compilation.values.mark(bucket.bucket_name),
                "Prefix": text(stage.prefix, place.scope, f"{where(stage)}, prefix"),
                "MaxKeys": 1,
            },
            "TimeoutSeconds": _CALL_SECONDS,
            "Retry": retry("s3", times=stage.retries),
            "Output": noted(_NOTE, looked),
            "Next": found,
        },
        found: {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression(f"$exists({_UNTIL}.key)"),
                    "Output": expression(without(_NOTE, f'{{"{stage.name}": {{"key": {_UNTIL}.key}}}}')),
                    "Next": place.then,
                },
                {"Condition": expression(f"$millis() > {_UNTIL}.until"), "Next": late},
            ],
            "Default": waiting,
        },
        waiting: {"Type": "Wait", "Seconds": stage.poll_seconds, "Next": looking},
        late: {
            "Type": "Fail",
            "Error": "DataDidNotArrive",
            "Cause": f"no object arrived under the prefix of stage {stage.name} in {stage.timeout} s",
        },
    }
