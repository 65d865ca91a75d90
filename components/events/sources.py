"""What starts a pipeline or a function, as a stack config or a program writes it."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from ..core.model import Matching, Model
from ..core.named import Named
from ..storage import Bucket
from .bus import EventBus
from .patterns import check, matches
from .starting import Pipeline

SourceName = Annotated[
    str, Matching(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", "lower-case letters, digits and single hyphens: new-orders")
]
ParameterName = Annotated[str, Matching(r"[A-Za-z_][A-Za-z0-9_-]*", "a parameter's name")]
EventPath = Annotated[
    str, Matching(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*", "the path of a field of the event: detail.object.key")
]


def _relative(prefix: str) -> str:
    if prefix.startswith("/"):
        raise ValueError("keys in S3 begin with no slash: landing/, not /landing/")
    return prefix


KeyPrefix = Annotated[str, AfterValidator(_relative)]


class _Source(Model):
    """What every source has."""

    name: SourceName | None = None
    """Tells one from the others of a pipeline; default its type."""
    parameters: dict[ParameterName, EventPath] = {}
    """Of a pipeline, taken from the event: `{key: detail.object.key}`."""


class ObjectCreated(_Source):
    """An object was created in a bucket under a prefix; each object starts one."""

    type: Literal["object-created"] = "object-created"
    zone: Annotated[Bucket | str, Named(Bucket)] | None = None
    """A zone of the lake."""
    bucket: Annotated[Bucket | str, Named(Bucket)] | None = None
    """Or another bucket, which must tell EventBridge of its objects (`events=True`)."""
    prefix: KeyPrefix = ""
    """What the object's key begins with, for example `landing/`; default any."""
    suffix: Annotated[str, Field(min_length=1)] | None = None
    """And ends with, for example `.csv` or `/_SUCCESS`."""

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.zone is None) == (self.bucket is None):
            raise ValueError("give one of zone and bucket")
        return self


class EventPattern(_Source):
    """An event on a bus matches a pattern, tried when the program runs on examples of such events."""

    type: Literal["event"] = "event"
    bus: Annotated[EventBus | str, Named(EventBus)] | None = None
    """Default: the account's default bus, where AWS services tell of what happens."""
    pattern: dict[str, Any]
    """As EventBridge writes it: fields with lists of values or comparisons."""
    examples: tuple[dict[str, Any], ...] = ()
    """Events, or parts of events, that must match."""
    counter_examples: tuple[dict[str, Any], ...] = ()
    """Events, or parts of events, that must not."""

    @model_validator(mode="after")
    def _holds(self) -> Self:
        check(self.pattern)
        if self.bus is None and not {"source", "detail-type", "$or"} & self.pattern.keys():
            raise ValueError("the default bus has events of every service: say source or detail-type in the pattern")
        for wanted, events in ((True, self.examples), (False, self.counter_examples)):
            for position, event in enumerate(events):
                if matches(self.pattern, event) is not wanted:
                    what = f"examples[{position}] does not match" if wanted else f"counterExamples[{position}] matches"
                    raise ValueError(f"{what} the pattern")
        return self


class PipelineSucceeded(_Source):
    """A run of another pipeline has succeeded; the run it starts has the same date."""

    type: Literal["pipeline-succeeded"] = "pipeline-succeeded"
    pipeline: Annotated[Pipeline | str, Named(Pipeline)]


AnySource = Annotated[ObjectCreated | EventPattern | PipelineSucceeded, Field(discriminator="type")]
