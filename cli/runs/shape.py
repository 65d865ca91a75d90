"""A pipeline's stages as its state machine has them: what kind each is, and which hold others."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..siblings import sibling

States = Mapping[str, Mapping[str, Any]]

_KINDS = {
    "ecs:runTask": "fargate",
    "lambda:invoke": "lambda",
    "glue:startJobRun": "glue",
    "aws-sdk:glue:startCrawler": "crawler",
    "athena:startQueryExecution": "sql",
    "aws-sdk:s3:listObjectsV2": "sql",
}
"""By the integration of the state that has the stage's name; a SQL stage that replaces a partition lists it first."""


@dataclass(frozen=True)
class Way:
    """Stages in a row inside another: a branch, the stages of a loop, what a choice leads to."""

    label: str
    stages: tuple["StageShape", ...]


@dataclass(frozen=True)
class StageShape:
    """One stage."""

    name: str
    kind: str
    states: tuple[str, ...]
    """The states that it is made of, without those of stages inside it."""
    ways: tuple[Way, ...] = ()

    def all(self) -> Iterator["StageShape"]:
        """Yield it, and all stages inside it."""
        yield self
        for way in self.ways:
            for stage in way.stages:
                yield from stage.all()


def stages_of(definition: Mapping[str, Any]) -> tuple[StageShape, ...]:
    """Return the stages of a pipeline's definition, in the order in which they run."""
    states: States = definition["States"]
    begin = sibling("handlers.runs.states").OF_THE_RUN
    first = states[begin[1]]["Default"]
    return _row(first, begin[3], states)


def _row(entry: str, end: str, states: States) -> tuple[StageShape, ...]:
    """Return the stages from a state on, until the state where the row ends."""
    found = []
    while entry != end and entry in states:
        stage, entry = _stage(entry, states)
        if stage is not None:
            found.append(stage)
    return tuple(found)


def _stage(entry: str, states: States) -> tuple[StageShape | None, str]:
    """Return the stage that a state begins, and the state after it."""
    name = sibling("handlers.runs.states").stage_of(entry)
    if name not in states:
        # The end of a branch, which is a state of the stage around it.
        return None, str(states[entry].get("Next", ""))
    own = _own(name, states)
    main = states[name]
    if main["Type"] == "Choice":
        return _choice(name, own, states)
    after = _after(entry, name, states)
    return StageShape(name, _kind(name, states), own, (*_inside(main), *_cleaning(name, own, states))), after


def _own(name: str, states: States) -> tuple[str, ...]:
    stage_of = sibling("handlers.runs.states").stage_of
    return tuple(state for state in states if stage_of(state) == name)


def _after(entry: str, name: str, states: States) -> str:
    """Return the state that follows a stage: its first state knows, where it can be gone past."""
    stage_of = sibling("handlers.runs.states").stage_of
    state, seen = entry, set()
    while state and state not in seen and stage_of(state) == name:
        seen.add(state)
        here = states[state]
        ways = [choice["Next"] for choice in here.get("Choices", ())]
        following = [here.get("Next"), *ways, here.get("Default")]
        out = [each for each in following if each and stage_of(each) != name]
        if out:
            return str(out[0])
        state = next((each for each in following if each and each not in seen), "")
    return ""


def _choice(name: str, own: Sequence[str], states: States) -> tuple[StageShape, str]:
    main = states[name]
    ways = [(str(way["Condition"])[3:-3], way["Next"]) for way in main["Choices"]]
    ways.append(("otherwise", main["Default"]))
    chains = [_chain(entry, states) for _, entry in ways]
    end = next((entry for entry in chains[0] if all(entry in chain for chain in chains)), "")
    inner = tuple(Way(label, _row(entry, end, states)) for label, entry in ways)
    return StageShape(name, "choice", tuple(own), inner), end


def _chain(entry: str, states: States) -> list[str]:
    """Return where each stage from a state on begins, to the end."""
    found = []
    while entry and entry in states and entry not in found:
        found.append(entry)
        _, entry = _stage(entry, states)
    return found


def _inside(main: Mapping[str, Any]) -> tuple[Way, ...]:
    branches = [*main.get("Branches", ()), *([main["ItemProcessor"]] if "ItemProcessor" in main else [])]
    label = "branch {}" if "Branches" in main else "each item"
    return tuple(
        Way(label.format(number), _row(branch["StartAt"], "", branch["States"]))
        for number, branch in enumerate(branches, start=1)
    )


def _cleaning(name: str, own: Sequence[str], states: States) -> tuple[Way, ...]:
    """Return the stages that clean up after a failure, which a state of the stage that fails leads to."""
    caught = [way["Next"] for state in own for way in states[state].get("Catch", ()) if way["Next"] not in own]
    return (Way("on failure", _row(caught[0], f"{name} failed after cleaning up", states)),) if caught else ()


def _kind(name: str, states: States) -> str:
    main = states[name]
    if main["Type"] in ("Parallel", "Map"):
        return "parallel" if main["Type"] == "Parallel" else "for-each"
    if main["Type"] == "Pass":
        return "wait-for-data"
    integration = str(main.get("Resource", "")).rpartition(":::")[2].partition(".")[0]
    kind = _KINDS.get(integration, integration)
    return "quality" if kind == "sql" and f"{name} results" in states else kind
