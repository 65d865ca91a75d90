"""The stages of a pipeline, as a stack config or a program writes them."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ..catalog import Catalog, Crawler, Dataset
from ..catalog.dataset import DatasetName
from ..compute import FargateJob, GlueJob, LambdaFunction
from ..core.model import Matching, Model
from ..core.named import Named
from ..storage import Bucket
from .checks import ColumnCheck, RowCount

MAX_TIMEOUT = 31_536_000
"""Seconds in a year, the longest that a standard workflow runs (AWS Step Functions Developer Guide, "Quotas")."""


StageName = Annotated[
    str, Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "lower-case letters, digits and single hyphens: load-orders")
]
Timeout = Annotated[int, Field(ge=1, le=MAX_TIMEOUT)]
Text = str
"""May hold `${date}`, `${id}`, `${parameters.NAME}`, `${stages.STAGE.FIELD}` and, in a ForEach, `${item}`."""


class Stage(Model):
    """What every stage has."""

    name: StageName
    """Unique in the pipeline; the state in Step Functions is called so."""


class WorkStage(Stage):
    """A stage that does something that can fail, take too long, and be tried again."""

    timeout: Timeout
    """Seconds after which the attempt is stopped and has failed."""
    retries: Annotated[int, Field(ge=0, le=20)] = 3
    """How often to try again after a transient error of the service that runs it, with growing, random pauses."""
    retry_failures: Annotated[int, Field(ge=0, le=20)] = 0
    """How often to try again after the work itself failed; more than 0 only for work that may be repeated."""
    on_failure: tuple["AnyStage", ...] = ()
    """Stages to run when it has failed for good, for cleaning up; the run then fails all the same."""


class FargateStage(WorkStage):
    """Runs a container as a Fargate task, and waits until it has ended with exit code 0."""

    type: Literal["fargate"] = "fargate"
    job: Annotated[FargateJob | str, Named(FargateJob)]
    command: tuple[Text, ...] | None = None
    """Instead of the job's own command."""
    environment: dict[Annotated[str, Matching(r"[A-Za-z_][A-Za-z0-9_]*", "a variable's name")], Text] = {}
    heartbeat: Annotated[int, Field(ge=1, le=MAX_TIMEOUT)] | None = None
    """Seconds. For jobs that report by themselves: they get TASK_TOKEN, must send heartbeats more often than this, and
    end by sending success or failure; default none, the task's exit code tells."""


class LambdaStage(WorkStage):
    """Invokes a function with the run, the stage's name and `input`; its answer is the stage's output."""

    type: Literal["lambda"] = "lambda"
    function: Annotated[LambdaFunction | str, Named(LambdaFunction)]
    input: dict[str, Any] = {}
    """Texts in it, at any depth, may hold `${...}`."""


class GlueStage(WorkStage):
    """Runs a Glue job and waits until it has succeeded."""

    type: Literal["glue"] = "glue"
    job: Annotated[GlueJob | str, Named(GlueJob)]
    arguments: dict[
        Annotated[str, Matching(r"--[A-Za-z0-9_-]+", "an argument's name with two hyphens: --day")], Text
    ] = {}


class CrawlerStage(WorkStage):
    """Runs a crawler and waits until it has succeeded."""

    type: Literal["crawler"] = "crawler"
    crawler: Annotated[Crawler | str, Named(Crawler)]
    poll_seconds: Annotated[int, Field(ge=1, le=3_600)] = 30


class SqlStage(WorkStage):
    """Runs one SQL statement in Athena and waits for its end."""

    type: Literal["sql"] = "sql"
    catalog: Annotated[Catalog | str, Named(Catalog)] = "catalog"
    zone: str
    """Whose database unqualified tables are in."""
    query: Annotated[str, Field(min_length=1, max_length=262_144)]
    """Values go in as `?`, never as text (Amazon Athena API Reference, "StartQueryExecution"); `${databases.ZONE}` is
    the database of another zone than the stage's."""
    parameters: tuple[Text, ...] = ()
    """For each `?`, as SQL writes a literal; a date is `DATE '${date}'`, a text `'${parameters.carrier}'`."""
    reads: tuple[Annotated[Dataset | DatasetName, Named(Dataset)], ...] = ()
    """The data sets it reads."""
    writes: Annotated[Dataset | DatasetName, Named(Dataset)] | None = None
    """The data set that its INSERT adds to."""
    replaces: dict[str, Text] = {}
    """The partition of `writes` to empty first, so that the same run again replaces it: `{day: "${date}"}`."""

    @model_validator(mode="after")
    def _replaces_what_it_writes(self) -> Self:
        if self.replaces and self.writes is None:
            raise ValueError("replaces names a partition of the data set it `writes`: give that too")
        return self


class QualityStage(WorkStage):
    """Checks the rows of a data set, or of one partition, in one query; the run fails, saying what does not hold."""

    type: Literal["quality"] = "quality"
    catalog: Annotated[Catalog | str, Named(Catalog)] = "catalog"
    dataset: Annotated[Dataset | DatasetName, Named(Dataset)]
    partition: dict[str, Text] = {}
    """The partition to check: `{day: "${date}"}`; default all rows."""
    rows: RowCount = RowCount()
    """Default at least one."""
    columns: tuple[ColumnCheck, ...] = ()


class WaitForData(WorkStage):
    """Waits until at least one object lies under a prefix of a bucket, or the timeout has passed."""

    type: Literal["wait-for-data"] = "wait-for-data"
    bucket: Annotated[Bucket | str, Named(Bucket)]
    prefix: Annotated[Text, Field(min_length=1)]
    poll_seconds: Annotated[int, Field(ge=1, le=86_400)] = 60


class Parallel(Stage):
    """Runs branches side by side, and waits for all; one that fails stops the others."""

    type: Literal["parallel"] = "parallel"
    branches: Annotated[tuple[Annotated[tuple["AnyStage", ...], Field(min_length=1)], ...], Field(min_length=1)]


class S3Keys(Model):
    """The objects under a prefix, each an item `{"Key": ..., "Size": ...}`: a distributed Map lists them."""

    bucket: Annotated[Bucket | str, Named(Bucket)]
    prefix: Text


class ForEach(Stage):
    """Runs stages for each item of a list; over the objects under a prefix as child runs, up to 10,000 at once.

    Nothing of it stands in the run's ledger until all of it is done, so a new run repeats all items.
    """

    type: Literal["for-each"] = "for-each"
    items: tuple[Any, ...] | Text | S3Keys
    """A list, `${stages.STAGE.FIELD}` or `${parameters.NAME}` that is one, or S3Keys."""
    stages: Annotated[tuple["AnyStage", ...], Field(min_length=1)]
    max_concurrency: Annotated[int, Field(ge=1, le=10_000)] = 10
    tolerated_failure_percentage: Annotated[int, Field(ge=0, le=100)] = 0
    """Of the objects under a prefix: the share that may fail before the stage does."""


class When(Model):
    """Stages that run when a condition holds."""

    condition: Annotated[Text, Field(min_length=1)]
    """A JSONata expression with `${...}` in it, for example `${stages.count.rows} > 0`."""
    stages: tuple["AnyStage", ...]


class Choice(Stage):
    """Runs the stages of the first condition that holds, or `otherwise`."""

    type: Literal["choice"] = "choice"
    when: Annotated[tuple[When, ...], Field(min_length=1)]
    otherwise: tuple["AnyStage", ...] = ()


AnyStage = Annotated[
    FargateStage
    | LambdaStage
    | GlueStage
    | CrawlerStage
    | SqlStage
    | QualityStage
    | WaitForData
    | Parallel
    | ForEach
    | Choice,
    Field(discriminator="type"),
]

for _model in (
    FargateStage,
    LambdaStage,
    GlueStage,
    CrawlerStage,
    SqlStage,
    QualityStage,
    WaitForData,
    Parallel,
    ForEach,
    When,
    Choice,
):
    _model.model_rebuild()
