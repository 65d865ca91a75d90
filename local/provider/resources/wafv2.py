"""Web ACLs: the emulated AWS keeps them and what they are in front of, and lets everything through."""

from typing import Any

from ..table import Call, Name, Part, Resource, Session, State


def _token(answer: dict[str, Any], state: State) -> State:
    return {"lockToken": answer["LockToken"]} if "LockToken" in answer else {}


def _locked(parameters: dict[str, Any], state: State) -> None:
    parameters["LockToken"] = state["lockToken"]


def _tags(old: State, new: State, session: Session) -> None:
    before, after = old.get("tagsAll") or {}, new.get("tagsAll") or {}
    gone = sorted(set(before) - set(after))
    changed = [{"Key": key, "Value": value} for key, value in after.items() if before.get(key) != value]
    if gone:
        session.call("wafv2", "UntagResource", {"ResourceARN": new["arn"], "TagKeys": gone})
    if changed:
        session.call("wafv2", "TagResource", {"ResourceARN": new["arn"], "Tags": changed})


def _read_tags(state: State, session: Session) -> State:
    answer = session.call("wafv2", "ListTagsForResource", {"ResourceARN": state["arn"]})
    found = {pair["Key"]: pair["Value"] for pair in answer["TagInfoForResource"]["TagList"]}
    return {"tags": found, "tagsAll": found}


WEB_ACL = Resource(
    "aws:wafv2/webAcl:WebAcl",
    service="wafv2",
    id="{id}",
    import_id="{id}/{name}/{scope}",
    name=Name(limit=128),
    identity=("scope",),
    create=Call("CreateWebACL", adopt=lambda answer, state: _summary(answer)),
    read=(
        Call("GetWebACL", takes=("id", "name"), result="WebACL"),
        Call("GetWebACL", takes=("id", "name"), adopt=_token),
    ),
    parts=(
        Part(
            put=Call("UpdateWebACL", adjust=_locked),
            properties=(
                *("captchaConfig", "challengeConfig", "customResponseBodies"),
                *("dataProtectionConfig", "defaultAction", "description", "rules", "tokenDomains", "visibilityConfig"),
            ),
        ),
        Part(properties=("tags",), code=_tags),
    ),
    after_read=_read_tags,
    delete=(Call("DeleteWebACL", adjust=_locked),),
    rename={"id": "Id", "arn": ("ARN", "ResourceARN")},
    local=("namePrefix",),
    unread=("tokenDomains",),
    volatile={"lockToken": ("defaultAction", "description", "rules", "visibilityConfig")},
    unsupported={
        "associationConfig": "the local stage reads no bodies",
        "monetizationConfig": "the local stage charges nobody",
        "ruleJson": "give rules",
        "rules.statement.managedRuleGroupStatement.managedRuleGroupConfigs.awsManagedRulesAcfpRuleSet": (
            "the local stage sees no sign-ups"
        ),
    },
)


def _summary(answer: dict[str, Any]) -> State:
    summary = answer.get("Summary") or {}
    return {"id": summary.get("Id"), "arn": summary.get("ARN"), "lockToken": summary.get("LockToken")}


ASSOCIATION = Resource(
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    service="wafv2",
    id="{webAclArn},{resourceArn}",
    create=Call("AssociateWebACL"),
    read=(Call("GetWebACLForResource", rename={"webAclArn": "ARN"}, result="WebACL", needs="webAclArn"),),
    delete=(Call("DisassociateWebACL"),),
)

LOGGING = Resource(
    "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
    service="wafv2",
    id="{resourceArn}",
    support="recorded",
    create=Call("PutLoggingConfiguration", within="LoggingConfiguration"),
    puts=True,
)

RESOURCES = (WEB_ACL, ASSOCIATION, LOGGING)
