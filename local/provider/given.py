"""A provider for policy checks: what the table does not know is taken as the program gives it.

It previews only, from no state: inputs come back as outputs, all that AWS would decide is unknown, and what it
would answer to a function is a stand-in. Deploys go through
`AwsProvider`, where what is not known stays an error.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pulumi_aws
from pulumi._types import output_type_types
from pulumi.runtime.proto import provider_pb2

from .binding import UnknownType, bound
from .checking import add_default_tags, check
from .schema import ResourceSchema, resource_schema
from .server import VERSION, AwsProvider, token_of
from .values import UNKNOWN, from_struct, plain, to_struct

ZONES = "aws:index/getAvailabilityZones:getAvailabilityZones"


class GivenProvider(AwsProvider):
    """Knows every type of pulumi_aws by its signature."""

    def __init__(self, region: str | None, account: str | None, note: Callable[[str], None]) -> None:
        super().__init__(None, region, account)
        self._noted: set[str] = set()
        self._write = note

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: D102, N802
        token, news = token_of(request.urn), from_struct(request.news)
        try:
            resource = bound(token)
        except UnknownType:
            return self._check_given(token, news, request)
        taken = {name: value for name, value in news.items() if name in resource.schema.inputs - resource.supported}
        if news.get("region") not in (None, self._aws.region):
            taken["region"] = news["region"]
        if not taken:
            return super().Check(request, context)
        self._note(f"{token} ({', '.join(sorted(taken))})")
        rest = {name: value for name, value in news.items() if name not in taken}
        # What is missing or too much can only be told of a resource whose every property is known.
        inputs, _ = check(resource, from_struct(request.olds), rest, self._surroundings(request))
        return provider_pb2.CheckResponse(
            inputs=to_struct({**inputs, **taken}), failures=_misspelled(resource.schema, news)
        )

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: D102, N802
        # Only imports come here: what AWS has is not known, so it is what the program says.
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:  # noqa: D102, N802
        token = token_of(request.urn)
        if _in_table(token) or not request.preview:
            return super().Create(request, context)
        inputs, schema = from_struct(request.properties), resource_schema(token)
        outputs = {**dict.fromkeys(schema.outputs, UNKNOWN), **inputs}
        if "tagsAll" in schema.properties:
            outputs["tagsAll"] = inputs.get("tags", {})
        return provider_pb2.CreateResponse(id="", properties=to_struct(outputs))

    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:  # noqa: D102, N802
        return provider_pb2.ReadResponse(id=request.id, properties=request.properties, inputs=request.inputs)

    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:  # noqa: D102, N802
        response = super().Invoke(request, context)
        result = _result_class(request.tok) if response.failures else None
        if result is None:
            return response
        self._note(request.tok)
        answer = {**self._stand_ins(request.tok, result), **plain(from_struct(request.args))}
        if request.tok == ZONES:  # programs make a subnet for each
            answer["names"] = [f"{self._aws.region}{letter}" for letter in "abc"]
        return provider_pb2.InvokeResponse(**{"return": to_struct(answer)})

    def _stand_ins(self, token: str, result: Any) -> dict[str, Any]:
        """Return texts in the place of what AWS would answer: the engine takes no unknown value from a function."""
        service, function = token.split(":")[1].split("/")
        arn = f"arn:{self._aws.partition}:{service}:{self._aws.region}:{self._aws.account}:{function}"
        texts = [name for name, hint in output_type_types(result).items() if hint is str]
        return {name: arn if name.lower().endswith("arn") else f"{function}.{name}" for name in texts}

    def _check_given(self, token: str, news: Mapping[str, Any], request: Any) -> provider_pb2.CheckResponse:
        try:
            schema = resource_schema(token)
        except ModuleNotFoundError as error:
            reason = f"{error} {VERSION}, whose types a policy check knows"
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=reason)])
        self._note(token)
        inputs = {name: value for name, value in news.items() if value is not None}
        add_default_tags(schema, inputs, self._surroundings(request))
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=_misspelled(schema, news))

    def _note(self, what: str) -> None:
        if what not in self._noted:
            self._noted.add(what)
            self._write(what)


def _misspelled(schema: ResourceSchema, news: Mapping[str, Any]) -> list[provider_pb2.CheckFailure]:
    unknown = [name for name in sorted(news) if name not in schema.inputs and not name.startswith("__")]
    return [
        provider_pb2.CheckFailure(property=name, reason=f"{schema.token} {name} is not a property of {schema.token}")
        for name in unknown
    ]


def _in_table(token: str) -> bool:
    try:
        bound(token)
    except UnknownType:
        return False
    return True


def _result_class(token: str) -> Any:
    """Return what a provider function gives, such as `pulumi_aws.ec2.GetAmiResult` for `aws:ec2/getAmi:getAmi`."""
    found = re.fullmatch(r"aws:(\w+)/\w+:(\w+)", token)
    if found is None:
        return None
    service = {"lambda": "lambda_"}.get(found[1], found[1])
    module = pulumi_aws if service == "index" else getattr(pulumi_aws, service, None)
    return getattr(module, f"{found[2][0].upper()}{found[2][1:]}Result", None)
