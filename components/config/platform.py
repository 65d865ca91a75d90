"""The whole stack config, typed: what `Pulumi.<stack>.yaml` may say, and clear errors for what it may not."""

from datetime import date
from pathlib import Path
from typing import Annotated, Self

import pulumi
from pydantic import BeforeValidator, Field

from ..catalog import Dataset
from ..catalog.workgroup import MIN_BYTES_SCANNED
from ..core import Classification
from ..core.model import Matching, Model
from ..core.tags import TagText
from ..observability import LogRetention
from ..storage.lifecycle import Days
from ..storage.zone import DEFAULT_ZONES, Zone
from .api import ApiConfig
from .crossing import cross_problems
from .errors import Problem, explain, validation_problems
from .jobs import JobConfig, NetworkConfig, SecretConfig
from .pipelines import BusConfig, PipelineConfig
from .source import read_stack_config

_KEY_ARN = r"arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key/[\w-]+"
Email = Annotated[str, Matching(r"[^@\s]+@[^@\s]+\.[^@\s]+", "an e-mail address")]


def _without_time(value: object) -> object:
    """The engine writes a date that YAML did not quote as `2027-03-31 00:00:00 +0000 UTC`."""
    return value.split(" ")[0] if isinstance(value, str) else value


class KeyConfig(Model):
    """The platform's encryption key."""

    arn: Annotated[str, Matching(_KEY_ARN, "a key's ARN, as arn:aws:kms:<region>:<account>:key/<id>")] | None = None
    """An existing key's ARN; then none is created and the rest of this section has no effect."""
    deletion_window_days: Annotated[int, Field(ge=7, le=30)] = 30
    rotation_days: Annotated[int, Field(ge=90, le=2_560)] = 365
    removable: bool = False


class LakeConfig(Model):
    """The data lake."""

    zones: Annotated[tuple[Zone, ...], Field(min_length=1)] = DEFAULT_ZONES
    access_log_days: Annotated[int, Field(ge=8, le=36_500)] = 365
    result_days: Days = 7
    quarantine_days: Days = 90
    removable: bool = False
    """Together with allowDestroy: the lake may be destroyed with all its data."""


class CatalogConfig(Model):
    """The catalog and its Athena workgroup."""

    bytes_scanned_limit: Annotated[int, Field(ge=MIN_BYTES_SCANNED)] = 100 * 1_000**3
    """Bytes after which Athena cancels a query."""


class MetadataConfig(Model):
    """The table of data sets."""

    recovery_days: Annotated[int, Field(ge=1, le=35)] = 35
    removable: bool = False


class IngestionConfig(Model):
    """The function that turns arriving files into Parquet."""

    memory: Annotated[int, Field(ge=128, le=10_240)] = 2_048
    """MB; CPU grows with it."""
    timeout: Annotated[int, Field(ge=1, le=900)] = 300
    """Seconds."""
    disk: Annotated[int, Field(ge=512, le=10_240)] = 2_048
    """MB; a file must fit twice."""
    max_concurrency: Annotated[int, Field(ge=2, le=1_000)] = 4


class AlarmConfig(Model):
    """Who is told when something fails."""

    emails: tuple[Email, ...] = ()
    """Each must confirm the mail that AWS sends first. None: alarms only show in the console."""


class LogConfig(Model):
    """Logs of functions."""

    retention_days: LogRetention = 30


class RunsConfig(Model):
    """The ledger of pipelines' runs."""

    recovery_days: Annotated[int, Field(ge=1, le=35)] = 35
    removable: bool = False


class Exemption(Model):
    """A policy finding that is accepted for a time, with the reason."""

    rule: Annotated[str, Field(min_length=1)]
    """The rule's id, for example S3-ACCESS-LOGGING."""
    resource: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]
    owner: Annotated[str, Field(min_length=1)]
    expires: Annotated[date, BeforeValidator(_without_time)]
    """The last day on which it holds; after that the finding fails again."""
    grant: str | None = None
    """For rules about permissions: the action and resource as the finding names them, `s3:GetObject on arn:...`."""


class PlatformConfig(Model):
    """Everything a stack can say."""

    owner: TagText | None = None
    """The team that answers for the platform; default the project's name."""
    classification: Classification = "internal"
    """Of the data, where nothing closer says otherwise."""
    allow_destroy: bool = False
    """The stack's key of the two that destroying data takes; the other is `removable` of the part."""
    owns_account_settings: bool = False
    """Whether this stack owns what exists once per account and region; exactly one stack of an account must."""
    key: KeyConfig = KeyConfig()
    lake: LakeConfig = LakeConfig()
    catalog: CatalogConfig = CatalogConfig()
    metadata: MetadataConfig = MetadataConfig()
    ingestion: IngestionConfig = IngestionConfig()
    alarms: AlarmConfig = AlarmConfig()
    logs: LogConfig = LogConfig()
    datasets: tuple[Dataset, ...] = ()
    """Data sets, each here or in YAML files that hold one or a list, by path or pattern: `datasets/*.yaml`."""
    network: NetworkConfig | None = None
    """Where containers run; none without containers."""
    secrets: tuple[SecretConfig, ...] = ()
    """Filled in outside, for the jobs that name them."""
    jobs: tuple[JobConfig, ...] = ()
    """What pipelines' stages run, each here or in YAML files by path or pattern."""
    buses: tuple[BusConfig, ...] = ()
    """Event buses, whose events pipelines' triggers hear."""
    pipelines: tuple[PipelineConfig, ...] = ()
    """Each here or in YAML files by path or pattern: `pipelines/*.yaml`."""
    runs: RunsConfig = RunsConfig()
    api: ApiConfig | None = None
    """The Dataset API; none without."""
    exemptions: tuple[Exemption, ...] = ()
    """Policy findings accepted for a time."""

    @classmethod
    def from_stack(cls, folder: Path | None = None) -> Self:
        """Read the config of the stack that is being deployed; paths in it are relative to `folder`, default here.

        Raises pulumi.RunError that lists every problem with its path, what was given and what is accepted.
        """
        namespace = pulumi.get_project()
        given = read_stack_config(namespace, folder or Path.cwd())
        config = cls.check(given.values, namespace)
        if isinstance(config, list) or given.problems:
            found = config if isinstance(config, list) else []
            located = [problem.at(namespace, given.origins) for problem in found]
            raise pulumi.RunError(explain([*given.problems, *located], f"stack {pulumi.get_stack()}"))
        return config

    @classmethod
    def check(cls, given: dict[str, object], namespace: str = "watershed") -> Self | list[Problem]:
        """Return the config, or every problem with what was given."""
        config, problems = validation_problems(cls, given, namespace)
        problems = [*problems, *cross_problems(given, namespace)]
        return problems if problems or config is None else config
