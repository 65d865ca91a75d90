"""IAM's wildcards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from watershed_policies.iam import arns
from watershed_policies.iam.patterns import covers, has_wildcard, literal_prefix, matches, overlap

LETTERS = "ab/"
PATTERN = st.text(alphabet=LETTERS + "*?", max_size=6)
TEXT = st.text(alphabet=LETTERS, max_size=6)


@given(PATTERN, PATTERN, TEXT)
def test_patterns_that_match_one_text_overlap(one: str, other: str, text: str) -> None:
    if matches(one, text) and matches(other, text):
        assert overlap(one, other)
        assert overlap(other, one)


@given(PATTERN, TEXT)
def test_a_text_overlaps_a_pattern_only_if_it_matches(pattern: str, text: str) -> None:
    assert overlap(pattern, text) == matches(pattern, text)


@given(PATTERN, PATTERN, TEXT)
def test_what_a_pattern_covers_it_matches(wide: str, narrow: str, text: str) -> None:
    if covers(wide, narrow) and matches(narrow, text):
        assert matches(wide, text)


def test_actions_are_compared_without_case() -> None:
    assert matches("S3:get*", "s3:GetObject")


def test_a_policy_variable_is_no_wildcard() -> None:
    assert not has_wildcard("home/${aws:username}/x")
    assert literal_prefix("home/${*}") == "home/v"


@pytest.mark.parametrize(
    ("pattern", "resource"),
    [
        ("*", "*"),
        ("arn:*", "*"),
        ("arn:aws:s3:::*", "*"),
        ("arn:aws:s3:::a:b", "a:b"),
        ("arn:aws:logs:r:1:log-group:g:*", "log-group:g:*"),
        ("arn:aws:dynamodb*", "*"),
    ],
)
def test_an_arn_pattern_is_taken_apart(pattern: str, resource: str) -> None:
    found = arns.split(pattern)

    assert found is not None
    assert found.resource == resource


@pytest.mark.parametrize("text", ["bucket", "arn:aws:s3", "s3://bucket/key:a:b:c:d"])
def test_what_is_no_arn_is_told(text: str) -> None:
    assert arns.split(text) is None
