"""Says whether the rules notice a mutant; quicker than the whole pack, because only what changed is judged anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from watershed_policies import registry
from watershed_policies.evaluation import Evaluation
from watershed_policies.exemptions import Exemptions
from watershed_policies.resource import Resource
from watershed_policies.settings import Settings

from tests.policy.harness import REQUIRED_TAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from watershed_policies.evaluation import Violation

    from tests.policy.harness import Recorded
    from tests.policy.mutations import Mutant

RULES = registry.load()
STRICT = Settings(profile="strict", required_tags=REQUIRED_TAGS)

Said = set[tuple[str, str, str]]


class Judge:
    """The rules on one program, and what they say of it as it is."""

    def __init__(self, resources: Sequence[Recorded]) -> None:
        self._original = {resource.urn: resource for resource in resources}
        self._seen = {resource.urn: _seen(resource) for resource in resources}
        self._evaluation = Evaluation(RULES, STRICT, Exemptions())
        seen = list(self._seen.values())
        self._before = self._of_each(seen, seen) | self._of_all(seen)

    def catches(self, mutant: Mutant) -> bool:
        """Say whether a rule finds fault with the mutant that it did not find with the program."""
        changed = [_seen(each) for each in mutant.resources if self._original[each.urn] is not each]
        anew = {each.urn: each for each in changed}
        seen = [anew.get(each.urn) or self._seen[each.urn] for each in mutant.resources]
        # Rules on the whole program take longest, and most mutants are caught without them.
        return bool(self._of_each(changed, seen) - self._before or self._of_all(seen) - self._before)

    def _of_each(self, judged: Iterable[Resource], resources: Iterable[Resource]) -> Said:
        # What `resource` keeps of each resource it judges.
        self._evaluation._inputs = {resource.urn: resource for resource in resources}
        return _said(violation for resource in judged for violation in self._evaluation.resource(resource))

    def _of_all(self, resources: Sequence[Resource]) -> Said:
        return _said(self._evaluation.stack(resources))


def _said(violations: Iterable[Violation]) -> Said:
    return {(violation.rule_id, violation.urn, violation.message) for violation in violations}


def _seen(resource: Recorded) -> Resource:
    return Resource(
        resource.type, resource.name, resource.urn, resource.inputs, resource.outputs, resource.dependencies
    )
