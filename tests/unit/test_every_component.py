"""What holds for every component, whatever it is."""

import re
from collections.abc import Callable, Iterator

import pulumi
import pulumi_aws as aws
import pytest
from watershed_policies import registry
from watershed_policies.settings import Settings, load, locate

import components
from components import Component
from components.core.tags import REQUIRED_TAGS
from local.provider import supported_types
from tests.policy.harness import Recorded, check, record
from tests.unit.programs import CONFIG, PROGRAMS, ROOT, STACKS, platform, stack_config


def recorded(name: str, *, preview: bool = False) -> list[Recorded]:
    return record(PROGRAMS[name], preview=preview, config=CONFIG)


def aws_resources(resources: list[Recorded]) -> Iterator[Recorded]:
    return (resource for resource in resources if resource.type.startswith("aws:"))


def taggable(resource: Recorded) -> bool:
    """Whether AWS knows tags for it: pulumi-aws's class says so."""
    _, module, name = resource.type.split(":")
    domain = module.split("/")[0]
    return hasattr(getattr(getattr(aws, {"lambda": "lambda_"}.get(domain, domain)), name), "tags_all")


def test_every_public_component_has_a_program_here() -> None:
    public = {name for name in components.__all__ if _is_component(getattr(components, name))}
    tried = {name.split(" ")[0] for name in PROGRAMS}
    assert public - tried == {"Component", "Platform"}


def _is_component(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, Component)


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize("name", PROGRAMS)
def test_the_whole_policy_pack_has_nothing_to_say(name: str, preview: bool) -> None:
    assert [violation.message for violation in check(recorded(name, preview=preview))] == []


def levels(stack: str) -> Settings:
    """The levels that the pack's config file gives the stack."""
    known = registry.load()
    return load(locate(stack, {}), known.rules, known.services)


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize("stack", STACKS)
def test_the_whole_policy_pack_has_nothing_to_say_of_a_shipped_stack(stack: str, preview: bool) -> None:
    resources = record(platform, preview=preview, stack=stack, config=stack_config(stack))
    assert [violation.message for violation in check(resources, settings=levels(stack))] == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_taggable_resource_carries_the_platforms_tags(name: str) -> None:
    untagged = [
        resource.name
        for resource in aws_resources(recorded(name))
        if taggable(resource) and not set(REQUIRED_TAGS) <= set(resource.inputs.get("tags", {}))
    ]
    assert untagged == []


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_resource_belongs_to_a_component_and_is_named_after_it(name: str) -> None:
    resources = recorded(name)
    parents = {resource.urn: resource for resource in resources}
    for resource in aws_resources(resources):
        parent = parents[resource.parent]
        assert parent.type.startswith("watershed:")
        assert resource.name.startswith(parent.name)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_component_has_the_type_token_of_its_domain(name: str) -> None:
    tokens = {resource.type for resource in recorded(name) if resource.type.startswith("watershed:")}
    assert tokens
    assert all(re.fullmatch(r"watershed:[a-z]+:[A-Z][A-Za-z]+", token) for token in tokens)


@pytest.mark.parametrize("name", PROGRAMS)
def test_no_output_became_a_text_by_accident(name: str) -> None:
    assert "Calling __str__ on an Output" not in str(recorded(name))


def test_a_components_callers_options_stay_with_the_component() -> None:
    def program() -> None:
        components.EncryptionKey("key", opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="old")], protect=False))

    resources = record(program, config=CONFIG)
    assert [resource.name for resource in resources if resource.type == "aws:kms/key:Key"] == ["key"]


def examples() -> list[str]:
    return sorted(str(path.relative_to(ROOT)) for path in (ROOT / "components").glob("*/README.md"))


def example(readme: str) -> Callable[[], object]:
    """The README's example, importing from the checkout what users import from the wheel."""
    text = (ROOT / readme).read_text("utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL)
    return lambda: exec(compile(code.replace("from watershed.components", "from components"), readme, "exec"), {})


@pytest.mark.parametrize("readme", examples())
def test_a_domains_readme_has_an_example_that_the_policy_pack_accepts(readme: str) -> None:
    resources = record(example(readme), project="sales", stack="dev", config=CONFIG)
    assert any(resource.type.startswith("watershed:") for resource in resources)
    assert [violation.message for violation in check(resources)] == []


def test_every_domain_has_a_readme() -> None:
    domains = {path.parent.name for path in (ROOT / "components").glob("*/__init__.py")}
    assert domains == {readme.split("/")[1] for readme in examples()}


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_local_stage_knows_every_resource_type(name: str) -> None:
    assert {resource.type for resource in aws_resources(recorded(name))} <= set(supported_types())
