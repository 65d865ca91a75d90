"""A Spark program on AWS Glue, for data that outgrows one machine."""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Statement, Tags
from ..core.deployment import current
from ..core.names import stack_name
from ..observability import LogRetention, log_group
from ..storage import Bucket, DataLake
from .glue_connection import JdbcConnection
from .glue_runtime import catalog_key, glue_role, run_statements, security_configuration

GlueVersion = Literal["4.0", "5.0", "5.1"]
WorkerType = Literal[
    "G.025X", "G.1X", "G.2X", "G.4X", "G.8X", "G.12X", "G.16X", "R.1X", "R.2X", "R.4X", "R.8X"
]  # fmt: skip
"""AWS Glue Developer Guide, "Configuring job properties for Spark jobs in AWS Glue", worker types."""

_MOST_MINUTES = 7 * 24 * 60
"""botocore glue service model, CreateJobRequest.Timeout."""

_RESERVED = ("--JOB_NAME", "--TempDir", "--conf", "--debug", "--mode", "--custom-logGroup-prefix", "--job-language")


class GlueJob(Component, domain="compute"):
    """A Spark job whose files, logs and bookmarks are encrypted, and that may do nothing until it is granted more.

    Creates: the job, its script in the lake's system bucket, security configuration, role and log groups.

    - `script`: the Python file, by its path. `lake`: whose system bucket holds it, and its temporary files.
    - `version`: of Glue, default 5.1, the newest (Spark 3.5, Python 3.11).
    - `worker`: default G.1X (4 vCPU, 16 GB). `workers`: at most so many, default 4, at least 2: Glue scales itself.
    - `timeout_minutes`: Glue's unit; 1 to 10,080, default 60. There are no retries here: the pipeline's stage retries.
    - `concurrency`: runs at the same time, default 4, as many as a backfill may start in parallel.
    - `bookmarks`: read only what no run has read before; default no, since a run of a date reads that date's data.
    - `arguments`: `--name` -> value, with which runs start; never secrets: the console shows them.
    - `connections`: the databases it reaches. `log_retention_days`: default 30. `key`: default the lake's.

    Spark asks the catalog for partitions, and knows nothing of projection: `Catalog.grant_read` says so where it meets
    one. Outputs: `job_name`, `arn`; attribute `role`. Errors: FileNotFoundError for the script, ValueError for what
    Glue refuses. Source: AWS Glue Developer Guide, "Using job parameters in AWS Glue jobs", "Using auto scaling".
    """

    def __init__(
        self,
        name: str,
        *,
        script: Path | str,
        lake: DataLake,
        version: GlueVersion = "5.1",
        worker: WorkerType = "G.1X",
        workers: int = 4,
        timeout_minutes: int = 60,
        concurrency: int = 4,
        bookmarks: bool = False,
        arguments: Mapping[str, pulumi.Input[str]] | None = None,
        connections: Sequence[JdbcConnection] = (),
        log_retention_days: LogRetention = 30,
        key: EncryptionKey | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        _check(name, workers=workers, timeout_minutes=timeout_minutes, arguments=arguments or {})
        key = key or lake.key
        logs = f"/{pulumi.get_project()}/{stack_name()}/glue/{name}"
        self.role = glue_role(
            self._child("role"), description=f"What job {name} may do", tags=self.tags, opts=self._options()
        )
        self.security_configuration = security_configuration(self._child("security"), key=key, opts=self._options())
        self.log_groups = {
            kind: log_group(
                self._child(f"{kind}-logs"),
                path=f"{logs}/{kind}",
                key=key,
                retention_days=log_retention_days,
                tags=self._tags(),
                opts=self._options(),
            )
            for kind in ("error", "output")
        }
        self._allow_run(lake.system, key, logs=logs, bookmarks=bookmarks)
        for connection in connections:
            connection.grant_connect(self)
        self.script = self._upload(Path(script), lake.system)
        folder = pulumi.Output.concat("s3://", lake.system.bucket_name, f"/{_folder(name)}")
        self.resource = aws.glue.Job(
            name,
            role_arn=self.role.arn,
            glue_version=version,
            worker_type=worker,
            number_of_workers=workers,
            timeout=timeout_minutes,
            max_retries=0,
            execution_property=aws.glue.JobExecutionPropertyArgs(max_concurrent_runs=concurrency),
            security_configuration=self.security_configuration.name,
            connections=[connection.connection_name for connection in connections] or None,
            command=aws.glue.JobCommandArgs(
                name="glueetl",
                python_version="3",
                script_location=pulumi.Output.concat("s3://", lake.system.bucket_name, "/", self.script.key),
            ),
            default_arguments={
                "--job-bookmark-option": "job-bookmark-enable" if bookmarks else "job-bookmark-disable",
                **(arguments or {}),
            },
            # Nobody who may start a run sends its logs elsewhere, or its temporary files.
            non_overridable_arguments={
                "--custom-logGroup-prefix": logs,
                "--enable-auto-scaling": "true",
                "--enable-glue-datacatalog": "true",
                "--enable-metrics": "true",
                "--enable-observability-metrics": "true",
                "--job-language": "python",
                "--TempDir": pulumi.Output.concat(folder, "temporary/"),
            },
            tags=self._tags(),
            opts=self._options(depends_on=[*self.role.granted, *self.log_groups.values()]),
        )
        self.job_name: pulumi.Output[str] = self.resource.name
        self.arn: pulumi.Output[str] = self.resource.arn
        self.register_outputs({"job_name": self.job_name, "arn": self.arn})

    def _allow_run(self, system: Bucket, key: EncryptionKey, *, logs: str, bookmarks: bool) -> None:
        """Let the job read its script, use its temporary folder, log, and keep its bookmarks."""
        statements = [*run_statements(logs), *_default_database(), catalog_key(key)]
        if bookmarks:
            # Encrypted by Glue's client in the role's name, through no service: "Encrypting data written by AWS Glue".
            statements.append(
                Statement(actions=["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"], resources=[key.arn])
            )
        self.role.allow("run", statements)
        folder = _folder(self.name)
        system.grant_read(self, folder)
        system.grant_write(self, f"{folder}temporary/")
        system.grant_delete(self, f"{folder}temporary/")

    def _upload(self, script: Path, system: Bucket) -> aws.s3.BucketObjectv2:
        """Return the script as an object whose key changes with its content, so that a run keeps the one it began."""
        if not script.is_file():
            raise FileNotFoundError(f"job {self.name}: no script at {script}")
        digest = hashlib.sha256(script.read_bytes()).hexdigest()[:12]
        return aws.s3.BucketObjectv2(
            self._child("script"),
            bucket=system.bucket_name,
            key=f"{_folder(self.name)}{script.stem}-{digest}.py",
            source=pulumi.FileAsset(str(script)),
            content_type="text/x-python",
            tags=self._tags(),
            opts=self._options(depends_on=[system.encryption, system.versioning, system.policy]),
        )


def _default_database() -> list[Statement]:
    """Let Spark look for the database `default`, and make it where there is none, as it does before anything else.

    Source: AWS Glue Developer Guide, "Troubleshooting AWS Glue Data Quality errors", "Unable to verify existence of
    default database".
    """
    arn = current().arn
    default = [arn("glue", "catalog"), arn("glue", "database/default")]
    return [
        Statement(actions=["glue:GetDatabase"], resources=[*default, arn("glue", "database/global_temp")]),
        Statement(actions=["glue:CreateDatabase"], resources=default),
    ]


def _folder(name: str) -> str:
    return f"glue/{name}/"


def _check(job: str, *, workers: int, timeout_minutes: int, arguments: Mapping[str, object]) -> None:
    if workers < 2:
        raise ValueError(f"job {job}: workers={workers}; Spark has a driver and at least one executor: 2 or more")
    if not 1 <= timeout_minutes <= _MOST_MINUTES:
        raise ValueError(f"job {job}: timeout_minutes={timeout_minutes}; Glue takes 1 to {_MOST_MINUTES:,} (7 days)")
    for name in arguments:
        if not name.startswith("--") or name in _RESERVED:
            raise ValueError(
                f"job {job}: argument {name!r}: a name begins with two hyphens, for example --day, and is none "
                f"of those that the job sets itself ({', '.join(_RESERVED)})"
            )
