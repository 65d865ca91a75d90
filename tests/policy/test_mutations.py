"""The rules notice when a secure property of our components is removed or weakened: they are killed by mutation."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from components.compute import artifacts as found_artifacts
from tests.policy.harness import check, record
from tests.policy.mutants_judge import Judge
from tests.policy.mutations import mutants, shown
from tests.unit.programs import CONFIG, PROGRAMS, STACKS, artifacts, platform, stack_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.policy.harness import Recorded
    from tests.policy.mutations import Mutant

SHARE = 0.98


@dataclass(frozen=True)
class Harmless:
    """Mutants that no rule has to notice, and why."""

    pattern: str
    within: str
    programs: tuple[str, ...]
    reason: str

    def covers(self, program: str, mutant: Mutant) -> bool:
        if self.programs and program not in self.programs:
            return False
        return self.within in mutant.within and bool(_pattern(self.pattern).fullmatch(mutant.what))


@dataclass
class Outcome:
    """What became of all mutants."""

    tried: set[tuple[str, ...]] = field(default_factory=set)
    caught: int = 0
    survivors: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    needed: set[Harmless] = field(default_factory=set)

    def __str__(self) -> str:
        lines = [f"  {what}: {len(where)} times, first in {where[0]}" for what, where in sorted(self.survivors.items())]
        return "\n".join(["no rule notices:", *lines])


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, text.split("*"))))


def harmless() -> list[Harmless]:
    entries = tomllib.loads((Path(__file__).parent / "harmless.toml").read_text("utf-8"))["harmless"]
    return [
        Harmless(text, each.get("within", ""), tuple(each.get("programs", ())), each["reason"])
        for each in entries
        for text in each["mutants"]
    ]


def graphs() -> Iterator[tuple[str, list[Recorded]]]:
    for name, program in PROGRAMS.items():
        yield name, shown(record(program, config=CONFIG))
    for stack in STACKS:
        yield stack, shown(record(platform, stack=stack, config=stack_config(stack)))


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    folder = tmp_path_factory.mktemp("artifacts")
    artifacts(folder)
    known, found = harmless(), Outcome()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(found_artifacts.VARIABLE, str(folder))
        for name, resources in graphs():
            _try(name, resources, known, found)
    return found


def _try(name: str, resources: list[Recorded], known: list[Harmless], found: Outcome) -> None:
    judge = Judge(resources)
    for mutant in mutants(resources):
        # The stacks are the same program: what differs between them is tried in each, the rest once.
        key = (name if name in PROGRAMS else "", mutant.what, mutant.name, mutant.change)
        if key in found.tried:
            continue
        found.tried.add(key)
        if judge.catches(mutant):
            found.caught += 1
            continue
        excuses = [entry for entry in known if entry.covers(name, mutant)]
        found.needed.update(excuses)
        if not excuses:
            found.survivors[mutant.what].append(f"{name}: {mutant.name}")


def test_nearly_every_weakening_that_matters_is_noticed_by_a_rule(outcome: Outcome) -> None:
    survived = sum(map(len, outcome.survivors.values()))

    assert outcome.caught > 10_000
    assert outcome.caught / (outcome.caught + survived) >= SHARE, str(outcome)


def test_every_excuse_is_needed_and_has_a_reason(outcome: Outcome) -> None:
    entries = harmless()

    assert {entry.pattern for entry in entries} == {entry.pattern for entry in outcome.needed}
    assert all(len(entry.reason.split()) >= 3 for entry in entries)


@pytest.mark.parametrize(
    "what",
    [
        "s3.BucketPublicAccessBlock.blockPublicAcls: flipped",
        "s3.BucketPublicAccessBlock: removed",
        "s3.BucketPolicy.policy Deny DenyInsecureTransport: removed",
        "kms.Key.enableKeyRotation: removed",
    ],
)
def test_the_judge_says_of_a_mutant_what_the_whole_pack_says(what: str) -> None:
    original = record(PROGRAMS["Bucket"], config=CONFIG)
    (mutant, *_) = [each for each in mutants(original) if each.what == what]

    assert check(original, profile="strict") != check(list(mutant.resources), profile="strict")
    assert Judge(original).catches(mutant)
    assert not Judge(mutant.resources).catches(mutant)
