"""Glue: where jobs log, and from where connections reach a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

JOB = "aws:glue/job:Job"
CONNECTION = "aws:glue/connection:Connection"
GROUP = "aws:cloudwatch/logGroup:LogGroup"
PREFIX = {"--custom-logGroup-prefix": "/shop/orders"}
IN_OUR_NETWORK: dict[str, Any] = {
    "subnetId": "subnet-1",
    "securityGroupIdLists": ["sg-1"],
    "availabilityZone": "eu-west-1a",
}


def group(name: str) -> Recorded:
    return make(GROUP, name, name=name, retentionInDays=365)


def connection(type_: str = "JDBC", **requirements: Any) -> Recorded:
    return make(CONNECTION, connectionType=type_, physicalConnectionRequirements=requirements)


CASES = [
    bad("GLUE-LOG-GROUP", "not said", make(JOB), group("/shop/orders/error")),
    bad("GLUE-LOG-GROUP", "none", make(JOB, defaultArguments=PREFIX)),
    bad("GLUE-LOG-GROUP", "one of two", make(JOB, nonOverridableArguments=PREFIX), group("/shop/orders/error")),
    bad("GLUE-LOG-GROUP", "another name", make(JOB, defaultArguments={"--continuous-log-logGroup": "/a"}), group("/b")),
    good(
        "GLUE-LOG-GROUP",
        "both",
        make(JOB, defaultArguments=PREFIX),
        group("/shop/orders/error"),
        group("/shop/orders/output"),
    ),
    good("GLUE-LOG-GROUP", "one, of old", make(JOB, defaultArguments={"--continuous-log-logGroup": "/a"}), group("/a")),
    good("GLUE-LOG-GROUP", "something else", group("/shop/orders")),
    bad("GLUE-CONNECTION-NETWORK", "none", make(CONNECTION)),
    bad("GLUE-CONNECTION-NETWORK", "Kafka", connection("KAFKA")),
    bad("GLUE-CONNECTION-NETWORK", "no security group", connection(subnetId="subnet-1", securityGroupIdLists=[])),
    good("GLUE-CONNECTION-NETWORK", "a subnet and a group", connection(**IN_OUR_NETWORK)),
    good("GLUE-CONNECTION-NETWORK", "a service's API", connection("SNOWFLAKE")),
]
