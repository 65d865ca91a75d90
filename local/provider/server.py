"""The gRPC `ResourceProvider` that the Pulumi engine talks to: protocol in, protocol out, no AWS knowledge."""

import threading
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import grpc  # type: ignore[import-untyped]
from google.protobuf import any_pb2, empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, status_pb2

from .aws import Aws, AwsError, Offline
from .binding import BoundResource, UnknownType, bound
from .checking import DEFAULTS, Surroundings, check, deployed
from .configuration import Configuration, ConfigurationError, configuration
from .differences import Difference, difference
from .functions import UnknownFunction, invoke
from .identifiers import identifier_of
from .lifecycle import Unfinished, create, delete, expected, expected_update, read, update
from .naming import Proposal
from .refresh import refreshed_inputs
from .values import Secret, from_struct, has_secret, has_unknown, plain, to_struct

VERSION = "7.51.1"
DEFAULT_REGION = "us-east-1"
DEFAULT_ACCOUNT = "000000000000"
_KINDS = {
    "add": (provider_pb2.PropertyDiff.ADD, provider_pb2.PropertyDiff.ADD_REPLACE),
    "update": (provider_pb2.PropertyDiff.UPDATE, provider_pb2.PropertyDiff.UPDATE_REPLACE),
    "delete": (provider_pb2.PropertyDiff.DELETE, provider_pb2.PropertyDiff.DELETE_REPLACE),
}
_MODES = {
    provider_pb2.CheckRequest.AutonamingOptions.PROPOSE: "propose",
    provider_pb2.CheckRequest.AutonamingOptions.ENFORCE: "enforce",
    provider_pb2.CheckRequest.AutonamingOptions.DISABLE: "disable",
}


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Serves the types of the table from one endpoint, or previews them with none."""

    def __init__(
        self,
        endpoint: str | None,
        region: str | None = None,
        account: str | None = None,
        credentials: Mapping[str, str] | None = None,
    ) -> None:
        self._endpoint, self._region, self._account, self._credentials = endpoint, region, account, credentials
        self._configuration = Configuration()
        self._aws = self._connect(self._configuration)
        self.cancelled = threading.Event()

    def GetPluginInfo(self, request: Any, context: Any) -> plugin_pb2.PluginInfo:  # noqa: D102, N802
        return plugin_pb2.PluginInfo(version=VERSION)

    def Handshake(self, request: Any, context: Any) -> provider_pb2.ProviderHandshakeResponse:  # noqa: D102, N802
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True, accept_resources=False, accept_outputs=False, supports_autonaming_configuration=True
        )

    def Attach(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: D102, N802
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: D102, N802
        self.cancelled.set()
        return empty_pb2.Empty()

    def GetSchema(self, request: Any, context: Any) -> provider_pb2.GetSchemaResponse:  # noqa: D102, N802
        return provider_pb2.GetSchemaResponse(schema="{}")

    def GetMapping(self, request: Any, context: Any) -> provider_pb2.GetMappingResponse:  # noqa: D102, N802
        return provider_pb2.GetMappingResponse()

    def CheckConfig(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: D102, N802
        try:
            configuration(from_struct(request.news))
        except ConfigurationError as error:
            failures = [provider_pb2.CheckFailure(reason=line) for line in str(error).splitlines()]
            return provider_pb2.CheckResponse(failures=failures)
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: D102, N802
        old, new = from_struct(request.old_inputs), from_struct(request.news)
        changed = any(old.get(name) != new.get(name) for name in (set(old) | set(new)) - {"version"})
        change = provider_pb2.DiffResponse.DIFF_SOME if changed else provider_pb2.DiffResponse.DIFF_NONE
        return provider_pb2.DiffResponse(changes=change)

    def Configure(self, request: Any, context: Any) -> provider_pb2.ConfigureResponse:  # noqa: D102, N802
        try:
            self._configuration = configuration(from_struct(request.args))
            self._aws = self._connect(self._configuration)
            self._configuration.refuse_account(self._aws.account)
        except (ConfigurationError, AwsError) as error:
            _abort(context, grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            supportsPreview=True,
            acceptResources=False,
            acceptOutputs=False,
            supports_autonaming_configuration=True,
        )

    def Invoke(self, request: Any, context: Any) -> provider_pb2.InvokeResponse:  # noqa: D102, N802
        arguments = from_struct(request.args)
        try:
            result = invoke(request.tok, plain(arguments), self._aws)
        except (UnknownFunction, ValueError, AwsError, Offline) as error:
            failure = provider_pb2.CheckFailure(reason=f"{request.tok}: {error}")
            return provider_pb2.InvokeResponse(failures=[failure])
        return provider_pb2.InvokeResponse(**{"return": to_struct(result)})

    def Check(self, request: Any, context: Any) -> provider_pb2.CheckResponse:  # noqa: D102, N802
        token = token_of(request.urn)
        try:
            resource = bound(token)
        except UnknownType as error:
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        around = self._surroundings(request)
        inputs, problems = check(resource, from_struct(request.olds), from_struct(request.news), around)
        failures = [
            provider_pb2.CheckFailure(property=problem.path, reason=f"{token} {problem.path} {problem.reason}")
            for problem in problems
        ]
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> provider_pb2.DiffResponse:  # noqa: D102, N802
        found = self._difference(self._bound(request.urn, context), request)
        response = provider_pb2.DiffResponse(
            changes=provider_pb2.DiffResponse.DIFF_SOME if found.changes else provider_pb2.DiffResponse.DIFF_NONE,
            replaces=sorted(found.replaces),
            diffs=sorted(found.changes),
            deleteBeforeReplace=found.delete_first,
            hasDetailedDiff=True,
        )
        for name, change in found.changes.items():
            kind = _KINDS[change][name in found.replaces]
            response.detailedDiff[name].CopyFrom(provider_pb2.PropertyDiff(kind=kind, inputDiff=True))
        return response

    def Create(self, request: Any, context: Any) -> provider_pb2.CreateResponse:  # noqa: D102, N802
        resource, inputs = self._bound(request.urn, context), from_struct(request.properties)
        if request.preview:
            outputs = expected(resource, inputs, self._aws)
            return provider_pb2.CreateResponse(id="", properties=to_struct(outputs))
        _refuse_unknown(request.urn, inputs, context)
        identifier, outputs = self._run(request.urn, context, lambda: create(resource, inputs, self._aws))
        return provider_pb2.CreateResponse(id=identifier, properties=to_struct(outputs))

    def Read(self, request: Any, context: Any) -> provider_pb2.ReadResponse:  # noqa: D102, N802
        resource = self._bound(request.urn, context)
        old_state, old_inputs = from_struct(request.properties), from_struct(request.inputs)
        known = plain({**old_state, **deployed(old_inputs)})
        found = self._run(request.urn, context, lambda: read(resource, request.id, known, self._aws))
        if found is None:
            return provider_pb2.ReadResponse(id="")
        inputs = refreshed_inputs(resource, old_inputs, found)
        if not old_inputs:
            inputs[DEFAULTS] = []
        secret = {name for name, value in old_state.items() if has_secret(value)} | set(resource.resource.secrets)
        read_back = {name: Secret(value) if name in secret else value for name, value in found.items()}
        outputs = {**old_state, **read_back, **{name: value for name, value in inputs.items() if name != DEFAULTS}}
        outputs = {name: value for name, value in outputs.items() if name in resource.schema.properties}
        gone = (set(old_inputs) - set(inputs)) & resource.schema.inputs
        outputs = {name: value for name, value in outputs.items() if name not in gone}
        identifier = request.id if old_state else identifier_of(resource, found)
        return provider_pb2.ReadResponse(id=identifier, properties=to_struct(outputs), inputs=to_struct(inputs))

    def Update(self, request: Any, context: Any) -> provider_pb2.UpdateResponse:  # noqa: D102, N802
        resource, inputs = self._bound(request.urn, context), from_struct(request.news)
        found = self._difference(resource, request)
        old = plain({**from_struct(request.olds), **deployed(from_struct(request.old_inputs))})
        changes = found.changes or resource.updatable  # nothing differs: the engine is finishing an unfinished creation
        if request.preview:
            outputs = expected_update(resource, old, inputs, changes)
        else:
            _refuse_unknown(request.urn, inputs, context)
            outputs = self._run(request.urn, context, lambda: update(resource, old, inputs, changes, self._aws))
        return provider_pb2.UpdateResponse(properties=to_struct(outputs))

    def Delete(self, request: Any, context: Any) -> empty_pb2.Empty:  # noqa: D102, N802
        resource = self._bound(request.urn, context)
        old = plain({**from_struct(request.properties), **deployed(from_struct(request.old_inputs))})
        self._run(request.urn, context, lambda: delete(resource, old, self._aws))
        return empty_pb2.Empty()

    def _connect(self, config: Configuration) -> Aws:
        aws = Aws(self._endpoint, config.region or self._region or DEFAULT_REGION, self._credentials)
        if self._account:
            aws.account = self._account
        elif self._endpoint is None:
            aws.account = config.allowed_accounts[0] if config.allowed_accounts else DEFAULT_ACCOUNT
        return aws

    def _surroundings(self, request: Any) -> Surroundings:
        return Surroundings(
            logical_name=_name(request.urn),
            region=self._aws.region,
            seed=bytes(request.randomSeed),
            proposal=_proposal(request),
            default_tags=self._configuration.default_tags,
        )

    def _bound(self, urn: str, context: Any) -> BoundResource:
        try:
            return bound(token_of(urn))
        except UnknownType as error:
            _abort(context, grpc.StatusCode.UNIMPLEMENTED, str(error))

    def _difference(self, resource: BoundResource, request: Any) -> Difference:
        old_inputs, new = from_struct(request.old_inputs), from_struct(request.news)
        old_state = from_struct(request.olds)
        # An imported resource's inputs lack what defaults fill in: what AWS has is what they are compared with.
        filled = set(new.get(DEFAULTS, ())) - set(old_inputs)
        old = {**{name: old_state.get(name, new.get(name)) for name in filled}, **old_inputs}
        return difference(resource, old, new)

    def _run(self, urn: str, context: Any, action: Callable[[], Any]) -> Any:
        subject = f"{token_of(urn)} {_name(urn)!r}"
        try:
            return action()
        except Unfinished as error:
            _abort_unfinished(context, f"{subject}: {error}", error)
        except Offline as error:
            _abort(context, grpc.StatusCode.UNAVAILABLE, f"{subject}: {error}")
        except (AwsError, ValueError) as error:
            _abort(context, grpc.StatusCode.UNKNOWN, f"{subject}: {error}")


def _abort(context: Any, code: grpc.StatusCode, message: str) -> NoReturn:
    context.abort(code, message)
    raise AssertionError("abort returned")


def _abort_unfinished(context: Any, message: str, error: Unfinished) -> NoReturn:
    """Tell the engine that the resource exists, so that it is kept in state and finished by the next update."""
    detail = any_pb2.Any()
    properties = to_struct(error.outputs)
    detail.Pack(provider_pb2.ErrorResourceInitFailed(id=error.identifier, properties=properties, reasons=[message]))
    status = status_pb2.Status(code=grpc.StatusCode.UNKNOWN.value[0], message=message, details=[detail])
    context.set_trailing_metadata((("grpc-status-details-bin", status.SerializeToString()),))
    _abort(context, grpc.StatusCode.UNKNOWN, message)


def _refuse_unknown(urn: str, inputs: Mapping[str, Any], context: Any) -> None:
    for name, value in inputs.items():
        if has_unknown(value):
            _abort(
                context, grpc.StatusCode.INVALID_ARGUMENT, f"{token_of(urn)} {_name(urn)!r}: {name} is still unknown"
            )


def _proposal(request: Any) -> Proposal | None:
    if not request.HasField("autonaming"):
        return None
    options = request.autonaming
    mode: Any = _MODES[options.mode]
    return Proposal(options.proposed_name, mode)


def token_of(urn: str) -> str:
    """The type in `urn:pulumi:stack::project::parent$type::name`."""
    return urn.split("::")[2].rpartition("$")[2]


def _name(urn: str) -> str:
    return urn.split("::", 3)[3]
