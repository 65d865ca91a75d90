"""The jobs of a stack config as components, with what they are granted and where they run."""

from functools import cached_property
from pathlib import Path

import pulumi

from ..catalog import Crawler, FilesIn
from ..compute import (
    FargateCluster,
    FargateJob,
    GlueJob,
    LambdaFunction,
    Secret,
    SecretField,
    TaskNetwork,
)
from ..config import PlatformConfig
from ..config.jobs import (
    CrawlerConfig,
    FargateJobConfig,
    FileAccess,
    GlueJobConfig,
    JobConfig,
    LambdaJobConfig,
    SecretConfig,
)
from ..orchestration.expressions import REFERENCE
from ..storage import StateTable
from .images import Images
from .network import network
from .parts import Parts

Job = FargateJob | LambdaFunction | GlueJob | Crawler


def handlers_of(config: PlatformConfig) -> list[str]:
    """Return the handlers that the config's functions run: their dependencies are in layers."""
    found = {job.handler for job in config.jobs if isinstance(job, LambdaJobConfig)}
    found |= {"ingest"} if any(dataset.source for dataset in config.datasets) else set()
    found |= {"runs"} if config.pipelines else set()
    found |= {"api"} if config.api else set()
    return sorted(found)


class Jobs:
    """A stack's jobs by name, and what they share: secrets, images, a cluster, a network."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.secrets = {secret.name: self._secret(secret) for secret in parts.config.secrets}
        self.images = Images(parts)
        self.states: dict[str, StateTable] = {}
        self.by_name: dict[str, Job] = {job.name: self._job(job) for job in parts.config.jobs}

    @property
    def function_names(self) -> dict[str, pulumi.Output[str]]:
        """What the jobs' functions are called on AWS."""
        return {name: job.function_name for name, job in self.by_name.items() if isinstance(job, LambdaFunction)}

    @cached_property
    def cluster(self) -> FargateCluster:
        """Where all containers run."""
        return FargateCluster(self._parts.child("jobs"), tags=self._parts.tags, opts=self._parts.opts)

    @cached_property
    def network(self) -> TaskNetwork:
        """Where all containers run."""
        assert self._parts.config.network, "PlatformConfig has refused containers without a network"
        return network(self._parts, self._parts.config.network)

    def _job(self, config: JobConfig) -> Job:
        if isinstance(config, FargateJobConfig):
            return self._container(config)
        if isinstance(config, LambdaJobConfig):
            return self._function(config)
        return self._spark(config) if isinstance(config, GlueJobConfig) else self._crawler(config)

    def _container(self, config: FargateJobConfig) -> FargateJob:
        parts = self._parts
        made = FargateJob(
            self._name(config),
            image=self.images.of(config),
            command=config.command,
            entry_point=config.entry_point,
            key=parts.key,
            network=self.network,
            cpu=config.cpu,
            memory=config.memory,
            architecture=config.architecture,
            disk=config.disk,
            spot=config.spot,
            environment=self._environment(config),
            secrets={variable: self._secret_of(name) for variable, name in config.secrets.items()},
            log_retention_days=parts.config.logs.retention_days,
            cluster=self.cluster,
            tags=parts.tags,
            opts=parts.opts,
        )
        self._grant(made, config)
        return made

    def _function(self, config: LambdaJobConfig) -> LambdaFunction:
        parts = self._parts
        made = LambdaFunction(
            self._name(config),
            handler=config.handler,
            key=parts.key,
            memory=config.memory,
            timeout=config.timeout,
            disk=config.disk,
            environment=self._environment(config),
            notify=parts.alarms,
            log_retention_days=parts.config.logs.retention_days,
            layers=parts.layers,
            artifacts=parts.artifacts,
            tags=parts.tags,
            opts=parts.opts,
        )
        self._grant(made, config)
        return made

    def _spark(self, config: GlueJobConfig) -> GlueJob:
        parts = self._parts
        made = GlueJob(
            self._name(config),
            script=Path(config.script),
            lake=parts.lake,
            worker=config.worker,
            workers=config.workers,
            timeout_minutes=config.timeout_minutes,
            bookmarks=config.bookmarks,
            arguments=config.arguments,
            log_retention_days=parts.config.logs.retention_days,
            tags=parts.tags,
            opts=parts.opts,
        )
        for name in (*config.reads, *config.writes):
            parts.catalog.grant_read(made, parts.dataset(name))
        for name in config.writes:
            dataset = parts.dataset(name)
            parts.catalog.grant_write(made, dataset)
            parts.lake.grant_delete(made, zone=dataset.zone, prefix=dataset.prefix)
        return made

    def _crawler(self, config: CrawlerConfig) -> Crawler:
        parts = self._parts
        return Crawler(
            self._name(config),
            catalog=parts.catalog,
            datasets=[parts.dataset(name) for name in config.datasets],
            files=FilesIn(config.zone, config.prefix) if config.zone and config.prefix else None,
            tags=parts.tags,
            opts=parts.opts,
        )

    def _grant(self, job: FargateJob | LambdaFunction, config: FargateJobConfig | LambdaJobConfig) -> None:
        parts = self._parts
        if config.settings:
            parts.settings.grant_read(job)
        if config.name in self.states:
            self.states[config.name].grant_use(job)
        places = [
            *(FileAccess(zone=each.zone, prefix=each.prefix) for each in map(parts.dataset, config.reads)),
            *(
                FileAccess(zone=each.zone, prefix=each.prefix, access=("read", "write", "delete"))
                for each in map(parts.dataset, config.writes)
            ),
            *(
                FileAccess(zone=each.zone, prefix=each.prefix, access=("put",))
                for each in map(parts.dataset, config.puts)
            ),
            *(
                FileAccess(zone=source.zone, prefix=source.prefix, access=("write",))
                for source in (parts.dataset(name).source for name in config.delivers)
                if source
            ),
            *(
                FileAccess(zone=source.zone, prefix=source.prefix, access=("list",))
                for source in (parts.dataset(name).source for name in config.watches)
                if source
            ),
            *config.files,
        ]
        if config.watches:
            parts.metadata.grant_get(job)
        lake = parts.lake
        verbs = {
            "list": (lake.grant_list,),
            "get": (lake.grant_get,),
            "read": (lake.grant_list, lake.grant_get),
            "put": (lake.grant_put,),
            "write": (lake.grant_write,),
            "delete": (lake.grant_delete,),
        }
        # In the order of the config, each once: what is listed and read is listed once.
        wanted = dict.fromkeys(
            (grant, place.zone, place.prefix) for place in places for access in place.access for grant in verbs[access]
        )
        for grant, zone, prefix in wanted:
            grant(job, zone=zone, prefix=prefix)

    def _environment(self, config: FargateJobConfig | LambdaJobConfig) -> dict[str, pulumi.Input[str]]:
        given = {name: self._filled(value) for name, value in config.environment.items()}
        told = self._parts.settings.environment if config.settings else {}
        return {**told, **self._state(config), **given}

    def _filled(self, value: str) -> pulumi.Input[str]:
        """Return a variable's value, with the buckets that it refers to."""
        parts = REFERENCE.split(value)
        if len(parts) == 1:
            return value
        pieces = [
            self._parts.lake.zone(part.removeprefix("zones.")).bucket_name if number % 2 else part
            for number, part in enumerate(parts)
        ]
        return pulumi.Output.concat(*pieces)

    def _state(self, config: FargateJobConfig | LambdaJobConfig) -> dict[str, pulumi.Output[str]]:
        if not config.state:
            return {}
        runs = self._parts.config.runs
        made = StateTable(
            f"{self._name(config)}-state",
            key=self._parts.key,
            recovery_days=runs.recovery_days,
            removable=runs.removable,
            tags=self._parts.tags,
            opts=self._parts.opts,
        )
        self.states[config.name] = made
        return {"STATE_TABLE": made.table_name}

    def _secret(self, config: SecretConfig) -> Secret:
        return Secret(
            self._parts.child(f"secret-{config.name}"),
            key=self._parts.key,
            description=config.description,
            renewed_by=config.renewed_by,
            removable=config.removable,
            tags=self._parts.tags,
            opts=self._parts.opts,
        )

    def _secret_of(self, reference: str) -> Secret | SecretField:
        name, _, field = reference.partition(".")
        return self.secrets[name].field(field) if field else self.secrets[name]

    def _name(self, config: JobConfig) -> str:
        return self._parts.child(f"job-{config.name}")
