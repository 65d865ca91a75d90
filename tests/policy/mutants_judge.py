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

    from tests.policy.harness import Recorded
    from tests.policy.mutations import Mutant

RULES = registry.load()
STRICT = Settings(profile="strict", required_tags=REQUIRED_TAGS)

Said = set[tuple[str, str, str]]


class Judge:
    """The rules on one program, and what they say of it as it is."""

    def __init__(self, resources: Sequence[Recorded]) -> None:
        self._original = {resource.urn: resource for resource in resources}
        self._before = _said(resources, resources)

    def catches(self, mutant: Mutant) -> bool:
        """Say whether a rule finds fault with the mutant that it did not find with the program."""
        changed = [each for each in mutant.resources if self._original[each.urn] is not each]
        return bool(_said(changed, mutant.resources) - self._before)


def _said(changed: Iterable[Recorded], resources: Sequence[Recorded]) -> Said:
    evaluation = Evaluation(RULES, STRICT, Exemptions())
    seen = [_seen(resource) for resource in resources]
    # What `resource` keeps of each resource it judges.
    evaluation._inputs = {resource.urn: resource for resource in seen}
    urns = {resource.urn for resource in changed}
    found = [violation for resource in seen if resource.urn in urns for violation in evaluation.resource(resource)]
    return {(violation.rule_id, violation.urn, violation.message) for violation in [*found, *evaluation.stack(seen)]}


def _seen(resource: Recorded) -> Resource:
    return Resource(
        resource.type, resource.name, resource.urn, resource.inputs, resource.outputs, resource.dependencies
    )
