"""Grants that are gathered into fewer statements allow what they allowed apart, and nothing else."""

import importlib
import itertools
import json
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from components.core import Statement
from components.core.gathering import merged

ACTION = "s3:GetObject"
RESOURCES = ("arn:aws:s3:::a", "arn:aws:s3:::b")
VALUES = ("x", "y")
OPERATORS = ("StringEquals", "StringNotEquals", "ForAllValues:StringEquals")
KEYS = ("s3:prefix", "aws:PrincipalTag/team")

conditions = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(st.sampled_from(KEYS), st.sampled_from([*VALUES, VALUES]), min_size=1, max_size=1),
    max_size=2,
)


@st.composite
def alike(draw: st.DrawFn) -> list[Statement]:
    """Statements that differ in their resources, or in the values of their conditions: those that are merged."""
    effect = draw(st.sampled_from(["Allow", "Deny"]))
    shape = draw(conditions)

    def one() -> Statement:
        return Statement(
            actions=[ACTION],
            resources=[draw(st.sampled_from(RESOURCES))],
            conditions={
                operator: {key: draw(st.sampled_from([value, *VALUES])) for key, value in keys.items()}
                for operator, keys in shape.items()
            },
            effect="Allow" if effect == "Allow" else "Deny",
        )

    return [one() for _ in range(draw(st.integers(2, 4)))]


def decision(given_statements: Sequence[Statement], resource: str, context: dict[str, str]) -> str:
    """What IAM says, as the emulator evaluates it."""
    evaluator = importlib.import_module("ministack.core.iam_evaluator")
    document = {"Version": "2012-10-17", "Statement": [statement.as_document() for statement in given_statements]}
    asked = evaluator.EvalContext(
        principal_arn="arn:aws:iam::1:role/r",
        principal_type="AssumedRole",
        principal_account="1",
        action=ACTION,
        resource_arn=resource,
        region="eu-west-1",
        service_context={key.lower(): value for key, value in context.items()},
    )
    parsed = evaluator.parse_policy_document(json.loads(json.dumps(document)))
    return str(evaluator.evaluate(asked, [parsed]).decision)


REQUESTS = [
    (resource, dict(zip(KEYS, values, strict=True)))
    for resource in RESOURCES
    for values in itertools.product(["", *VALUES, "other"], repeat=len(KEYS))
]


@given(st.lists(alike(), min_size=1, max_size=2))
def test_merged_statements_decide_as_they_did_apart(groups: list[list[Statement]]) -> None:
    apart = [statement for group in groups for statement in group]
    together = merged(apart)
    for resource, values in REQUESTS:
        context = {key: value for key, value in values.items() if value}
        assert decision(together, resource, context) == decision(apart, resource, context)


def test_statements_that_differ_in_resources_or_in_one_condition_become_one() -> None:
    def read(prefix: str) -> Statement:
        return Statement(
            actions=["s3:ListBucket"],
            resources=["arn:aws:s3:::lake"],
            conditions={"StringEquals": {"aws:PrincipalTag/team": "a"}, "StringLike": {"s3:prefix": [prefix]}},
        )

    (one,) = merged([read("a/*"), read("b/*"), read("a/*")])
    assert one.conditions["StringLike"] == {"s3:prefix": ["a/*", "b/*"]}
    (two,) = merged(Statement(actions=["s3:GetObject"], resources=[resource]) for resource in RESOURCES)
    assert list(two.resources) == list(RESOURCES)
