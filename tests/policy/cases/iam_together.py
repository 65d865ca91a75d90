"""IAM: what users may do together with their groups, and roles of other accounts that are assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

ASSUME = "IAM-ASSUME-ANYWHERE"
IN_ORGANIZATION = {"StringEquals": {"aws:ResourceOrgID": "o-a1b2c3d4e5"}}
PASSES = allow("iam:PassRole", "*", Condition={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}})
CREATES = allow("cloudformation:CreateStack", "*")

user = make("aws:iam/user:User", "user", name="bob")
group = make("aws:iam/group:Group", "group", name="builders")
joins = make("aws:iam/userGroupMembership:UserGroupMembership", user=user, groups=[group])
listed = make("aws:iam/groupMembership:GroupMembership", group=group, users=[user])


def of_user(*statements: dict[str, Any]) -> Recorded:
    return make("aws:iam/userPolicy:UserPolicy", "own", user=user, policy=document(*statements))


def of_group(name: str, *statements: dict[str, Any]) -> Recorded:
    return make("aws:iam/groupPolicy:GroupPolicy", name, group=group, policy=document(*statements))


def assuming(resource: str, **more: Any) -> Recorded:
    return make("aws:iam/rolePolicy:RolePolicy", role="r", policy=document(allow("sts:AssumeRole", resource, **more)))


CASES = [
    bad("IAM-PRIVILEGE-ESCALATION", "with a group", user, group, joins, of_user(CREATES), of_group("passes", PASSES)),
    bad(
        "IAM-PRIVILEGE-ESCALATION",
        "with a group that lists its users",
        user,
        group,
        listed,
        of_user(CREATES),
        of_group("passes", PASSES),
    ),
    bad("IAM-PRIVILEGE-ESCALATION", "a group's two", group, of_group("passes", PASSES), of_group("creates", CREATES)),
    good("IAM-PRIVILEGE-ESCALATION", "of another group", user, group, of_user(CREATES), of_group("passes", PASSES)),
    good("IAM-PRIVILEGE-ESCALATION", "one half, twice", user, group, joins, of_user(CREATES), of_group("c", CREATES)),
    bad(ASSUME, "any account's", assuming("arn:aws:iam::*:role/deploy")),
    bad(ASSUME, "any account's, by its digits", assuming("arn:aws:iam::????????????:role/deploy-*")),
    good(ASSUME, "an account's", assuming("arn:aws:iam::210987654321:role/deploy")),
    good(ASSUME, "our organization's", assuming("arn:aws:iam::*:role/deploy", Condition=IN_ORGANIZATION)),
    good(ASSUME, "any role, of which another rule tells", assuming("arn:aws:iam::*:role/*")),
]
