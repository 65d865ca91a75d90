"""Runs the policy pack on what a Pulumi program declares, without an engine.

    from tests.policy.harness import check, record

    resources = record(lambda: DataLake("lake", zones=[...], key=key))     # as `up` would see them
    assert check(resources) == []
    resources = record(program, preview=True)                              # what only AWS can tell is unknown
    violations = check(resources, profile="strict")                        # every rule, not only the baseline

Signatures:

    record(program: Callable[[], object], *, preview: bool = False, project: str = "watershed", stack: str = "test",
           config: Mapping[str, str] | None = None) -> list[Recorded]
    check(resources: Sequence[Recorded], *, profile: str = "baseline", stack: str | None = None,
          settings: Settings | None = None, exemptions: Exemptions | None = None, only: str | None = None)
          -> list[Violation]                       stack="prod" takes the levels of policies/config/prod.json
    ids(violations) -> set[str]                    the rule ids
    changed(resources, name, **inputs)             a copy in which a resource has other inputs (camelCase; None removes)
    without(resources, *types_or_names)            a copy that lacks some resources

`Recorded` has type, name, urn, inputs (as on the wire: camelCase, unknowns as Pulumi's sentinels), outputs, parent,
dependencies (property -> URNs), waits_for (the URNs of these and of `depends_on`) and provider (the inputs of one that
the program makes itself, such as its default tags). `Violation` has rule_id, level,
urn and message. The resources go through the analyzer service of pulumi_policy itself, so what a rule sees, and what it
may not know yet, is what the engine would show it.
"""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi.runtime
from google.protobuf import json_format, struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import rpc
from pulumi.runtime.mocks import MockCallArgs, MockMonitor, MockResourceArgs, Mocks, set_mocks
from pulumi.runtime.proto import analyzer_pb2
from pulumi.runtime.settings import SETTINGS, set_root_resource
from pulumi.runtime.stack import run_pulumi_func
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer
from watershed_policies import pack, registry
from watershed_policies.evaluation import Evaluation, Violation
from watershed_policies.exemptions import Exemptions
from watershed_policies.settings import Level, Settings, locate
from watershed_policies.settings import load as load_settings

from tests.policy.outputs import ACCOUNT, component_outputs, outputs_of, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

REQUIRED_TAGS = ("project", "stack", "component", "owner", "data-classification")


@dataclass(frozen=True)
class Recorded:
    """One resource that a program declared."""

    type: str
    name: str
    urn: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parent: str = ""
    custom: bool = True
    dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    waits_for: Sequence[str] = ()
    provider: Mapping[str, Any] = field(default_factory=dict)


class _Mocks(Mocks):
    def __init__(self, preview: bool, account: str) -> None:
        self.preview = preview
        self.account = account
        self.children: dict[str, MockMonitor.ResourceRegistration] = {}

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        # The provider answers with a policy given as an object in its JSON form.
        given = {key: value for key, value in args.inputs.items() if not _is_document(key, value)}
        if not args.custom:
            return "", {} if self.preview else self._of_component(args)
        if self.preview:
            # What the program gave is known; what AWS would answer is not there, which the SDK takes as unknown.
            return "", given
        texts = {key: json.dumps(value) for key, value in args.inputs.items() if _is_document(key, value)}
        id_, outputs = outputs_of(args.typ, args.name, args.inputs, self.account)
        return id_, {**given, **texts, **outputs}

    def _of_component(self, args: MockResourceArgs) -> dict[str, Any]:
        """What a component of another package answers; its children are there to be referred to, and not recorded."""
        outputs, children = component_outputs(args.typ, args.name, args.inputs)
        for output, resources in children.items():
            outputs[output] = []
            for kind, name, state in resources:
                urn, id_ = f"urn:pulumi:test::watershed::{kind}::{name}", str(state.get("id") or name)
                self.children[urn] = MockMonitor.ResourceRegistration(urn, id_, state)
                outputs[output].append({rpc._special_sig_key: rpc._special_resource_sig, "urn": urn, "id": id_})
        return outputs

    def call(self, args: MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        return result_of(args.token), []


class _Recorder(MockMonitor):
    def __init__(self, mocks: _Mocks) -> None:
        super().__init__(mocks)
        self.children = mocks.children
        self.recorded: list[Recorded] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 (the name is the protocol's)
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]
        self.resources.update(self.children)
        inputs = json_format.MessageToDict(request.object)
        outputs = {**inputs, **_ids(json_format.MessageToDict(response.object))}
        if request.custom:
            outputs["id"] = response.id or rpc.UNKNOWN
            if not response.id:
                outputs["arn"] = rpc.UNKNOWN
        self.recorded.append(
            Recorded(
                type=request.type,
                name=request.name,
                urn=response.urn,
                inputs=inputs,
                outputs=outputs,
                parent=request.parent,
                custom=request.custom,
                dependencies={name: list(found.urns) for name, found in request.propertyDependencies.items()},
                waits_for=list(request.dependencies),
                provider=self._provider(request.provider),
            )
        )
        return response

    def _provider(self, reference: str) -> Mapping[str, Any]:
        """Return the inputs of a provider by the reference to it, its URN and id."""
        urn = reference.rpartition("::")[0]
        return next((found.inputs for found in self.recorded if urn and found.urn == urn), {})


def record(
    program: Callable[[], object],
    *,
    preview: bool = False,
    project: str = "watershed",
    stack: str = "test",
    config: Mapping[str, str] | None = None,
) -> list[Recorded]:
    """Run a program and return what it declared; with `preview`, what AWS alone can tell is unknown."""
    recorder = _Recorder(_Mocks(preview, _account(config or {})))

    async def run() -> None:
        SETTINGS.rpc_manager.clear()
        SETTINGS.outputs.clear()
        # Otherwise the stack resource of the program before stays, with its name.
        set_root_resource(None)  # type: ignore[arg-type]
        pulumi.runtime.set_all_config(dict(config or {}))
        set_mocks(recorder.mocks, project=project, stack=stack, preview=preview, monitor=recorder)
        await run_pulumi_func(lambda: _declared(program))

    asyncio.run(run())
    return recorder.recorded


def _account(config: Mapping[str, str]) -> str:
    """The account that the stack is bound to, where AWS would make what it declares."""
    allowed: list[str] = json.loads(config.get("aws:allowedAccountIds", "[]"))
    return allowed[0] if allowed else ACCOUNT


def _ids(value: Any) -> Any:
    """Values as the engine shows them to policies: a resource is its id."""
    if isinstance(value, dict):
        if rpc._special_resource_sig in value.values():
            return value["id"]
        return {key: _ids(part) for key, part in value.items()}
    return [_ids(part) for part in value] if isinstance(value, list) else value


def _is_document(name: str, value: Any) -> bool:
    return name in ("policy", "assumeRolePolicy") and isinstance(value, (dict, list))


def _declared(program: Callable[[], object]) -> None:
    program()


def check(
    resources: Sequence[Recorded],
    *,
    profile: str = "baseline",
    stack: str | None = None,
    settings: Settings | None = None,
    exemptions: Exemptions | None = None,
    only: str | None = None,
) -> list[Violation]:
    """Return what the pack says of recorded resources; `only` keeps the violations of one rule."""
    rules = registry.load()
    if stack:
        settings = load_settings(locate(stack), rules.rules, rules.services)
    judged = settings or Settings(profile=profile, required_tags=REQUIRED_TAGS)
    found = analyze(pack.policies(Evaluation(rules, judged, exemptions or Exemptions())), resources)
    return [violation for violation in found if only in (None, violation.rule_id)]


def analyze(policies: list[Any], resources: Sequence[Recorded]) -> list[Violation]:
    """Send recorded resources through pulumi_policy's analyzer service: each by itself, then all together."""
    service: Any = _PolicyAnalyzerServicer("watershed", "0.0.1", policies, EnforcementLevel.MANDATORY)
    found: list[Violation] = []
    for resource in resources:
        request = analyzer_pb2.AnalyzeRequest(
            type=resource.type,
            name=resource.name,
            urn=resource.urn,
            properties=_struct(resource.inputs),
            provider=analyzer_pb2.AnalyzerProviderResource(properties=_struct(resource.provider)),
        )
        found += [_violation(diagnostic, resource.urn) for diagnostic in service.Analyze(request, None).diagnostics]
    request = analyzer_pb2.AnalyzeStackRequest(resources=[_stack_resource(resource) for resource in resources])
    found += [_violation(diagnostic, diagnostic.urn) for diagnostic in service.AnalyzeStack(request, None).diagnostics]
    return found


def ids(violations: Sequence[Violation]) -> set[str]:
    """Return the ids of the rules that are broken."""
    return {violation.rule_id for violation in violations}


def changed(resources: Sequence[Recorded], name: str, **inputs: Any) -> list[Recorded]:
    """Return a copy in which the resource of that name has other inputs; None removes one."""
    if name not in {resource.name for resource in resources}:
        raise KeyError(f"no resource is named {name!r}: {sorted(resource.name for resource in resources)}")
    return [_with_inputs(resource, inputs) if resource.name == name else resource for resource in resources]


def without(resources: Sequence[Recorded], *types_or_names: str) -> list[Recorded]:
    """Return a copy that lacks the resources of these types or names."""
    return [resource for resource in resources if not {resource.type, resource.name} & set(types_or_names)]


def _with_inputs(resource: Recorded, inputs: Mapping[str, Any]) -> Recorded:
    given = {name: value for name, value in {**resource.inputs, **inputs}.items() if value is not None}
    outputs = {name: value for name, value in {**resource.outputs, **inputs}.items() if value is not None}
    return replace(resource, inputs=given, outputs=outputs)


def _stack_resource(resource: Recorded) -> analyzer_pb2.AnalyzerResource:
    return analyzer_pb2.AnalyzerResource(
        type=resource.type,
        name=resource.name,
        urn=resource.urn,
        properties=_struct(resource.outputs),
        parent=resource.parent,
        propertyDependencies={
            name: analyzer_pb2.AnalyzerPropertyDependencies(urns=urns) for name, urns in resource.dependencies.items()
        },
    )


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    return json_format.ParseDict(dict(values), struct_pb2.Struct())


def _violation(diagnostic: Any, urn: str) -> Violation:
    message = diagnostic.message.removeprefix(f"{diagnostic.description}\n")
    level = Level.MANDATORY if diagnostic.enforcementLevel == analyzer_pb2.MANDATORY else Level.ADVISORY
    return Violation(re.split(r"[ :]", message, maxsplit=1)[0], level, urn, message)
