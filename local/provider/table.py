"""The words of the table of resource types: what `resources/<service>.py` says of each type.

A property that matches its AWS parameter by name needs no word here (see `matching.py`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from .codecs import CodecFactory

State = dict[str, Any]
Rename = str | tuple[str, ...]
Support = Literal["emulated", "recorded"]


class Session(Protocol):
    """What a resource type's own code may use: AWS and where it is."""

    endpoint: str | None
    """Of the emulated AWS; none in previews without one."""
    region: str
    account: str
    partition: str

    def call(
        self, service: str, operation: str, parameters: Mapping[str, Any], all_pages: bool = False
    ) -> dict[str, Any]:
        """Call AWS; errors are `AwsError`."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One AWS API call. It is sent the type's identity, whatever it requires, and the properties it `takes`."""

    operation: str = field(kw_only=False)
    takes: tuple[str, ...] | None = None
    """Properties sent beside the identity. None: a create call sends all it has parameters for, a part its own."""
    within: str = ""
    """The parameter in which the properties stand: `TableInput`, or `Targets[]` for a list that gets the one entry.
    When reading: the member of `result` in which they stand."""
    rename: Mapping[str, Rename] = field(default_factory=dict)
    """Property path -> parameter path, for this call only."""
    fixed: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that never vary."""
    result: str = ""
    """Where in the answer the resource stands, e.g. `Table`; steps may be list indexes."""
    beside: Mapping[str, str] = field(default_factory=dict)
    """Properties that stand beside `result` in the answer, as {our property: its member}."""
    where: Mapping[str, str] = field(default_factory=dict)
    """When `result` is a list: which entry is the resource, as {its member: our property}."""
    adjust: Callable[[dict[str, Any], State], None] | None = None
    """Last change to the parameters, for what is not a matter of names."""
    adopt: Callable[[dict[str, Any], State], State | None] | None = None
    """Properties read from the answer by code, for what is not a matter of names; None: the resource is not there."""
    until: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """When reading after a write: answer members that must have one of these values before the write is done."""
    gone: Mapping[str, str] = field(default_factory=dict)
    """When reading: answer members whose value says that the resource is being deleted."""
    needs: str = ""
    """When reading: the property without which the resource is not there."""
    recorded: bool = False
    """The emulated AWS lacks this call: it is checked, and state records what it would set."""
    optional: bool = False
    """When reading: "not found" means that these properties are not set, not that the resource is gone."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """Properties that AWS sets, or changes later, by a call of their own."""

    put: Call | None = None
    code: Callable[[State, State, Session], None] | None = None
    """In place of `put`: brings AWS from the old state to the new, for what no single call does."""
    properties: tuple[str, ...] | None = None
    """None: every input property that `put` has a parameter for, but the identity."""
    clear: Call | None = None
    """The call when none of the properties is set any more (or the switch is off)."""
    switch: str = ""
    """The boolean property that decides between `put` and `clear`."""
    initially: Mapping[str, Any] = field(default_factory=dict)
    """Values that a new resource has anyway: no call is needed for them."""
    off: tuple[Any, ...] = ()
    """Values, beside empty ones, that mean "not set"."""
    merges: bool = False
    """AWS keeps what `put` is not sent, so a property that was removed is sent as its `reset` value."""
    partial: bool = False
    """Only what has changed may be sent."""
    one_by_one: bool = False
    """`put` takes one attribute at a time, as AttributeName and AttributeValue."""


@dataclass(frozen=True, kw_only=True)
class Tags:
    """The service's tagging calls, which all take the resource's `of` property and a map or list of tags."""

    of: str = "arn"
    tag: str = "TagResource"
    untag: str = "UntagResource"
    list: str = "ListTagsForResource"


@dataclass(frozen=True, kw_only=True)
class Name:
    """How AWS names such a resource when the program does not."""

    property: str = "name"
    limit: int = 255
    lower: bool = False
    prefix_property: str = "namePrefix"
    starts: str = ""
    """What every such name must begin with, e.g. `alias/`."""
    suffix_when: Mapping[str, str] = field(default_factory=dict)
    """Boolean property -> what the name must end with when it is true, e.g. `.fifo`."""


@dataclass(frozen=True, kw_only=True)
class Resource:
    """One resource type's row of the table."""

    token: str = field(kw_only=False)
    service: str
    id: str
    """The Pulumi id, made of properties: `{role}:{name}`. Inputs in it are the type's identity. `{id}` is the id AWS
    gives and no other property holds; `rename` says its parameters. `{digest}` is a digest of all inputs, for types to
    which AWS gives no identifier."""
    create: Call
    import_id: str = ""
    """What `pulumi import` takes, where the id does not say enough or is ambiguous."""
    read: tuple[Call, ...] = ()
    """The first finds the resource or not; the others add to it."""
    parts: tuple[Part, ...] = ()
    puts: bool = False
    """The create call also changes the resource, as a whole."""
    delete: tuple[Call, ...] = ()
    identity: tuple[str, ...] = ()
    """Further inputs that every call gets and that cannot change."""
    name: Name | None = None
    tags: Tags | None = None
    nouns: tuple[str, ...] = ()
    """What AWS calls it in parameter names, beside the type's own name: `Topic` in `TopicArn`."""
    rename: Mapping[str, Rename] = field(default_factory=dict)
    """Property path -> parameter paths, the first that exists in a call is used; () where only code handles it."""
    codecs: Mapping[str, CodecFactory] = field(default_factory=dict)
    """Property path -> the codec for what is not a matter of names."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Input defaults, as the official provider fills them in."""
    reset: Mapping[str, Any] = field(default_factory=dict)
    """What a removed property is sent as (or a function of its old value), where empty is not right."""
    unread: tuple[str, ...] = ()
    """Properties that the emulated AWS takes but does not answer: a refresh keeps them."""
    local: tuple[str, ...] = ()
    """Properties that instruct the provider; AWS never sees them."""
    by_code: tuple[str, ...] = ()
    """Properties that the calls' `adjust` and `adopt` handle."""
    unsupported: Mapping[str, str] = field(default_factory=dict)
    """Property path -> why, and what to do instead: using one is an error."""
    computed: Mapping[str, str] = field(default_factory=dict)
    """Properties made of others, when the program does not set them: {"arn": "arn:{partition}:s3:::{bucket}"}; of
    `{endpoint}`, `{region}`, `{account}` and `{partition}` too."""
    volatile: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Output -> inputs whose change makes it unknown until the update is done; none named: any change but of tags."""
    json: tuple[str, ...] = ()
    """String properties holding a JSON document: compared by meaning."""
    policies: tuple[str, ...] = ()
    """Those of them that are IAM policies."""
    secrets: tuple[str, ...] = ()
    """Outputs that state must keep encrypted."""
    support: Support = "emulated"
    limits: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Least and greatest value of a number, where AWS documents it but botocore's model does not say it."""
    check: Callable[[State], list[tuple[str, str]]] | None = None
    """Rules between properties: (property, what is wrong) for each that AWS would refuse."""
    before_delete: Callable[[State, Session], None] | None = None
    after_read: Callable[[State, Session], State] | None = None
    """Further outputs, computed from what was read."""
