"""A pipeline's stages, read back from its state machine, and drawn."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any
from xml.etree import ElementTree

import pytest
from rich.console import Console

from cli.runs.picture import tree
from cli.runs.shape import StageShape, stages_of
from cli.runs.svg import draw
from components.compute.artifacts import VARIABLE
from handlers.runs.states import OF_THE_RUN, stage_of
from tests.policy.harness import record
from tests.unit.pipelines import pipeline
from tests.unit.programs import CONFIG, artifacts


@pytest.fixture(autouse=True, scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    folder = tmp_path_factory.mktemp("artifacts")
    artifacts(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(folder))
        yield


@cache
def definition() -> dict[str, Any]:
    (machine,) = [each for each in record(pipeline, config=CONFIG) if each.type == "aws:sfn/stateMachine:StateMachine"]
    found: dict[str, Any] = json.loads(machine.inputs["definition"])
    return found


def names(stages: tuple[StageShape, ...]) -> list[Any]:
    """Stages as nested lists: of one that holds others, its name, and its ways by their labels."""
    return [(s.name, {way.label: names(way.stages) for way in s.ways}) if s.ways else s.name for s in stages]


def every_state(scope: dict[str, Any]) -> Iterator[str]:
    for name, state in scope["States"].items():
        yield name
        for inner in [*state.get("Branches", []), *([state["ItemProcessor"]] if "ItemProcessor" in state else [])]:
            yield from every_state(inner)


def test_stages_are_read_back_in_their_order_and_with_what_they_hold() -> None:
    assert names(stages_of(definition())) == [
        "wait",
        ("extract", {"on failure": ["clean"]}),
        ("both", {"branch 1": ["cheap"], "branch 2": ["spark", "crawl"]}),
        "check",
        ("large", {"$states.input.check.rows > 10": ["split"], "otherwise": []}),
        ("carriers", {"each item": ["carrier"]}),
        ("files", {"each item": ["file"]}),
        "totals",
        "quality",
    ]


def test_each_kind_of_stage_is_told_from_its_states() -> None:
    kinds = {stage.name: stage.kind for first in stages_of(definition()) for stage in first.all()}
    assert kinds == {
        "wait": "wait-for-data",
        "extract": "fargate",
        "clean": "lambda",
        "both": "parallel",
        "cheap": "fargate",
        "spark": "glue",
        "crawl": "crawler",
        "check": "lambda",
        "large": "choice",
        "split": "lambda",
        "carriers": "for-each",
        "carrier": "lambda",
        "files": "for-each",
        "file": "lambda",
        "totals": "sql",
        "quality": "quality",
    }


def test_every_state_belongs_to_a_stage_or_to_the_run() -> None:
    known = {stage.name for first in stages_of(definition()) for stage in first.all()} | set(OF_THE_RUN)
    assert {stage_of(state) for state in every_state(definition())} == known


def test_the_picture_is_well_formed_and_shows_every_stage() -> None:
    document = draw("daily <&>", stages_of(definition()))
    root = ElementTree.fromstring(document)
    texts = {element.text for element in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {stage.name for first in stages_of(definition()) for stage in first.all()} <= texts
    assert root.attrib["aria-label"] == "daily <&>"


def test_no_two_boxes_of_the_picture_overlap_but_those_that_hold_each_other() -> None:
    root = ElementTree.fromstring(draw("daily", stages_of(definition())))
    boxes = []
    for rect in root.iter("{http://www.w3.org/2000/svg}rect"):
        if rect.attrib.get("class") in ("box", "frame"):
            x, y, w, h = (float(rect.attrib[key]) for key in ("x", "y", "width", "height"))
            boxes.append((x, y, x + w, y + h))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    assert len(boxes) > 15
    for a in boxes:
        assert a[0] >= 0
        assert a[1] >= 0
        assert a[2] <= width
        assert a[3] <= height
        for b in boxes:
            apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
            within = (a[0] >= b[0] and a[1] >= b[1] and a[2] <= b[2] and a[3] <= b[3]) or (
                b[0] >= a[0] and b[1] >= a[1] and b[2] <= a[2] and b[3] <= a[3]
            )
            assert apart or within, (a, b)


def test_the_terminals_picture_is_a_tree_of_the_stages() -> None:
    console = Console(width=100, record=True, file=open("/dev/null", "w"))  # noqa: SIM115, PTH123
    console.print(tree("daily", stages_of(definition())))
    shown = console.export_text()
    assert "extract fargate" in shown
    assert shown.index("branch 2") < shown.index("spark") < shown.index("check")
