"""Web firewalls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

FIREWALL = "aws:wafv2/webAcl:WebAcl"
FIREWALL_RULE = "aws:wafv2/webAclRule:WebAclRule"
RULE_GROUP = "aws:wafv2/webAclRuleGroupAssociation:WebAclRuleGroupAssociation"
LOGGING = "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration"
STREAM_ARN = "arn:aws:firehose:eu-west-1:123456789012:deliverystream/aws-waf-logs-orders"
LOG_GROUP_ARN = "arn:aws:logs:eu-west-1:123456789012:log-group:aws-waf-logs-orders"


COUNTS = {"name": "large", "action": {"count": {}}}
ALLOWS = {"name": "office", "action": {"allow": {}}}


def firewall(**more: Any) -> Recorded:
    return make(FIREWALL, "firewall", **{"scope": "REGIONAL", "defaultAction": {"allow": {}}, **more})


plain = firewall()

CASES = [
    bad("WAF-RULES", "none", plain),
    bad("WAF-RULES", "an empty list", firewall(rules=[])),
    bad("WAF-RULES", "another's", plain, make(FIREWALL_RULE, webAclArn="arn:aws:wafv2:eu-west-1:123456789012:other")),
    bad("WAF-RULES", "a group that counts", firewall(rules=[{"name": "common", "overrideAction": {"count": {}}}])),
    bad("WAF-RULES", "one that counts, one that allows", firewall(rules=[COUNTS, ALLOWS])),
    good("WAF-RULES", "one counts, one blocks", firewall(rules=[COUNTS, {"name": "rate", "action": {"block": {}}}])),
    good("WAF-RULES", "one counts, one asks", firewall(rules=[COUNTS, {"name": "rate", "action": {"captcha": {}}}])),
    good("WAF-RULES", "only who is named", firewall(defaultAction={"block": {}}, rules=[ALLOWS])),
    good("WAF-RULES", "a group", firewall(rules=[{"name": "common", "overrideAction": {"none": {}}}])),
    good("WAF-RULES", "its own", firewall(rules=[{"name": "rate", "priority": 1}])),
    good("WAF-RULES", "as JSON", firewall(ruleJson='[{"Name": "rate"}]')),
    good("WAF-RULES", "beside", plain, make(FIREWALL_RULE, webAclArn=plain)),
    good("WAF-RULES", "a group beside", plain, make(RULE_GROUP, webAclArn=plain, ruleName="common", priority=1)),
    good("WAF-RULES", "blocks everything", firewall(defaultAction={"block": {}})),
    bad("WAF-LOGGING", "none", plain),
    bad(
        "WAF-LOGGING",
        "another's",
        plain,
        make(
            LOGGING,
            resourceArn="arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/other/1",
            logDestinationConfigs=[LOG_GROUP_ARN],
        ),
    ),
    good("WAF-LOGGING", "one", plain, make(LOGGING, resourceArn=plain, logDestinationConfigs=[LOG_GROUP_ARN])),
    good("WAF-LOGGING", "to Firehose", plain, make(LOGGING, resourceArn=plain, logDestinationConfigs=[STREAM_ARN])),
]
