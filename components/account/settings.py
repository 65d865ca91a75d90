"""What exists once per account and region."""

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Tags


class AccountSettings(Component, domain="account"):
    """Settings that an account has once per region, owned by one stack and left in place when it is destroyed.

    Only where the key is destroyed with the stack they are reset too: with a key that is gone, Glue would refuse every
    new database and table of the account.

    Creates: the encryption of the Glue Data Catalog, its metadata and its connections' passwords, with the key.

    - `key`: the platform's. Roles that read the catalog need it too; `Catalog.grant_read` gives it.

    Source: AWS Glue Developer Guide, "Encrypting your Data Catalog".
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
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=not key.goes_with_the_stack),
        )
        self.register_outputs({})
