"""KMS."""

from typing import Any

from ..table import Call, Name, Part, Resource, Session, State, Tags

KEY = Resource(
    "aws:kms/key:Key",
    service="kms",
    id="{keyId}",
    create=Call("CreateKey", result="KeyMetadata"),
    read=(
        Call("DescribeKey", result="KeyMetadata", gone={"KeyState": "PendingDeletion"}),
        Call("GetKeyPolicy", fixed={"PolicyName": "default"}),
        Call("GetKeyRotationStatus", rename={"enableKeyRotation": "KeyRotationEnabled"}),
    ),
    parts=(
        Part(properties=("description",), put=Call("UpdateKeyDescription"), merges=True),
        Part(
            properties=("policy", "bypassPolicyLockoutSafetyCheck"),
            put=Call("PutKeyPolicy", fixed={"PolicyName": "default"}),
        ),
        Part(
            properties=("enableKeyRotation", "rotationPeriodInDays"),
            switch="enableKeyRotation",
            initially={"enableKeyRotation": False},
            put=Call("EnableKeyRotation"),
            clear=Call("DisableKeyRotation"),
        ),
        Part(
            properties=("isEnabled",),
            switch="isEnabled",
            initially={"isEnabled": True},
            put=Call("EnableKey"),
            clear=Call("DisableKey"),
        ),
    ),
    delete=(Call("ScheduleKeyDeletion", takes=("deletionWindowInDays",)),),
    tags=Tags(of="keyId", list="ListResourceTags"),
    rename={
        "customerMasterKeySpec": "KeySpec",
        "isEnabled": "Enabled",
        "deletionWindowInDays": "PendingWindowInDays",
        "rotationPeriodInDays": "RotationPeriodInDays",
    },
    defaults={
        "bypassPolicyLockoutSafetyCheck": False,
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "isEnabled": True,
        "keyUsage": "ENCRYPT_DECRYPT",
    },
    policies=("policy",),
    limits={"deletionWindowInDays": (7, 30)},
)


def _target_as_given(answer: dict[str, Any], state: State) -> State:
    """AWS answers the key's id, also where the program named its ARN."""
    target = str(answer.get("TargetKeyId", ""))
    given = str(state.get("targetKeyId", ""))
    return {"targetKeyId": given if given.endswith(f"/{target}") else target}


def _target_arn(state: State, session: Session) -> State:
    key = str(state["targetKeyId"]).rpartition("/")[2]
    return {"targetKeyArn": f"arn:{session.partition}:kms:{session.region}:{session.account}:key/{key}"}


ALIAS = Resource(
    "aws:kms/alias:Alias",
    service="kms",
    id="{name}",
    name=Name(limit=256, starts="alias/"),
    create=Call("CreateAlias"),
    read=(Call("ListAliases", result="Aliases", where={"AliasName": "name"}, adopt=_target_as_given),),
    parts=(Part(properties=("targetKeyId",), put=Call("UpdateAlias")),),
    delete=(Call("DeleteAlias"),),
    computed={"arn": "arn:{partition}:kms:{region}:{account}:{name}"},
    after_read=_target_arn,
    local=("namePrefix",),
)

RESOURCES = (KEY, ALIAS)
