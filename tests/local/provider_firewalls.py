"""The lives of web ACLs, of what they are in front of, and of their logs."""

from typing import Any

from local.aws import Clients

from .provider_apis import staged
from .provider_world import Case, World, get


def firewall(world: World, name: str) -> dict[str, Any]:
    """A web ACL."""
    return world.made("aws:wafv2/webAcl:WebAcl", name, **web_acl("block")).outputs


def web_acl(action: str) -> dict[str, Any]:
    """The inputs of a web ACL that limits each address."""
    seen = {"cloudwatchMetricsEnabled": True, "metricName": "all", "sampledRequestsEnabled": False}
    by_address = {"rateBasedStatement": {"limit": 100, "aggregateKeyType": "IP", "evaluationWindowSec": 300}}
    rate = {"name": "rate", "priority": 0, "action": {action: {}}, "statement": by_address, "visibilityConfig": seen}
    group = {"vendorName": "AWS", "name": "AWSManagedRulesCommonRuleSet"}
    listed = {
        "name": "listed",
        "priority": 1,
        "overrideAction": {"none": {}},
        "statement": {"managedRuleGroupStatement": group},
        "visibilityConfig": seen,
    }
    return {"scope": "REGIONAL", "defaultAction": {"allow": {}}, "visibilityConfig": seen, "rules": [rate, listed]}


def rate_action(clients: Clients, outputs: dict[str, Any]) -> Any:
    """What a web ACL does to who asks too often."""
    acl = clients("wafv2").get_web_acl(Name=outputs["name"], Scope="REGIONAL", Id=outputs["id"])["WebACL"]
    return sorted(acl["Rules"][0]["Action"])


CASES = (
    Case(
        "aws:wafv2/webAcl:WebAcl",
        lambda world: {**web_acl("count"), "tags": {"a": "b"}},
        web_acl("block"),
        rate_action,
        ["Count"],
        ["Block"],
        import_id=lambda life: f"{life.id}/{life.outputs['name']}/REGIONAL",
    ),
    Case(
        "aws:wafv2/webAcl:WebAcl",
        lambda world: {**web_acl("count"), "tags": {"a": "1", "b": "1"}},
        {"tags": {"a": "2"}},
        get("wafv2", "list_tags_for_resource", "TagInfoForResource", "TagList", ResourceARN="arn"),
        [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "1"}],
        [{"Key": "a", "Value": "2"}],
        import_id=lambda life: f"{life.id}/{life.outputs['name']}/REGIONAL",
    ),
    Case(
        "aws:wafv2/webAclAssociation:WebAclAssociation",
        lambda world: {
            "webAclArn": firewall(world, "associated")["arn"],
            "resourceArn": f"arn:aws:apigateway:eu-central-1::/restapis/{staged(world, 'fenced')['restApi']}/stages/v1",
        },
        look=lambda clients, outputs: (
            clients("wafv2").get_web_acl_for_resource(ResourceArn=outputs["resourceArn"])["WebACL"]["ARN"]
            == outputs["webAclArn"]
        ),
        first=True,
    ),
)


def recorded() -> dict[str, dict[str, Any]]:
    """The inputs of the types that only state keeps."""
    logs = "arn:aws:logs:us-east-1:000000000000:log-group:aws-waf-logs-one"
    return {
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": {
            "resourceArn": "arn:aws:wafv2:eu-central-1:000000000000:regional/webacl/logged/1",
            "logDestinationConfigs": [logs],
            "redactedFields": [{"singleHeader": {"name": "authorization"}}],
        },
    }
