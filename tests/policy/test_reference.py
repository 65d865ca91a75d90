"""The rules' documentation is that of today, and every check of our peers is repeated or explained."""

from __future__ import annotations

import json

import pytest
from watershed_policies import peers, registry

from tests.policy import reference
from tests.policy.program_text import formatted, program_text
from tests.policy.resources import document, make

RULES = registry.load().rules
PEERS = peers.load()


def test_the_documents_are_those_of_today() -> None:
    wanted = reference.documents()
    stale = [path.name for path, text in wanted.items() if not path.is_file() or path.read_text("utf-8") != text]
    left_over = sorted(set(reference.PAGES.glob("*.md")) - set(wanted))

    assert stale == [], "run `make policy-docs`"
    assert left_over == []


@pytest.mark.parametrize("check", [check for check in PEERS.checks if check not in PEERS.not_yet])
def test_a_peers_check_is_done_by_a_rule_or_left_out_for_a_reason(check: str) -> None:
    done = [rule.id for rule in peers.rules_for(check, RULES.values())]

    assert bool(done) != (check in PEERS.different), "name it in a rule's `peers`, or give a reason in peers.toml"


def test_every_reason_is_about_a_check_that_is_listed() -> None:
    assert set(PEERS.different) | PEERS.not_yet <= set(PEERS.checks)
    assert len(PEERS.checks) == len(set(PEERS.checks)) > 300


def test_every_rule_has_an_example() -> None:
    examples = json.loads(reference.EXAMPLES.read_text("utf-8"))

    assert set(examples) == set(RULES)
    assert all(example["fix"] for example in examples.values())


def test_a_resource_is_spelled_as_python_with_its_references() -> None:
    bucket = make("aws:s3/bucket:Bucket", "raw")
    policy = make("aws:s3/bucketPolicy:BucketPolicy", "policy", bucket=bucket, policy=document())

    assert formatted([program_text([policy, bucket])])[0] == (
        'raw = aws.s3.Bucket("raw")\n'
        "aws.s3.BucketPolicy(\n"
        '    "policy", bucket=raw.id, policy=json.dumps({"Version": "2012-10-17", "Statement": []})\n'
        ")\n"
    )
