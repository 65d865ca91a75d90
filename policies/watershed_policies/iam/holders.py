"""Which policies of a stack an identity holds, and which policies only bound what others hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..resource import Resource, Stack, aws

if TYPE_CHECKING:
    from collections.abc import Iterator

POLICY = aws("iam", "Policy")
ROLE_ATTACHMENT = aws("iam", "RolePolicyAttachment")
ATTACHMENTS = (
    ROLE_ATTACHMENT,
    aws("iam", "UserPolicyAttachment"),
    aws("iam", "GroupPolicyAttachment"),
    aws("iam", "PolicyAttachment"),
)


def policies_of(identity: Resource, stack: Stack) -> Iterator[Resource]:
    """Yield a role, user or group, its inline policies, and the policies of the stack that are attached to it."""
    kind = identity.kind
    name, attaching = kind.lower(), aws("iam", f"{kind}PolicyAttachment")
    yield identity
    yield from stack.naming(identity, name, aws("iam", f"{kind}Policy"))
    attachments = {found.urn for found in stack.naming(identity, name, attaching)}
    for policy in stack.of_type(POLICY):
        by_one = any(found.urn in attachments for found in stack.naming(policy, "policyArn", attaching))
        by_several = any(
            _lists(found, f"{name}s", identity)
            for found in stack.naming(policy, "policyArn", aws("iam", "PolicyAttachment"))
        )
        if by_one or by_several or _lists(identity, "managedPolicyArns", policy):
            yield policy


def groups_of(user: Resource, stack: Stack) -> Iterator[Resource]:
    """Yield the groups of the stack that a user is in."""
    memberships = stack.naming(user, "user", aws("iam", "UserGroupMembership"))
    for group in stack.of_type(aws("iam", "Group")):
        listed = stack.naming(group, "group", aws("iam", "GroupMembership"))
        if any(_lists(each, "groups", group) for each in memberships) or any(
            _lists(each, "users", user) for each in listed
        ):
            yield group


def managed_policies(identity: Resource, stack: Stack) -> int:
    """Count the managed policies that a role, a user or a group has, by whatever resource attaches them."""
    return len(managed_policy_arns(identity, stack))


def managed_policy_arns(identity: Resource, stack: Stack) -> set[str]:
    """Return the ARNs of these policies; one that is not known yet has the name of what attaches it."""
    kind = identity.type.rsplit(":", 1)[-1]
    arns: set[str] = set()
    for attachment in stack.naming(identity, kind.lower(), aws("iam", f"{kind}PolicyAttachment")):
        arns |= _named(attachment, "policyArn")
    for attachment in stack.of_type(aws("iam", "PolicyAttachment")):
        if _lists(attachment, f"{kind.lower()}s", identity):
            arns |= _named(attachment, "policyArn")
    for attachments in stack.naming(identity, f"{kind.lower()}Name", aws("iam", f"{kind}PolicyAttachmentsExclusive")):
        arns |= _named(attachments, "policyArns")
    return arns | _named(identity, "managedPolicyArns")


def is_named_boundary(policy: Resource) -> bool:
    """Say whether a managed policy is, by its name, one that bounds and does not grant."""
    name = policy.values.get("name")
    return policy.type == POLICY and "boundary" in f"{policy.name} {name if isinstance(name, str) else ''}".lower()


def is_attached(policy: Resource, stack: Stack) -> bool:
    """Say whether an identity of the stack holds the policy."""
    return bool(stack.naming(policy, "policyArn", *ATTACHMENTS)) or any(
        _lists(role, "managedPolicyArns", policy) for role in stack.of_type(aws("iam", "Role"))
    )


def _lists(resource: Resource, property_name: str, target: Resource) -> bool:
    if target.urn in resource.dependencies.get(property_name, ()):
        return True
    value = resource.values.get(property_name)
    return isinstance(value, list) and any(isinstance(item, str) and item in target.identities() for item in value)


def _named(resource: Resource, property_name: str) -> set[str]:
    """Return the ARNs that a property holds; one that is not known yet counts under the name of its holder."""
    value = resource.values.get(property_name)
    if value is None:
        return set()
    return {
        item if isinstance(item, str) else f"{resource.urn} {index}"
        for index, item in enumerate(value if isinstance(value, list) else [value])
    }
