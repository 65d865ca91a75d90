"""Create, read, update and delete of one resource: the order of its AWS calls and what they mean for its state."""

import time
from collections.abc import Iterable, Mapping
from typing import Any

from .aws import AwsError
from .binding import BoundPart, BoundResource
from .calls import BoundCall
from .checking import DEFAULTS, deployed
from .identifiers import identifier_of, names_in_ids, parts_of, strings
from .table import Session, State
from .values import UNKNOWN, Secret

SETTLE_SECONDS = 120


class Unfinished(Exception):  # noqa: N818  the resource exists: state must keep it
    """The resource was created, but not all of its properties could be set."""

    def __init__(self, identifier: str, outputs: State, cause: Exception) -> None:
        super().__init__(str(cause))
        self.identifier, self.outputs = identifier, outputs


def create(resource: BoundResource, inputs: Mapping[str, Any], session: Session) -> tuple[str, State]:
    """Create the resource in AWS; its id and outputs."""
    state = deployed(inputs)
    state.update(_computed(resource, state, session))
    if resource.resource.support == "recorded":
        return identifier_of(resource, state), _outputs(resource, inputs, state)
    answer = resource.create.run(state, session)
    _add(state, resource.create.properties(answer, state) or {})
    state.update(_computed(resource, state, session))
    identifier = identifier_of(resource, state)
    try:
        given = {name: value for name, value in state.items() if name in inputs or name not in resource.schema.inputs}
        for part in resource.parts:
            _set_at_creation(resource, part, given, session)
        if resource.tags and "tagsAll" not in resource.create.sent and state.get("tagsAll"):
            resource.tags.change({}, state["tagsAll"], state, session)
        return identifier, _outputs(resource, inputs, _after_write(resource, state, session))
    except (AwsError, ValueError) as error:
        raise Unfinished(identifier, _outputs(resource, inputs, state), error) from error


def expected(resource: BoundResource, inputs: Mapping[str, Any], session: Session) -> State:
    """What a preview knows of the outputs of a resource that is to be created."""
    outputs = _outputs(resource, inputs, {**deployed(inputs), "region": session.region})
    for name in resource.schema.outputs:
        if name not in outputs:
            outputs[name] = UNKNOWN
    return _only_known_tags(inputs, outputs)


def read(resource: BoundResource, identifier: str, state: State, session: Session) -> State | None:
    """What AWS says of the resource: its plain properties, or None when it is gone."""
    known = state or parts_of(resource, identifier)
    if resource.resource.support == "recorded":
        return known
    found: State = {}
    for index, call in enumerate(resource.read):
        properties = _read_one(call, {**known, **found}, session)
        if properties is None:
            if index == 0 or not call.call.optional:
                return None
            continue
        found.update({name: value for name, value in properties.items() if value is not None})
    whole = {**known, **found}
    whole.update(_computed(resource, whole, session))
    if resource.tags:
        found["tagsAll"] = resource.tags.read(whole, session)
    if "tagsAll" in resource.schema.properties:
        found.setdefault("tagsAll", {})
    if "tags" in resource.schema.properties:
        found["tags"] = found["tagsAll"]
    found = {**{name: known[name] for name in names_in_ids(resource) if name in known}, **found}
    if resource.resource.after_read:
        found.update(resource.resource.after_read({**known, **found}, session))
    found.update(_computed(resource, {**known, **found}, session))
    return found


def update(
    resource: BoundResource,
    old: State,
    inputs: Mapping[str, Any],
    changes: Iterable[str],
    session: Session,
) -> State:
    """Change the resource in AWS; its outputs. `old` holds the deployed inputs and outputs, plain."""
    changed = set(changes)
    state = merged(resource, old, inputs)
    state.update(_computed(resource, state, session))
    if resource.resource.support == "recorded":
        return _outputs(resource, inputs, state)
    if resource.resource.puts and changed & resource.created:
        _add(state, resource.create.properties(resource.create.run(state, session), state) or {}, over=True)
    for part in resource.parts:
        if part.properties & changed:
            _change(resource, part, old, state, part.properties & changed, session)
            _wait(resource, state, session)
    if resource.tags and "tags" in changed:
        resource.tags.change(old.get("tagsAll") or {}, state.get("tagsAll") or {}, state, session)
    return _outputs(resource, inputs, _after_write(resource, state, session))


def expected_update(resource: BoundResource, old: State, inputs: Mapping[str, Any], changes: Iterable[str]) -> State:
    """What a preview knows of the outputs of a resource that is to be changed."""
    changed = set(changes)
    outputs = _outputs(resource, inputs, merged(resource, old, inputs))
    for name, causes in resource.resource.volatile.items():
        if changed & set(causes) if causes else changed - {"tags"}:
            outputs[name] = UNKNOWN
    return _only_known_tags(inputs, outputs)


def delete(resource: BoundResource, old: State, session: Session) -> None:
    """Delete the resource from AWS; that it is gone already is fine."""
    if resource.resource.support == "recorded" or old.get("skipDestroy"):
        return
    try:
        if resource.resource.before_delete:
            resource.resource.before_delete(old, session)
        for call in resource.delete:
            call.run(old, session)
    except AwsError as error:
        if not error.absent:
            raise


def merged(resource: BoundResource, old: State, inputs: Mapping[str, Any]) -> State:
    """The state an update aims at: new inputs over what only AWS knows."""
    kept = {name: value for name, value in old.items() if name not in resource.schema.inputs and name != "tagsAll"}
    return {**kept, **deployed(inputs)}


def _set_at_creation(resource: BoundResource, part: BoundPart, state: State, session: Session) -> None:
    mine = part.properties - resource.created
    wanted = {name for name in mine if state.get(name) is not None}
    if part.part.switch:
        wanted &= {part.part.switch}
    if all(state[name] == part.part.initially.get(name) for name in wanted):
        return
    if part.part.switch or part.wanted(state):
        _apply(part, {}, state, wanted if part.part.partial or part.part.one_by_one else None, session)


def _change(
    resource: BoundResource, part: BoundPart, old: State, state: State, changed: Iterable[str], session: Session
) -> None:
    target = dict(state)
    if part.part.merges and part.wanted(state):
        for name in part.properties:
            if target.get(name) is None and old.get(name) is not None:
                target[name] = _reset(resource, name, old[name])
    _apply(part, old, target, changed if part.part.partial or part.part.one_by_one else None, session)


def _apply(part: BoundPart, old: State, state: State, only: Iterable[str] | None, session: Session) -> None:
    if part.part.code:
        part.part.code(old, state, session)
    elif part.put and part.part.one_by_one:
        for name in sorted(only or ()):
            part.put.run_attribute(name, state, session)
    elif part.put and part.wanted(state):
        part.put.run(state, session, only)
    elif part.clear:
        try:
            part.clear.run(state, session)
        except AwsError as error:
            if not error.absent:
                raise


def _reset(resource: BoundResource, name: str, old: Any) -> Any:
    if name in resource.resource.reset:
        value = resource.resource.reset[name]
        return value(old) if callable(value) else value
    empty = {str: "", list: [], dict: {}, bool: False}.get(type(old))
    if empty is None:
        raise ValueError(f"AWS cannot unset {name} (it is {old}); set it to the value it shall have")
    return empty


def _after_write(resource: BoundResource, state: State, session: Session) -> State:
    """The state as AWS has it once the write has settled."""
    if not resource.read:
        return state
    _wait(resource, state, session)
    found = read(resource, identifier_of(resource, state), state, session)
    if found is None:
        raise AwsError(resource.resource.service, "read", "NotFound", "the resource is not there after it was written")
    return {**state, **found}


def _wait(resource: BoundResource, state: State, session: Session) -> None:
    first = resource.read[0] if resource.read else None
    if first is None or not first.call.until:
        return
    deadline = time.monotonic() + SETTLE_SECONDS
    while not first.settled(first.run(state, session), state):
        if time.monotonic() > deadline:
            wanted = ", ".join(f"{name}={value}" for name, value in first.call.until.items())
            raise AwsError(
                resource.resource.service, first.call.operation, "Timeout", f"no {wanted} after {SETTLE_SECONDS} s"
            )
        time.sleep(0.1)


def _read_one(call: BoundCall, state: State, session: Session) -> State | None:
    try:
        return call.properties(call.run(state, session), state)
    except AwsError as error:
        if error.absent:
            return None
        raise


def _outputs(resource: BoundResource, inputs: Mapping[str, Any], state: Mapping[str, Any]) -> State:
    """State for the engine: inputs as the program gave them (secrets wrapped), and what AWS added."""
    outputs = {name: value for name, value in state.items() if name in resource.schema.properties}
    outputs.update({name: value for name, value in inputs.items() if name != DEFAULTS})
    if "tagsAll" in resource.schema.properties and "tags" in outputs:
        outputs["tagsAll"] = outputs["tags"]
    for name in resource.resource.secrets:
        if name in outputs and not isinstance(outputs[name], Secret):
            outputs[name] = Secret(outputs[name])
    return outputs


def _only_known_tags(inputs: Mapping[str, Any], outputs: State) -> State:
    if "tagsAll" in outputs:
        outputs["tagsAll"] = inputs.get("tags", {})
    return outputs


def _add(state: State, found: State, over: bool = False) -> None:
    for name, value in found.items():
        if value is not None and (over or name not in state):
            state[name] = value


def _computed(resource: BoundResource, state: Mapping[str, Any], session: Session) -> State:
    here = {"region": session.region, "account": session.account, "partition": session.partition}
    around = {**here, **({"endpoint": session.endpoint} if session.endpoint else {}), **strings(state)}
    computed: State = {}
    if "region" in resource.schema.properties:
        computed["region"] = state.get("region") or session.region
    for name, template in resource.resource.computed.items():
        if name in resource.schema.inputs and state.get(name) is not None:
            continue
        try:
            computed[name] = template.format_map({**around, **computed})
        except KeyError:
            continue
    return computed
