"""What a stack config says of jobs, and of the network and the secrets that they need."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from ..catalog.dataset import DatasetName
from ..core.model import Matching, Model
from ..storage.zone import ZoneName

JobName = Annotated[
    str, Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "lower-case letters, digits and single hyphens: odk-export")
]
Variable = Annotated[str, Matching(r"[A-Za-z_][A-Za-z0-9_]*", "a variable's name: ODK_URL")]
SecretReference = Annotated[
    str, Matching(r"[a-z][a-z0-9-]*(\.[A-Za-z0-9_-]+)?", "a secret, or one field of its JSON: odk.password")
]

SubnetId = Annotated[str, Matching(r"subnet-[0-9a-f]{8,17}", "a subnet's id: subnet-0123456789abcdef0")]


class SecretConfig(Model):
    """A secret, whose value somebody fills in after the first deploy: `aws secretsmanager put-secret-value`."""

    name: JobName
    description: Annotated[str, Field(min_length=1)]


class NetworkConfig(Model):
    """Where containers run: a network of this stack's own, or one that there is."""

    cidr: Annotated[str, Matching(r"\d+\.\d+\.\d+\.\d+/(1[6-9]|2[0-4])", "10.0.0.0/16, /16 to /24")] = "10.0.0.0/16"
    zones: Annotated[int, Field(ge=1, le=3)] = 2
    """Availability zones."""
    nat: Literal["none", "single", "per-zone"] = "single"
    """How containers reach what is not AWS: not at all, through one gateway, or through one in each zone."""
    vpc_id: Annotated[str, Matching(r"vpc-[0-9a-f]{8,17}", "a VPC's id: vpc-0123456789abcdef0")] | None = None
    """An existing VPC; then `subnets` too, and nothing is made."""
    subnets: tuple[SubnetId, ...] = ()
    """Its private subnets."""

    @model_validator(mode="after")
    def _brought_whole(self) -> Self:
        if bool(self.vpc_id) != bool(self.subnets):
            raise ValueError("give both vpcId and subnets to bring a network, or neither")
        return self


class _Job(Model):
    """What every job has."""

    name: JobName
    """Stages name it so."""
    reads: tuple[DatasetName, ...] = ()
    """Data sets whose files it reads."""
    writes: tuple[DatasetName, ...] = ()
    """Data sets whose files it reads, writes and deletes: a run replaces what an earlier one of its date wrote."""
    delivers: tuple[DatasetName, ...] = ()
    """Data sets for which it puts files where they arrive, for ingestion to convert."""


class FargateJobConfig(_Job):
    """A container on Fargate."""

    type: Literal["fargate"]
    container: JobName | None = None
    """As `watershed build` names it; its image goes to a repository of this stack."""
    image: Annotated[str, Field(min_length=1)] | None = None
    """A public image instead; by digest, it is always the same."""
    command: Annotated[tuple[str, ...], Field(min_length=1)]
    cpu: int = 256
    """Units; 1,024 is a vCPU."""
    memory: int = 512
    """MiB."""
    architecture: Literal["arm64", "x86_64"] = "arm64"
    disk: int | None = None
    """GiB of /tmp, 21 to 200; default half of the memory."""
    spot: bool = False
    environment: dict[Variable, str] = {}
    secrets: dict[Variable, SecretReference] = {}
    state: bool = False
    """Whether it has a table of its own to remember what it has done."""

    @model_validator(mode="after")
    def _one_image(self) -> Self:
        if (self.container is None) == (self.image is None):
            raise ValueError("give either container or image")
        return self


class LambdaJobConfig(_Job):
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


class GlueJobConfig(_Job):
    """A Spark job."""

    type: Literal["glue"]
    script: Annotated[str, Field(min_length=1)]
    """The Python file, from the stack config's folder."""
    worker: Literal["G.025X", "G.1X", "G.2X", "G.4X", "G.8X"] = "G.1X"
    workers: Annotated[int, Field(ge=2, le=100)] = 4
    timeout_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    arguments: dict[Annotated[str, Matching(r"--[A-Za-z0-9_-]+", "a name with two hyphens: --mode")], str] = {}


class CrawlerConfig(Model):
    """A crawler that makes tables of files."""

    name: JobName
    type: Literal["crawler"]
    zone: ZoneName
    prefix: Annotated[str, Field(min_length=1)]


JobConfig = Annotated[FargateJobConfig | LambdaJobConfig | GlueJobConfig | CrawlerConfig, Field(discriminator="type")]
