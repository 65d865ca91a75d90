"""Web ACLs: the emulated AWS keeps them and what they are in front of, and lets everything through."""

from typing import Any

from ..table import Call, Name, Part, Resource, State, Tags


def _locked(parameters: dict[str, Any], state: State) -> None:
    parameters["LockToken"] = state["lockToken"]


WEB_ACL = Resource(
    "aws:wafv2/webAcl:WebAcl",
    service="wafv2",
    id="{id}",
    import_id="{id}/{name}/{scope}",
    name=Name(limit=128),
    identity=("scope",),
    create=Call("CreateWebACL", result="Summary"),
    read=(
        Call(
            "GetWebACL",
            takes=("id", "name"),
            result="WebACL",
            beside={"lockToken": "LockToken", "applicationIntegrationUrl": "ApplicationIntegrationURL"},
        ),
    ),
    parts=(
        Part(
            put=Call("UpdateWebACL", adjust=_locked),
            properties=(
                *("captchaConfig", "challengeConfig", "dataProtectionConfig"),
                *("defaultAction", "description", "rules", "tokenDomains", "visibilityConfig"),
            ),
        ),
    ),
    delete=(Call("DeleteWebACL", adjust=_locked),),
    tags=Tags(),
    rename={"id": "Id", "arn": ("ARN", "ResourceARN")},
    local=("namePrefix",),
    unread=("tokenDomains",),
    volatile={"lockToken": ()},
    unsupported={
        "associationConfig": "the local stage reads no bodies",
        "customResponseBodies": "the local stage lets every request through",
        "monetizationConfig": "the local stage charges nobody",
        "ruleJson": "give rules",
        "rules.statement.managedRuleGroupStatement.managedRuleGroupConfigs.awsManagedRulesAcfpRuleSet": (
            "the local stage sees no sign-ups"
        ),
    },
)


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
