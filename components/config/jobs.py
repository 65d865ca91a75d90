"""What a stack config says of jobs, and of the network and the secrets that they need."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..catalog.dataset import DatasetName, Prefix
from ..compute.fargate_container import check_environment
from ..compute.fargate_size import check_size
from ..compute.image import Architecture, reference
from ..compute.image_cache import Upstream
from ..core.model import Matching, Model
from ..core.tags import TagText
from ..network.network import DEFAULT_CIDR, DEFAULT_FLOW_LOG_DAYS, DEFAULT_ZONES, MOST_ZONES, Nat
from ..observability import LogRetention
from ..storage.zone import ZoneName

JobName = Annotated[
    str,
    Field(max_length=27),
    Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "up to 27 lower-case letters, digits and single hyphens: odk-export"),
]
"""As long as leaves room for `<project>-job-` and `-execution-role` in a role's 64 characters."""
Variable = Annotated[str, Matching(r"[A-Za-z_][A-Za-z0-9_]*", "a variable's name: ODK_URL")]
SecretReference = Annotated[
    str, Matching(r"[a-z][a-z0-9-]*(\.[A-Za-z0-9_-]+)?", "a secret, or one field of its JSON: odk.password")
]
SubnetId = Annotated[str, Matching(r"subnet-[0-9a-f]{8,17}", "a subnet's id: subnet-0123456789abcdef0")]


class SecretConfig(Model):
    """A secret, whose value somebody fills in after the first deploy: `aws secretsmanager put-secret-value`."""

    name: JobName
    description: Annotated[str, Field(min_length=1)]
    renewed_by: TagText
    """Who renews its value, and when."""
    removable: bool = False


class NetworkConfig(Model):
    """Where containers run: a network of this stack's own, or one that there is."""

    cidr: Annotated[str, Matching(r"\d+\.\d+\.\d+\.\d+/(1[6-9]|2[0-5])", "10.0.0.0/16, /16 to /25")] = DEFAULT_CIDR
    zones: Annotated[int, Field(ge=1, le=MOST_ZONES)] = DEFAULT_ZONES
    """Availability zones."""
    nat: Nat = "single"
    """How containers reach what is not AWS: not at all, through one gateway, or through one in each zone."""
    flow_log_days: LogRetention = DEFAULT_FLOW_LOG_DAYS
    vpc_id: Annotated[str, Matching(r"vpc-[0-9a-f]{8,17}", "a VPC's id: vpc-0123456789abcdef0")] | None = None
    """An existing VPC; then privateSubnetIds too, and nothing is made."""
    private_subnet_ids: tuple[SubnetId, ...] = ()

    @model_validator(mode="after")
    def _brought_whole(self) -> Self:
        if bool(self.vpc_id) != bool(self.private_subnet_ids):
            raise ValueError("give both vpcId and privateSubnetIds to bring a network, or neither")
        return self


class FileAccess(Model):
    """A prefix of a zone that a job may use, beside data sets."""

    zone: ZoneName
    prefix: Prefix | Literal[""] = ""
    """Default the whole zone."""
    access: Annotated[tuple[Literal["list", "get", "read", "put", "write", "delete"], ...], Field(min_length=1)] = (
        "read",
    )
    """`get` reads what it knows the key of, `read` lists too; `put` writes whole objects, `write` in parts too."""


class _Job(Model):
    """What every job has."""

    name: JobName
    """Stages call it so."""
    reads: tuple[DatasetName, ...] = ()
    """Data sets whose files it reads."""
    writes: tuple[DatasetName, ...] = ()
    """Data sets whose files it reads, writes and deletes: a run replaces what an earlier one of its date wrote."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = sorted(set(self.reads) & set(self.writes))
        if twice:
            raise ValueError(f"{', '.join(twice)} in writes alone, which lets it read too")
        return self


class _Program(_Job):
    """What a job has that is a program of one's own."""

    delivers: tuple[DatasetName, ...] = ()
    """Data sets for which it puts files where they arrive, for ingestion to convert."""
    watches: tuple[DatasetName, ...] = ()
    """Data sets whose arriving files it lists, with what ingestion has made of them."""
    files: tuple[FileAccess, ...] = ()
    puts: tuple[DatasetName, ...] = ()
    """Data sets whose files it puts, each whole, and neither reads nor deletes: a run puts what an earlier one did."""
    settings: bool = True
    """Whether it is told where zones and data sets lie: SETTINGS_BUCKET, SETTINGS_KEY and SETTINGS_VERSION."""
    state: bool = False
    """Whether it has a table of its own, which STATE_TABLE names, to remember what it has done."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        twice = sorted(set(self.writes) & set(self.puts))
        if twice:
            raise ValueError(f"{', '.join(twice)} in writes or in puts: what is in writes it may put too")
        return self


class CachedImage(Model):
    """An image of a public registry that ECR keeps a copy of, once it was pulled."""

    upstream: Upstream = "docker-hub"
    name: Annotated[str, Matching(r"[a-z0-9._-]+(/[a-z0-9._-]+)*", "an image's name: rocker/r-ver")]
    tag: str | None = None
    digest: str | None = None
    """`sha256:...`: always the same image; a tag stays with the one it had at the first pull."""

    @model_validator(mode="after")
    def _one_of(self) -> Self:
        reference(self.name, tag=self.tag, digest=self.digest)
        return self


class FargateJobConfig(_Program):
    """A container on Fargate."""

    type: Literal["fargate"]
    container: JobName | None = None
    """As `watershed build` names it; its image goes to a repository of this stack."""
    image: Annotated[str, Field(min_length=1)] | None = None
    """Instead: the address of a public image."""
    cached_image: CachedImage | None = None
    """Instead: one of a public registry, of which ECR keeps a copy."""
    command: Annotated[tuple[str, ...], Field(min_length=1)]
    entry_point: tuple[str, ...] | None = None
    """Default the image's."""
    cpu: int = 256
    """Units; 1,024 is a vCPU."""
    memory: int = 512
    """MiB."""
    architecture: Architecture = "arm64"
    disk: int | None = None
    """GiB of /tmp, 21 to 200; default half of the memory."""
    spot: bool = False
    environment: dict[Variable, str] = {}
    """`${zones.raw}` is the name of a zone's bucket."""
    secrets: dict[Variable, SecretReference] = {}

    @model_validator(mode="after")
    def _as_fargate_has_it(self) -> Self:
        if sum(given is not None for given in (self.container, self.image, self.cached_image)) != 1:
            raise ValueError("give one of container, image and cachedImage")
        check_size(self.name, cpu=self.cpu, memory=self.memory, disk=self.disk, stop_timeout=120)
        check_environment(self.name, self.environment, self.secrets)
        return self


class LambdaJobConfig(_Program):
    """A Lambda function that stages invoke."""

    type: Literal["lambda"]
    handler: JobName
    """As `watershed build` names it."""
    memory: Annotated[int, Field(ge=128, le=10_240)] = 512
    """MB."""
    timeout: Annotated[int, Field(ge=1, le=900)] = 60
    """Seconds."""
    disk: Annotated[int, Field(ge=512, le=10_240)] = 512
    """MB."""
    environment: dict[Variable, str] = {}
    """`${zones.raw}` is the name of a zone's bucket."""


class GlueJobConfig(_Job):
    """A Spark job."""

    type: Literal["glue"]
    script: Annotated[str, Field(min_length=1)]
    """The Python file, from the stack config's folder."""
    worker: Literal["G.025X", "G.1X", "G.2X", "G.4X", "G.8X"] = "G.1X"
    workers: Annotated[int, Field(ge=2, le=299)] = 4
    """At most; Glue takes as many as the work needs."""
    timeout_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    bookmarks: bool = False
    """Whether a run goes on where the last one ended."""
    arguments: dict[Annotated[str, Matching(r"--[A-Za-z0-9_-]+", "a name with two hyphens: --mode")], str] = {}


class CrawlerConfig(Model):
    """A crawler: it registers partitions of data sets, or makes tables of files."""

    name: JobName
    type: Literal["crawler"]
    datasets: tuple[DatasetName, ...] = ()
    zone: ZoneName | None = None
    prefix: Prefix | None = None
    """Files of `zone`."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if bool(self.datasets) == bool(self.prefix) or bool(self.zone) != bool(self.prefix):
            raise ValueError("give either datasets, or zone and prefix")
        return self


JobConfig = Annotated[FargateJobConfig | LambdaJobConfig | GlueJobConfig | CrawlerConfig, Field(discriminator="type")]
