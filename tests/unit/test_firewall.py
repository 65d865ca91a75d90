"""The web firewall in front of the Dataset API: what it stops, and what its log tells."""

import pytest

from tests.unit.test_api import made, of_type


@pytest.mark.parametrize(("mode", "action"), [("block", "block"), ("count", "count")])
def test_a_firewall_blocks_or_counts(mode: str, action: str) -> None:
    rate, *managed = of_type(made(web_acl=mode), "WebAcl")["api-firewall"]["rules"]
    assert rate["action"] == {action: {}}
    assert {next(iter(each["overrideAction"])) for each in managed} == {"none" if mode == "block" else "count"}
    assert [each["statement"]["managedRuleGroupStatement"]["name"] for each in managed] == [
        "AWSManagedRulesAmazonIpReputationList",
        "AWSManagedRulesKnownBadInputsRuleSet",
        "AWSManagedRulesCommonRuleSet",
    ]


def test_a_stack_may_have_no_firewall() -> None:
    assert not of_type(made(web_acl="off"), "WebAcl")


def test_the_firewalls_log_tells_what_was_blocked_without_the_token() -> None:
    logging = of_type(made(), "WebAclLoggingConfiguration")["api-firewall-logging"]
    assert logging["redactedFields"] == [{"singleHeader": {"name": "authorization"}}]
    (kept,) = logging["loggingFilter"]["filters"]
    assert logging["loggingFilter"]["defaultBehavior"] == "DROP"
    assert {each["actionCondition"]["action"] for each in kept["conditions"]} == {"BLOCK", "COUNT"}
    (rule,) = [
        each
        for each in of_type(made(), "WebAcl")["api-firewall"]["rules"]
        if each["statement"].get("managedRuleGroupStatement", {}).get("ruleActionOverrides")
    ]
    (spared,) = rule["statement"]["managedRuleGroupStatement"]["ruleActionOverrides"]
    assert (spared["name"], spared["actionToUse"]) == ("SizeRestrictions_BODY", {"count": {}})
