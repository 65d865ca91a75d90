"""Lake Formation and Snowflake."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import allow, document, make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

SETTINGS = "aws:lakeformation/dataLakeSettings:DataLakeSettings"
PERMISSIONS = "aws:lakeformation/permissions:Permissions"
LOCATION = "aws:lakeformation/resource:Resource"
DATABASE = "aws:glue/catalogDatabase:CatalogDatabase"
ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
POLICY = "aws:iam/policy:Policy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
BUCKET = "aws:s3/bucket:Bucket"
ANALYST = "arn:aws:iam::123456789012:role/analyst"
ADMIN = "arn:aws:iam::123456789012:role/admin"
IAM = "IAM_ALLOWED_PRINCIPALS"
RAW = "arn:aws:s3:::raw"
role = make(ROLE, "role")
GRANT_TO_ROLE = "GrantPrivilegesToAccountRole"


def permissions(principal: str, *given: str) -> Recorded:
    return make(
        PERMISSIONS,
        principal=principal,
        permissions=list(given or ("SELECT",)),
        table={"databaseName": "flights", "name": "flights"},
    )


def default_for_new(kind: str) -> Recorded:
    defaults: dict[str, Any] = {kind: [{"permissions": ["ALL"], "principal": IAM}]}
    return make(SETTINGS, admins=[ADMIN], **defaults)


def role_policy(*resources: str) -> Recorded:
    return make(ROLE_POLICY, role=role, policy=document(allow(["s3:GetObject", "s3:PutObject"], list(resources))))


def snowflake(name: str, /, **inputs: Any) -> Recorded:
    return make(f"snowflake:index/{name[0].lower()}{name[1:]}:{name}", **inputs)


def integration(*places: str) -> Recorded:
    return snowflake("StorageIntegration", storageProvider="S3", storageAllowedLocations=list(places))


def network_rule(mode: str, network: str) -> Recorded:
    return snowflake("NetworkRule", mode=mode, type="IPV4", valueLists=[network])


LAKE_FORMATION = [
    *(
        bad(
            "LAKEFORMATION-IAM-PRINCIPALS",
            name,
            default_for_new(name),
        )
        for name in ("createDatabaseDefaultPermissions", "createTableDefaultPermissions")
    ),
    bad("LAKEFORMATION-IAM-PRINCIPALS", "a grant", permissions(IAM)),
    bad(
        "LAKEFORMATION-IAM-PRINCIPALS",
        "a database's tables",
        make(
            DATABASE,
            createTableDefaultPermissions=[
                {"permissions": ["ALL"], "principal": {"dataLakePrincipalIdentifier": IAM}},
            ],
        ),
    ),
    good("LAKEFORMATION-IAM-PRINCIPALS", "no defaults", make(SETTINGS, admins=[ADMIN])),
    good(
        "LAKEFORMATION-IAM-PRINCIPALS",
        "empty defaults",
        make(SETTINGS, createDatabaseDefaultPermissions=[], createTableDefaultPermissions=[]),
    ),
    good(
        "LAKEFORMATION-IAM-PRINCIPALS",
        "a default for a role",
        make(SETTINGS, createTableDefaultPermissions=[{"permissions": ["SELECT"], "principal": ANALYST}]),
    ),
    good("LAKEFORMATION-IAM-PRINCIPALS", "a grant to a role", permissions(ANALYST)),
    good("LAKEFORMATION-IAM-PRINCIPALS", "a database", make(DATABASE, createTableDefaultPermissions=[])),
    bad("LAKEFORMATION-EVERYONE", "all of an account", permissions("123456789012:IAMPrincipals")),
    bad("LAKEFORMATION-EVERYONE", "the group of all", permissions("ALLIAMPrincipals")),
    bad("LAKEFORMATION-EVERYONE", "anyone", permissions("*")),
    bad("LAKEFORMATION-EVERYONE", "every role", permissions("arn:aws:iam::123456789012:role/*")),
    bad("LAKEFORMATION-EVERYONE", "every identity", permissions("arn:aws:iam::123456789012:*")),
    good("LAKEFORMATION-EVERYONE", "a role", permissions(ANALYST)),
    good("LAKEFORMATION-EVERYONE", "another account, whose administrator decides", permissions("210987654321")),
    bad("LAKEFORMATION-EVERYONE", "an administrator", make(SETTINGS, admins=["arn:aws:iam::123456789012:root"])),
    bad(
        "LAKEFORMATION-EVERYONE",
        "what is new",
        make(
            SETTINGS,
            createTableDefaultPermissions=[{"permissions": ["SELECT"], "principal": "123456789012:IAMPrincipals"}],
        ),
    ),
    good("LAKEFORMATION-EVERYONE", "administrators", make(SETTINGS, admins=[ADMIN], readOnlyAdmins=[ANALYST])),
    bad("LAKEFORMATION-NAMED-PERMISSIONS", "all", permissions(ANALYST, "ALL")),
    good("LAKEFORMATION-NAMED-PERMISSIONS", "two", permissions(ANALYST, "SELECT", "DESCRIBE")),
    good("LAKEFORMATION-NAMED-PERMISSIONS", "those of a pipeline", permissions(ADMIN, "SELECT", "INSERT", "ALTER")),
    bad("LAKEFORMATION-GRANTS-ONLY", "hybrid", make(LOCATION, arn=RAW, roleArn=ANALYST, hybridAccessEnabled=True)),
    bad("LAKEFORMATION-GRANTS-ONLY", "privileged", make(LOCATION, arn=RAW, roleArn=ANALYST, withPrivilegedAccess=True)),
    bad("LAKEFORMATION-GRANTS-ONLY", "other engines", make(SETTINGS, allowFullTableExternalDataAccess=True)),
    bad(
        "LAKEFORMATION-GRANTS-ONLY",
        "handed on",
        make(PERMISSIONS, principal=ANALYST, permissions=["SELECT"], permissionsWithGrantOptions=["SELECT"]),
    ),
    good("LAKEFORMATION-GRANTS-ONLY", "a location", make(LOCATION, arn=RAW, roleArn=ANALYST)),
    good("LAKEFORMATION-GRANTS-ONLY", "a grant", permissions(ANALYST)),
    bad("LAKEFORMATION-OWN-ROLE", "the service's", make(LOCATION, arn=RAW, useServiceLinkedRole=True)),
    bad("LAKEFORMATION-OWN-ROLE", "none", make(LOCATION, arn=RAW)),
    good("LAKEFORMATION-OWN-ROLE", "one of ours", make(LOCATION, arn=RAW, roleArn=role)),
    good("LAKEFORMATION-OWN-ROLE", "one of ours, by ARN", make(LOCATION, arn=RAW, roleArn=ANALYST)),
    good("LAKEFORMATION-REGISTERED-ROLE", "the service's", make(LOCATION, arn=RAW, useServiceLinkedRole=True)),
    bad(
        "LAKEFORMATION-OWN-ROLE",
        "the service's, by ARN",
        make(LOCATION, arn=RAW, roleArn="arn:aws:iam::1:role/aws-service-role/lakeformation.amazonaws.com/A"),
    ),
    bad("LAKEFORMATION-REGISTERED-ROLE", "every bucket", make(LOCATION, arn="arn:aws:s3:::*", roleArn=ANALYST)),
    bad(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role for more",
        role,
        role_policy(f"{RAW}/*", "arn:aws:s3:::payroll/*"),
        make(LOCATION, arn=RAW, roleArn=role),
    ),
    bad(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role for every bucket",
        role,
        role_policy("*"),
        make(LOCATION, arn=RAW, roleArn=role),
    ),
    bad(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role for more, by a policy of its own",
        role,
        make(POLICY, "policy", policy=document(allow("s3:GetObject", "arn:aws:s3:::payroll/*"))),
        make(ATTACHMENT, role=role, policyArn=make(POLICY, "policy")),
        make(LOCATION, arn=RAW, roleArn=role),
    ),
    bad(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role with AWS's policy for all of S3",
        role,
        make(ATTACHMENT, role=role, policyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess"),
        make(LOCATION, arn=RAW, roleArn=role),
    ),
    good(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role that may list the names of buckets",
        role,
        make(
            ROLE_POLICY,
            role=role,
            policy=document(allow("s3:ListAllMyBuckets", "*"), allow("s3:GetObject", f"{RAW}/*")),
        ),
        make(LOCATION, arn=RAW, roleArn=role),
    ),
    good(
        "LAKEFORMATION-REGISTERED-ROLE",
        "table buckets, which are registered all at once",
        make(LOCATION, arn="arn:aws:s3tables:eu-west-1:123456789012:bucket/*", roleArn=ANALYST, withFederation=True),
    ),
    good(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role for the location",
        role,
        role_policy(RAW, f"{RAW}/*"),
        make(LOCATION, arn=RAW, roleArn=role),
    ),
    good(
        "LAKEFORMATION-REGISTERED-ROLE",
        "a role for two locations",
        role,
        role_policy(f"{RAW}/*", "arn:aws:s3:::curated/a/*"),
        make(LOCATION, "raw", arn=RAW, roleArn=role),
        make(LOCATION, "curated", arn="arn:aws:s3:::curated/a", roleArn=role),
    ),
]
SNOWFLAKE = [
    *(
        bad("SNOWFLAKE-ACCOUNTADMIN", title, resource)
        for title, resource in (
            ("to a user", snowflake("GrantAccountRole", roleName="ACCOUNTADMIN", userName="bob")),
            ("to a role, small letters", snowflake("GrantAccountRole", roleName="accountadmin", parentRoleName="A")),
            ("in quotes", snowflake("GrantAccountRole", roleName='"ACCOUNTADMIN"', userName="bob")),
            ("by the old type", snowflake("RoleGrants", roleName="ACCOUNTADMIN", users=["bob"])),
            ("spelled as in YAML", make("snowflake:GrantAccountRole", roleName="ACCOUNTADMIN", userName="bob")),
            ("by default", snowflake("User", name="bob", defaultRole="ACCOUNTADMIN")),
            ("as an owner", snowflake("GrantOwnership", accountRoleName="ACCOUNTADMIN", on={"objectName": "d"})),
            ("all of the account", snowflake(GRANT_TO_ROLE, accountRoleName="a", onAccount=True, allPrivileges=True)),
            (
                "every grant",
                snowflake(GRANT_TO_ROLE, accountRoleName="a", onAccount=True, privileges=["MANAGE GRANTS"]),
            ),
            ("in SQL", snowflake("Execute", execute="GRANT ROLE ACCOUNTADMIN TO USER BOB")),
            ("every grant, the old way", snowflake("AccountGrant", privilege="MANAGE GRANTS", roles=["a"])),
        )
    ),
    *(
        good("SNOWFLAKE-ACCOUNTADMIN", title, resource)
        for title, resource in (
            ("a role of ours", snowflake("GrantAccountRole", roleName="LOADER", parentRoleName="SYSADMIN")),
            ("a user's", snowflake("User", name="bob", defaultRole="ANALYST")),
            ("a user without", snowflake("User", name="bob")),
            ("other SQL", snowflake("Execute", execute="GRANT ROLE ANALYST TO USER BOB")),
            (
                "one privilege",
                snowflake(GRANT_TO_ROLE, accountRoleName="a", onAccount=True, privileges=["CREATE DATABASE"]),
            ),
            (
                "all of a schema",
                snowflake(GRANT_TO_ROLE, accountRoleName="a", onSchema={"schemaName": "s"}, allPrivileges=True),
            ),
        )
    ),
    *(
        bad("SNOWFLAKE-PUBLIC", title, resource)
        for title, resource in (
            ("privileges", snowflake(GRANT_TO_ROLE, accountRoleName="PUBLIC", privileges=["USAGE"])),
            ("small letters", snowflake(GRANT_TO_ROLE, accountRoleName="public", privileges=["USAGE"])),
            ("a role", snowflake("GrantAccountRole", roleName="LOADER", parentRoleName='"PUBLIC"')),
            ("a database role", snowflake("GrantDatabaseRole", databaseRoleName="d.r", parentRoleName="PUBLIC")),
            ("by an older type", snowflake("GrantPrivilegesToRole", roleName="PUBLIC", privileges=["USAGE"])),
            ("by the oldest type", snowflake("TableGrant", tableName="t", roles=["A", "PUBLIC"])),
            ("ownership", snowflake("GrantOwnership", accountRoleName="PUBLIC")),
            ("in SQL", snowflake("UnsafeExecute", execute="grant select on table d.s.t to role public;")),
        )
    ),
    good("SNOWFLAKE-PUBLIC", "a role of ours", snowflake(GRANT_TO_ROLE, accountRoleName="ANALYST")),
    good("SNOWFLAKE-PUBLIC", "a schema named so", snowflake("TableGrant", schemaName="PUBLIC", roles=["ANALYST"])),
    bad(
        "SNOWFLAKE-PUBLIC",
        "ownership, in SQL",
        snowflake("Execute", execute="GRANT OWNERSHIP ON TABLE D.S.T TO ROLE PUBLIC COPY CURRENT GRANTS"),
    ),
    good("SNOWFLAKE-PUBLIC", "SQL", snowflake("Execute", execute="GRANT USAGE ON SCHEMA D.PUBLIC TO ROLE ANALYST")),
    good("SNOWFLAKE-PUBLIC", "to a user", snowflake("GrantAccountRole", roleName="ANALYST", userName="bob")),
    bad("SNOWFLAKE-STORAGE-LOCATIONS", "any", integration("*")),
    bad("SNOWFLAKE-STORAGE-LOCATIONS", "any bucket", integration("s3://raw/", "s3://*")),
    bad("SNOWFLAKE-STORAGE-LOCATIONS", "no bucket", integration("s3://")),
    bad("SNOWFLAKE-STORAGE-LOCATIONS", "none", snowflake("StorageIntegrationAws", storageProvider="S3")),
    bad(
        "SNOWFLAKE-STORAGE-LOCATIONS",
        "a volume",
        snowflake("ExternalVolume", storageLocations=[{"storageBaseUrl": "s3://*"}]),
    ),
    bad("SNOWFLAKE-STORAGE-LOCATIONS", "another's bucket", make(BUCKET, bucket="raw"), integration("s3://theirs/")),
    good("SNOWFLAKE-STORAGE-LOCATIONS", "the stack's, named by AWS", make(BUCKET, "raw"), integration("s3://raw/")),
    good("SNOWFLAKE-STORAGE-LOCATIONS", "the stack's", make(BUCKET, bucket="raw"), integration("s3://raw/flights/")),
    good("SNOWFLAKE-STORAGE-LOCATIONS", "ours", integration("s3://raw/", "s3://curated/flights/")),
    good("SNOWFLAKE-STORAGE-LOCATIONS", "ours, in government regions", integration("s3gov://raw/")),
    good(
        "SNOWFLAKE-STORAGE-LOCATIONS",
        "a volume",
        snowflake("ExternalVolume", storageLocations=[{"storageBaseUrl": "s3://raw/iceberg/"}]),
    ),
    bad(
        "SNOWFLAKE-STAGE-CREDENTIALS",
        "keys",
        snowflake("Stage", url="s3://raw/", credentials="AWS_KEY_ID='A' AWS_SECRET_KEY='b'"),
    ),
    good("SNOWFLAKE-STAGE-CREDENTIALS", "an integration", snowflake("Stage", url="s3://raw/", storageIntegration="i")),
    good("SNOWFLAKE-STAGE-CREDENTIALS", "inside Snowflake", snowflake("Stage", name="internal")),
    bad("SNOWFLAKE-USER-PASSWORD", "a person's", snowflake("User", name="bob", password="secret")),
    bad("SNOWFLAKE-USER-PASSWORD", "a program's", snowflake("LegacyServiceUser", name="loader", password="secret")),
    good("SNOWFLAKE-USER-PASSWORD", "a key", snowflake("ServiceUser", name="loader", rsaPublicKey="MIIB")),
    good("SNOWFLAKE-USER-PASSWORD", "single sign-on", snowflake("User", name="bob", loginName="bob@example.com")),
    bad("SNOWFLAKE-NETWORK-POLICY", "everywhere", snowflake("NetworkPolicy", allowedIpLists=["0.0.0.0/0"])),
    good("SNOWFLAKE-NETWORK-POLICY", "the office", snowflake("NetworkPolicy", allowedIpLists=["203.0.113.0/24"])),
    good("SNOWFLAKE-NETWORK-POLICY", "rules", snowflake("NetworkPolicy", allowedNetworkRuleLists=["d.s.office"])),
    bad("SNOWFLAKE-NETWORK-POLICY", "a rule for everywhere", network_rule("INGRESS", "0.0.0.0/0")),
    good("SNOWFLAKE-NETWORK-POLICY", "a rule for the office", network_rule("INGRESS", "203.0.113.0/24")),
    good("SNOWFLAKE-NETWORK-POLICY", "a rule for the way out", network_rule("EGRESS", "0.0.0.0/0")),
    bad("SNOWFLAKE-NAMED-PRIVILEGES", "all", snowflake(GRANT_TO_ROLE, accountRoleName="A", allPrivileges=True)),
    bad(
        "SNOWFLAKE-NAMED-PRIVILEGES",
        "handed on",
        snowflake(GRANT_TO_ROLE, accountRoleName="A", privileges=["SELECT"], withGrantOption=True),
    ),
    good("SNOWFLAKE-NAMED-PRIVILEGES", "one", snowflake(GRANT_TO_ROLE, accountRoleName="A", privileges=["SELECT"])),
    good("SNOWFLAKE-NAMED-PRIVILEGES", "none", snowflake("AccountRole", name="A")),
]
CASES = [*LAKE_FORMATION, *SNOWFLAKE]
