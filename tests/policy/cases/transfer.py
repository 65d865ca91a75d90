"""Transfer Family and AppSync."""

from __future__ import annotations

from tests.policy.cases import bad, good
from tests.policy.resources import make

SERVER = "aws:transfer/server:Server"
API = "aws:appsync/graphQLApi:GraphQLApi"
OLD = "TransferSecurityPolicy-2018-11"
NEW = "TransferSecurityPolicy-2024-01"

CASES = [
    bad("TRANSFER-NO-FTP", "plain FTP", make(SERVER, protocols=["FTP", "FTPS"])),
    good("TRANSFER-NO-FTP", "by default", make(SERVER, domain="S3")),
    good("TRANSFER-NO-FTP", "FTP over TLS", make(SERVER, protocols=["FTPS", "SFTP"])),
    bad("TRANSFER-SECURITY-POLICY", "by default", make(SERVER, domain="S3")),
    bad("TRANSFER-SECURITY-POLICY", "the oldest", make(SERVER, protocols=["FTPS"], securityPolicyName=OLD)),
    good("TRANSFER-SECURITY-POLICY", "a new one", make(SERVER, securityPolicyName=NEW)),
    good("TRANSFER-SECURITY-POLICY", "what no policy is about", make(SERVER, protocols=["AS2"])),
    bad("TRANSFER-NOT-PUBLIC", "by default", make(SERVER, domain="S3")),
    bad("TRANSFER-NOT-PUBLIC", "public", make(SERVER, endpointType="PUBLIC")),
    good("TRANSFER-NOT-PUBLIC", "in a VPC", make(SERVER, endpointType="VPC", endpointDetails={"vpcId": "vpc-1"})),
    good("TRANSFER-NOT-PUBLIC", "by an endpoint", make(SERVER, endpointType="VPC_ENDPOINT")),
    bad("APPSYNC-NO-API-KEY", "a key", make(API, authenticationType="API_KEY")),
    good("APPSYNC-NO-API-KEY", "IAM", make(API, authenticationType="AWS_IAM")),
    good(
        "APPSYNC-NO-API-KEY",
        "a key beside users",
        make(
            API,
            authenticationType="AMAZON_COGNITO_USER_POOLS",
            additionalAuthenticationProviders=[{"authenticationType": "API_KEY"}],
        ),
    ),
    good("APPSYNC-NO-API-KEY", "in a VPC", make(API, authenticationType="API_KEY", visibility="PRIVATE")),
]
