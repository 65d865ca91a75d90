"""The sizes that Fargate has."""

from collections.abc import Mapping, Sequence

_GB = 1_024

_MEMORY: Mapping[int, Sequence[int]] = {
    256: (512, 1 * _GB, 2 * _GB),
    512: range(1 * _GB, 4 * _GB + 1, _GB),
    1_024: range(2 * _GB, 8 * _GB + 1, _GB),
    2_048: range(4 * _GB, 16 * _GB + 1, _GB),
    4_096: range(8 * _GB, 30 * _GB + 1, _GB),
    8_192: range(16 * _GB, 60 * _GB + 1, 4 * _GB),
    16_384: range(32 * _GB, 120 * _GB + 1, 8 * _GB),
}
"""CPU units -> MiB. Amazon ECS Developer Guide, "Troubleshoot task definition invalid CPU or memory errors"."""

_DISK = (21, 200)
"""GiB; botocore ecs service model, EphemeralStorage. Without it a task has 20."""

_STOP = (2, 120)
"""Seconds; botocore ecs service model, ContainerDefinition stopTimeout."""


def check_size(job: str, *, cpu: int, memory: int, disk: int | None, stop_timeout: int) -> None:
    """Raise ValueError, naming what there is, for a size that Fargate refuses only when the task starts."""
    if cpu not in _MEMORY:
        raise ValueError(f"job {job}: Fargate has no cpu={cpu}; it has {', '.join(map(str, _MEMORY))} (1024 is a vCPU)")
    if memory not in _MEMORY[cpu]:
        raise ValueError(
            f"job {job}: Fargate has no memory={memory} with cpu={cpu}; it has {_listed(_MEMORY[cpu])} MiB"
            f"{_with_that_memory(memory)}"
        )
    if disk is not None and not _DISK[0] <= disk <= _DISK[1]:
        raise ValueError(f"job {job}: disk={disk} GiB; Fargate has {_DISK[0]} to {_DISK[1]}, or 20 where none is given")
    if not _STOP[0] <= stop_timeout <= _STOP[1]:
        raise ValueError(f"job {job}: stop_timeout={stop_timeout} s; Fargate waits {_STOP[0]} to {_STOP[1]}")


def _listed(sizes: Sequence[int]) -> str:
    if len(sizes) <= 4:
        return ", ".join(map(str, sizes))
    return f"{sizes[0]} to {sizes[-1]} in steps of {sizes[1] - sizes[0]}"


def _with_that_memory(memory: int) -> str:
    fitting = [str(cpu) for cpu, sizes in _MEMORY.items() if memory in sizes]
    return f"; cpu={' or '.join(fitting)} has {memory}" if fitting else ""
