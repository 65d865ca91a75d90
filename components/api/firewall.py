"""The web firewall in front of an API: known attacks and floods, before they cost anything."""

from typing import Literal

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Tags
from ..observability import LogRetention, log_group

Mode = Literal["block", "count"]

_MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesCommonRuleSet",
)
"""Not the set for SQL injection: a query is SQL, and the handler parses it."""
_COUNTED = {
    # A data set's document or a query may be longer than 8 KB.
    "AWSManagedRulesCommonRuleSet": ("SizeRestrictions_BODY",)
}
_LOG_PREFIX = "aws-waf-logs-"
"""AWS WAF Developer Guide, "Logging to CloudWatch Logs": how the log group's name must begin."""


class Firewall(Component, domain="api"):
    """A regional web ACL with AWS's lists of attacks and a limit for each address, in front of a stage.

    Creates: the web ACL, its association, and a log of what it blocks or counts.

    - `stage_arn`: of the API's stage. `mode`: block, or only count while a new environment is watched; default block.
    - `requests_per_ip`: requests in five minutes from one address, at least 10; default 3,000: an office shares one.
    - `key`: encrypts the log. `log_days`: how long it is kept, default 365.

    Outputs: `arn`. Source: AWS WAF Developer Guide, "AWS Managed Rules rule groups list", "Rate-based rule statement".
    """

    def __init__(
        self,
        name: str,
        *,
        stage_arn: pulumi.Input[str],
        key: EncryptionKey,
        mode: Mode = "block",
        requests_per_ip: int = 3_000,
        log_days: LogRetention = 365,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.resource = aws.wafv2.WebAcl(
            name,
            scope="REGIONAL",
            description=f"In front of the Dataset API of {pulumi.get_project()}",
            default_action={"allow": {}},
            rules=[
                self._rate(mode, requests_per_ip),
                *(self._managed(position, group, mode) for position, group in enumerate(_MANAGED, start=1)),
            ],
            visibility_config=_visible(name),
            tags=self._tags(),
            opts=self._options(),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        aws.wafv2.WebAclAssociation(
            self._child("association"), resource_arn=stage_arn, web_acl_arn=self.arn, opts=self._options()
        )
        logs = log_group(
            self._child("log"),
            path=pulumi.Output.concat(_LOG_PREFIX, self.resource.name),
            key=key,
            retention_days=log_days,
            tags=self._tags(),
            opts=self._options(),
        )
        self._log(logs)
        self.register_outputs({"arn": self.arn})

    def _rate(self, mode: Mode, limit: int) -> "aws.wafv2.WebAclRuleArgsDict":
        return {
            "name": "requests-per-ip",
            "priority": 0,
            "action": {"block": {}} if mode == "block" else {"count": {}},
            "statement": {
                "rate_based_statement": {"limit": limit, "aggregate_key_type": "IP", "evaluation_window_sec": 300}
            },
            "visibility_config": _visible("requests-per-ip"),
        }

    def _managed(self, priority: int, group: str, mode: Mode) -> "aws.wafv2.WebAclRuleArgsDict":
        statement: aws.wafv2.WebAclRuleStatementManagedRuleGroupStatementArgsDict = {
            "vendor_name": "AWS",
            "name": group,
        }
        if group in _COUNTED:
            statement["rule_action_overrides"] = [
                {"name": rule, "action_to_use": {"count": {}}} for rule in _COUNTED[group]
            ]
        return {
            "name": group,
            "priority": priority,
            "override_action": {"none": {}} if mode == "block" else {"count": {}},
            "statement": {"managed_rule_group_statement": statement},
            "visibility_config": _visible(group),
        }

    def _log(self, logs: aws.cloudwatch.LogGroup) -> None:
        """Log what is not simply let through, without the token that came with it."""
        aws.wafv2.WebAclLoggingConfiguration(
            self._child("logging"),
            resource_arn=self.arn,
            log_destination_configs=[logs.arn],
            redacted_fields=[{"single_header": {"name": "authorization"}}],
            logging_filter={
                "default_behavior": "DROP",
                "filters": [
                    {
                        "behavior": "KEEP",
                        "requirement": "MEETS_ANY",
                        "conditions": [{"action_condition": {"action": action}} for action in ("BLOCK", "COUNT")],
                    }
                ],
            },
            opts=self._options(),
        )


def _visible(metric: str) -> "aws.wafv2.WebAclRuleVisibilityConfigArgsDict":
    """Return how requests show: as a metric, without samples, which would hold tokens for whoever may look at WAF."""
    return {"metric_name": metric, "cloudwatch_metrics_enabled": True, "sampled_requests_enabled": False}
