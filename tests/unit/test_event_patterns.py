"""Event patterns: what is refused, and what matches, beside the emulated EventBridge's own matcher."""

import json
import re
import string
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from ministack.services import eventbridge  # type: ignore[import-untyped]

from components.events.patterns import MAX_PATTERN, PatternError, check, matches

OBJECT = {"detail": {"bucket": {"name": "raw"}, "object": {"key": "landing/a.csv", "size": 7}}}


def detail(**fields: Any) -> dict[str, Any]:
    return {"detail": fields}


@pytest.mark.parametrize(
    ("pattern", "said"),
    [
        ({}, "the pattern: give fields"),
        ({"source": "aws.s3"}, r'source: give a list of values, \["aws\.s3"\]'),
        ({"source": []}, "source: an empty list matches nothing"),
        ({"source": [["aws.s3"]]}, "source: .* is no text, number"),
        ({"sources": ["aws.s3"]}, "'sources' is no field of an event: was 'source' meant"),
        ({"detail-typ": ["x"]}, "was 'detail-type' meant"),
        ({"detail": {}}, "detail: give fields"),
        (detail(**{"object.key": ["a"]}), r"detail\.object\.key: a field's name holds no period"),
        (detail(key=[{"prefx": "a"}]), r"detail\.key: 'prefx' is no operator: was 'prefix' meant"),
        (detail(key=[{"regex": "a"}]), "no operator: there are prefix, suffix"),
        (detail(key=[{"prefix": "a", "suffix": "b"}]), "a comparison has one operator"),
        (detail(key=[{}]), "a comparison has one operator"),
        (detail(key=[{"prefix": 5}]), "prefix takes a text"),
        (detail(key=[{"prefix": ""}]), "prefix takes a text that is not empty"),
        (detail(key=[{"suffix": {"prefix": "a"}}]), "suffix takes a text, or"),
        (detail(key=[{"equals-ignore-case": None}]), "equals-ignore-case takes a text"),
        (detail(key=[{"exists": "yes"}]), "exists takes true or false"),
        (detail(key=[{"wildcard": "a**b"}]), r"wildcard takes no two \* in a row"),
        (detail(key=[{"wildcard": "a\\b"}]), "wildcard takes .* before"),
        (detail(ip=[{"cidr": "10.0.0.0"}]), "cidr takes an address and a mask"),
        (detail(ip=[{"cidr": "10.0.0.0/33"}]), "cidr takes an address and a mask"),
        (detail(ip=[{"cidr": "10.0.0.1/32"}]), "cidr takes no single address"),
        (detail(n=[{"numeric": 5}]), "numeric takes"),
        (detail(n=[{"numeric": ["!=", 5]}]), "numeric takes"),
        (detail(n=[{"numeric": [">", "5"]}]), "numeric takes"),
        (detail(n=[{"numeric": [">", True]}]), "numeric takes"),
        (detail(n=[{"numeric": [">", 6_000_000_000]}]), "numbers between -5,000,000,000"),
        (detail(n=[{"numeric": ["<", 5, ">", 0]}]), "the lower bound first"),
        (detail(n=[{"numeric": [">", 5, "<", 5]}]), "a lower bound that is less"),
        (detail(n=[{"anything-but": [1, "a"]}]), "anything-but takes texts, or numbers"),
        (detail(n=[{"anything-but": []}]), "anything-but takes texts, or numbers"),
        (
            detail(n=[{"anything-but": {"cidr": "10.0.0.0/8"}}]),
            "anything-but takes a value, a list of values, or one of",
        ),
        (detail(n=[{"anything-but": {"prefix": ["a", 1]}}]), "anything-but prefix: takes a text"),
        (detail(n=[{"anything-but": {"prefix": []}}]), "anything-but prefix: takes a text"),
        ({"$or": [{"source": ["a"]}]}, r"\$or: give a list of two patterns"),
        ({"$or": {"source": ["a"]}}, r"\$or: give a list of two patterns"),
        ({"$or": [{"source": ["a"]}, "b"]}, r"\$or\[1\]: give fields"),
        (detail(**{"$or": [{"a": [1]}, {"prefix": ["a"]}]}), "'prefix' is an operator, not a field"),
        ({"source": ["a"], "$or": [{"source": ["b"]}, {"account": ["c"]}]}, r"source stands in \$or and beside it"),
        (detail(a=["x"] * 700), "characters, EventBridge accepts 2,048"),
    ],
)
def test_a_pattern_that_eventbridge_would_refuse_is_refused(pattern: dict[str, Any], said: str) -> None:
    with pytest.raises(PatternError, match=said):
        check(pattern)


def test_a_pattern_may_be_as_long_as_eventbridge_takes_it_and_no_longer() -> None:
    pattern = {"source": ["a" * (MAX_PATTERN - len('{"source":[""]}'))]}
    check(pattern)
    with pytest.raises(PatternError, match="2,049 characters"):
        check({"source": [pattern["source"][0] + "a"]})


def test_a_pattern_that_can_be_met_in_too_many_ways_is_refused() -> None:
    either: Any = [{"x": [1]}, {"y": [1]}]
    check(detail(**{field: {"$or": either} for field in "abcdefghi"}))
    with pytest.raises(PatternError, match="more than 1,000 ways"):
        check(detail(**{field: {"$or": either} for field in "abcdefghij"}))


@pytest.mark.parametrize(
    ("pattern", "event", "expected"),
    [
        ({"source": ["aws.s3", "shop"]}, {"source": "shop"}, True),
        ({"source": ["aws.s3"]}, {"source": "aws.s3x"}, False),
        ({"source": ["aws.s3"], "detail-type": ["Object Created"]}, {"source": "aws.s3"}, False),
        (detail(object={"key": [{"prefix": "landing/"}]}), OBJECT, True),
        (detail(object={"key": [{"prefix": "other/"}]}), OBJECT, False),
        (detail(object={"key": [{"prefix": "other/"}, {"suffix": ".csv"}]}), OBJECT, True),
        (detail(object={"key": [{"suffix": {"equals-ignore-case": ".CSV"}}]}), OBJECT, True),
        (detail(object={"key": [{"wildcard": "landing/*.csv"}]}), OBJECT, True),
        (detail(object={"key": [{"wildcard": "landing/*.csv*csv"}]}), OBJECT, False),
        (detail(key=[{"wildcard": "a\\*b*"}]), detail(key="a*bc"), True),
        (detail(key=[{"wildcard": "a\\*b*"}]), detail(key="axbc"), False),
        (detail(key=[{"wildcard": "ab*ba"}]), detail(key="aba"), False),
        (detail(object={"size": [{"numeric": [">", 0, "<=", 7]}]}), OBJECT, True),
        (detail(object={"size": [{"numeric": ["<", 7]}]}), OBJECT, False),
        (detail(n=[{"numeric": [">", 0]}]), detail(n=True), False),
        (detail(n=[{"numeric": [">", 0]}]), detail(n="5"), False),
        (detail(n=[300]), detail(n=300.0), False),
        (detail(n=[1]), detail(n=True), False),
        (detail(n=[None]), detail(n=None), True),
        (detail(n=[None]), detail(), False),
        (detail(n=[{"exists": True}]), detail(n=None), True),
        (detail(n=[{"exists": True}]), detail(n={"a": 1}), False),
        (detail(n=[{"exists": True}]), detail(n=[]), False),
        (detail(n=[{"exists": False}]), detail(m=1), True),
        (detail(n={"m": [{"exists": False}]}), {}, True),
        (detail(n=[{"exists": False}, "a"]), detail(n="a"), True),
        (detail(n=[{"anything-but": "a"}]), detail(n="b"), True),
        (detail(n=[{"anything-but": "a"}]), detail(), False),
        (detail(n=[{"anything-but": ["a", "b"]}]), detail(n="b"), False),
        (detail(n=[{"anything-but": {"prefix": ["x", "y"]}}]), detail(n="yes"), False),
        (detail(n=[{"anything-but": {"wildcard": "*/lib/*"}}]), detail(n="a/bin/b"), True),
        (detail(ip=[{"cidr": "10.0.0.0/24"}]), detail(ip="10.0.0.255"), True),
        (detail(ip=[{"cidr": "10.0.0.0/24"}]), detail(ip="10.0.1.0"), False),
        (detail(ip=[{"cidr": "10.0.0.0/24"}]), detail(ip="no address"), False),
        ({"resources": ["a"]}, {"resources": ["b", ["a"]]}, True),
        (detail(items={"a": [1], "b": [2]}), detail(items=[{"a": 1}, {"b": 2}]), False),
        (detail(items={"a": [1], "b": [2]}), detail(items=[{"a": 1, "b": 2}]), True),
        ({"$or": [{"source": ["a"]}, {"detail": {"n": [1]}}]}, {"source": "b", "detail": {"n": 1}}, True),
        ({"account": ["1"], "$or": [{"source": ["a"]}, {"region": ["r"]}]}, {"account": "2", "source": "a"}, False),
    ],
)
def test_a_pattern_matches_as_the_guide_says(pattern: dict[str, Any], event: dict[str, Any], expected: bool) -> None:
    assert matches(pattern, event) is expected


def test_an_event_with_a_field_that_events_do_not_have_is_no_example() -> None:
    with pytest.raises(PatternError, match="'detail_type' is no field of an event: was 'detail-type' meant"):
        matches({"source": ["a"]}, {"source": "a", "detail_type": "b"})


# What both matchers are tried with. Left out is what they are known to see otherwise: 1 and 1.0, which are one number
# to the emulator and two to the guide, letters whose case has no counterpart, and an empty prefix, which is refused.
TEXTS = st.text(string.ascii_letters[:3] + "AB/.*\\", min_size=0, max_size=5)
WORDS = st.text(string.ascii_letters[:3] + "AB/.", min_size=1, max_size=3)
NUMBERS = st.integers(-3, 3) | st.sampled_from([0.5, -1.5, 2.25])
ADDRESSES = st.sampled_from(["10.0.0.1", "10.0.1.1", "192.168.0.7", "2001:db8::1", "10.0.0", "x"])
LEAVES = st.none() | st.booleans() | NUMBERS | TEXTS | ADDRESSES
NAMES = st.sampled_from(["a", "b", "c"])
NETWORKS = st.sampled_from(["10.0.0.0/24", "10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32"])


def ranges() -> st.SearchStrategy[Any]:
    one = st.tuples(st.sampled_from(["=", "<", "<=", ">", ">="]), NUMBERS).map(list)
    both = st.tuples(st.sampled_from([">", ">="]), NUMBERS, st.sampled_from(["<", "<="]), NUMBERS)
    return one | both.filter(lambda bounds: bounds[1] < bounds[3]).map(list)


def wildcards() -> st.SearchStrategy[str]:
    parts = st.lists(st.sampled_from(["a", "b", "/", "\\*", "\\\\", "*"]), min_size=1, max_size=6)
    return parts.map("".join).filter(lambda text: "**" not in re.sub(r"\\.", "-", text))


def comparisons() -> st.SearchStrategy[dict[str, Any]]:
    affix = WORDS | WORDS.map(lambda word: {"equals-ignore-case": word})
    excluded = (
        WORDS
        | NUMBERS
        | st.lists(WORDS, min_size=1, max_size=2)
        | st.lists(NUMBERS, min_size=1, max_size=2)
        | st.sampled_from(["prefix", "suffix", "equals-ignore-case"]).flatmap(
            lambda name: (WORDS | st.lists(WORDS, min_size=1, max_size=2)).map(lambda words: {name: words})
        )
        | wildcards().map(lambda wildcard: {"wildcard": wildcard})
    )
    return st.one_of(
        affix.map(lambda value: {"prefix": value}),
        affix.map(lambda value: {"suffix": value}),
        WORDS.map(lambda value: {"equals-ignore-case": value}),
        wildcards().map(lambda value: {"wildcard": value}),
        ranges().map(lambda value: {"numeric": value}),
        NETWORKS.map(lambda value: {"cidr": value}),
        st.booleans().map(lambda value: {"exists": value}),
        excluded.map(lambda value: {"anything-but": value}),
    )


VALUES = st.lists(LEAVES | comparisons(), min_size=1, max_size=3)
FIELDS = st.recursive(VALUES, lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=2), max_leaves=4)
PLAIN = st.dictionaries(NAMES, FIELDS, min_size=1, max_size=3)
PATTERNS = PLAIN | st.tuples(PLAIN, st.lists(PLAIN, min_size=2, max_size=3)).map(
    lambda parts: {**parts[0], "$or": parts[1]}
)
DETAILS = st.dictionaries(
    NAMES,
    st.recursive(
        LEAVES,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=3,
)


@settings(max_examples=500, deadline=None)
@given(pattern=PATTERNS, event=DETAILS)
def test_a_pattern_matches_as_the_emulated_eventbridge_says(pattern: dict[str, Any], event: dict[str, Any]) -> None:
    whole = {"detail": pattern}
    theirs = eventbridge._event_from_test_payload({"source": "s", "detail-type": "t", "detail": event})
    assume(not asked_twice(pattern))
    assert eventbridge._event_pattern_error(json.dumps(whole)) is None
    assert matches(whole, {"detail": event}) is eventbridge._matches_pattern(json.dumps(whole), theirs)


def asked_twice(pattern: dict[str, Any]) -> bool:
    """Whether a field stands in $or and beside it, which is refused: EventBridge would forget one."""
    try:
        check({"detail": pattern})
    except PatternError as error:
        return "stands in $or and beside it" in str(error)
    return False


ANY_JSON = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | WORDS, inner, max_size=2), max_leaves=5
)


@settings(max_examples=1_000, deadline=None)
@given(operator=st.sampled_from(["prefix", "wildcard", "numeric", "cidr", "anything-but", "exists"]), operand=ANY_JSON)
def test_what_the_emulated_eventbridge_refuses_is_refused(operator: str, operand: Any) -> None:
    pattern = {"detail": {"a": [{operator: operand}]}}
    if eventbridge._event_pattern_error(json.dumps(pattern)) is not None:
        with pytest.raises(PatternError):
            check(pattern)
