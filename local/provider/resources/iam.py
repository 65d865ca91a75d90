"""IAM."""

import json
from collections.abc import Mapping

from ..table import Call, Name, Part, Resource, Session, State, Tags


def _set_inline_policies(old: State, new: State, session: Session) -> None:
    role = {"RoleName": new["name"]}
    before, after = _by_name(old), _by_name(new)
    for name in sorted(set(before) - set(after)):
        session.call("iam", "DeleteRolePolicy", {**role, "PolicyName": name})
    for name, policy in after.items():
        if before.get(name) != policy:
            session.call("iam", "PutRolePolicy", {**role, "PolicyName": name, "PolicyDocument": policy})


def _set_managed_policies(old: State, new: State, session: Session) -> None:
    role = {"RoleName": new["name"]}
    before, after = set(old.get("managedPolicyArns") or ()), set(new.get("managedPolicyArns") or ())
    for arn in sorted(before - after):
        session.call("iam", "DetachRolePolicy", {**role, "PolicyArn": arn})
    for arn in sorted(after - before):
        session.call("iam", "AttachRolePolicy", {**role, "PolicyArn": arn})


def _policies_on_the_role(state: State, session: Session) -> State:
    """A role's inline and managed policies, where the program declares them on the role itself."""
    found: State = {}
    role = {"RoleName": state["name"]}
    if state.get("inlinePolicies"):
        documents = {}
        for name in session.call("iam", "ListRolePolicies", role)["PolicyNames"]:
            answer = session.call("iam", "GetRolePolicy", {**role, "PolicyName": name})
            documents[name] = json.dumps(answer["PolicyDocument"])
        found["inlinePolicies"] = [{"name": name, "policy": _as_given(state, documents, name)} for name in documents]
    if state.get("managedPolicyArns"):
        attached = session.call("iam", "ListAttachedRolePolicies", role)["AttachedPolicies"]
        found["managedPolicyArns"] = [policy["PolicyArn"] for policy in attached]
    return found


def _as_given(state: State, documents: Mapping[str, str], name: str) -> str:
    """The program's own spelling of a policy, while it means the same."""
    given, found = _by_name(state).get(name), documents[name]
    return given if given and json.loads(given) == json.loads(found) else found


def _by_name(state: State) -> dict[str, str]:
    return {entry["name"]: entry["policy"] for entry in state.get("inlinePolicies") or () if entry.get("name")}


def _detach(state: State, session: Session) -> None:
    """Take off the policies that the program put on the role itself; with `forceDetachPolicies`, all."""
    _set_inline_policies(state, {"name": state["name"]}, session)
    _set_managed_policies(state, {"name": state["name"]}, session)
    if not state.get("forceDetachPolicies"):
        return
    role = {"RoleName": state["name"]}
    for name in session.call("iam", "ListRolePolicies", role)["PolicyNames"]:
        session.call("iam", "DeleteRolePolicy", {**role, "PolicyName": name})
    for policy in session.call("iam", "ListAttachedRolePolicies", role)["AttachedPolicies"]:
        session.call("iam", "DetachRolePolicy", {**role, "PolicyArn": policy["PolicyArn"]})


def _inline_policies_are_whole(state: State) -> list[tuple[str, str]]:
    policies = state.get("inlinePolicies")
    return [
        (f"inlinePolicies[{index}]", f"needs {member}")
        for index, entry in enumerate(policies if isinstance(policies, list) else ())
        for member in ("name", "policy")
        if isinstance(entry, Mapping) and not entry.get(member)
    ]


ROLE = Resource(
    "aws:iam/role:Role",
    service="iam",
    id="{name}",
    name=Name(limit=64),
    create=Call("CreateRole", result="Role"),
    read=(Call("GetRole", result="Role"),),
    parts=(
        Part(properties=("assumeRolePolicy",), put=Call("UpdateAssumeRolePolicy")),
        Part(properties=("description", "maxSessionDuration"), put=Call("UpdateRole"), merges=True),
        Part(
            properties=("permissionsBoundary",),
            put=Call("PutRolePermissionsBoundary"),
            clear=Call("DeleteRolePermissionsBoundary"),
        ),
        Part(properties=("inlinePolicies",), code=_set_inline_policies),
        Part(properties=("managedPolicyArns",), code=_set_managed_policies),
    ),
    before_delete=_detach,
    after_read=_policies_on_the_role,
    delete=(Call("DeleteRole"),),
    tags=Tags(of="name", tag="TagRole", untag="UntagRole", list="ListRoleTags"),
    rename={
        "assumeRolePolicy": ("AssumeRolePolicyDocument", "PolicyDocument"),
        "permissionsBoundary": ("PermissionsBoundary.PermissionsBoundaryArn", "PermissionsBoundary"),
        "uniqueId": "RoleId",
    },
    defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
    local=("forceDetachPolicies", "namePrefix"),
    policies=("assumeRolePolicy",),
    check=_inline_policies_are_whole,
)

ROLE_POLICY = Resource(
    "aws:iam/rolePolicy:RolePolicy",
    service="iam",
    id="{role}:{name}",
    name=Name(limit=128),
    create=Call("PutRolePolicy"),
    puts=True,
    read=(Call("GetRolePolicy"),),
    delete=(Call("DeleteRolePolicy"),),
    rename={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
    local=("namePrefix",),
    policies=("policy",),
)

RESOURCES = (ROLE, ROLE_POLICY)
