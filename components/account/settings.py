"""What exists once per account and region."""

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Statement, Tags
from ..core.deployment import current
from ..core.iam import policy_document, service_trust
from ..core.limits import ROLE_NAME
from ..core.names import check_auto_name

API_LOGS = "/aws/apigateway/"
"""How the names of access logs begin."""
EXECUTION_LOGS = "API-Gateway-Execution-Logs_"
"""How the names begin that API Gateway itself gives the logs of executions (Developer Guide, "Set up CloudWatch logging
for REST APIs"); the API's id and its stage follow."""
_WRITE_LOGS = (
    *("logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams"),
    *("logs:FilterLogEvents", "logs:GetLogEvents", "logs:PutLogEvents"),
)


class AccountSettings(Component, domain="account"):
    """Settings that an account has once per region, owned by one stack and left in place when it is destroyed.

    Only where the key is destroyed with the stack they are reset too: with a key that is gone, Glue would refuse every
    new database and table of the account.

    Creates: the encryption of the Glue Data Catalog, its metadata and its connections' passwords, with the key; and the
    role by which API Gateway writes the logs of all APIs, which stages with logs wait for.

    - `key`: the platform's. Roles that read the catalog need it too; `Catalog.grant_read` gives it.

    Source: AWS Glue Developer Guide, "Encrypting your Data Catalog"; Amazon API Gateway Developer Guide, "Set up
    CloudWatch logging for REST APIs".
    """

    def __init__(
        self,
        name: str,
        *,
        key: EncryptionKey,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._kept = pulumi.ResourceOptions(parent=self, retain_on_delete=not key.goes_with_the_stack)
        settings = aws.glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsArgs
        at_rest = aws.glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsEncryptionAtRestArgs
        passwords = aws.glue.DataCatalogEncryptionSettingsDataCatalogEncryptionSettingsConnectionPasswordEncryptionArgs
        self.catalog_encryption = aws.glue.DataCatalogEncryptionSettings(
            self._child("catalog-encryption"),
            data_catalog_encryption_settings=settings(
                encryption_at_rest=at_rest(catalog_encryption_mode="SSE-KMS", sse_aws_kms_key_id=key.arn),
                connection_password_encryption=passwords(
                    return_connection_password_encrypted=True, aws_kms_key_id=key.arn
                ),
            ),
            opts=self._kept,
        )
        self.api_logs = self._let_apis_log()
        self.register_outputs({})

    def _let_apis_log(self) -> "aws.apigateway.Account":
        """Give API Gateway the role that it writes logs with: the actions of AmazonAPIGatewayPushToCloudWatchLogs.

        The role stays with the setting: a setting whose role is gone stops the logs of every API.
        """
        arn = current().arn
        groups = [arn("logs", f"log-group:{begins}*") for begins in (EXECUTION_LOGS, API_LOGS)]
        role = aws.iam.Role(
            check_auto_name(self._child("api-logs"), ROLE_NAME, "role"),
            description="Lets API Gateway write the logs of this region's APIs",
            assume_role_policy=service_trust("apigateway.amazonaws.com", account_id=current().account_id),
            tags=self._tags(),
            opts=self._kept,
        )
        write = aws.iam.RolePolicy(
            self._child("api-logs-write"),
            name="write",
            role=role.name,
            policy=policy_document(
                [
                    Statement(actions=["logs:DescribeLogGroups"], resources=[arn("logs", "log-group:*")]),
                    Statement(actions=list(_WRITE_LOGS), resources=groups),
                ]
            ),
            opts=self._kept,
        )
        return aws.apigateway.Account(
            self._child("api-gateway"),
            cloudwatch_role_arn=role.arn,
            opts=pulumi.ResourceOptions.merge(self._kept, pulumi.ResourceOptions(depends_on=[write])),
        )
