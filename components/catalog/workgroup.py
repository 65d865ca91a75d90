"""The Athena workgroup that queries run in."""

import pulumi
import pulumi_aws as aws

from ..core import Component, EncryptionKey, Grantee, Statement, Tags
from ..core.component import destroyable
from ..core.deployment import current
from ..storage import Bucket

MIN_BYTES_SCANNED = 10_000_000
"""The least limit Athena accepts, 10 MB (botocore athena service model, BytesScannedCutoffValue)."""


class Workgroup(Component, domain="catalog"):
    """A workgroup whose settings bind every query: encrypted results, engine 3, a limit of bytes scanned.

    Creates: the workgroup.

    - `results`: the bucket for results, each under `<name>/`. `key`: encrypts them.
    - `bytes_scanned_limit`: bytes after which a query is cancelled; default 100 GB, at least 10 MB.
    - `removable`: may be destroyed with its query history, when the stack's `allowDestroy` agrees; default no.

    Outputs: `arn`, `workgroup_name`. Source: Amazon Athena User Guide, "Use workgroups to control query access".
    """

    def __init__(
        self,
        name: str,
        *,
        results: Bucket,
        key: EncryptionKey,
        bytes_scanned_limit: int = 100 * 1_000**3,
        removable: bool = False,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self._results = results
        self.results_prefix = f"{name}/"
        encryption = aws.athena.WorkgroupConfigurationResultConfigurationEncryptionConfigurationArgs(
            encryption_option="SSE_KMS", kms_key_arn=key.arn
        )
        self.resource = aws.athena.Workgroup(
            name,
            configuration=aws.athena.WorkgroupConfigurationArgs(
                enforce_workgroup_configuration=True,
                publish_cloudwatch_metrics_enabled=True,
                bytes_scanned_cutoff_per_query=bytes_scanned_limit,
                engine_version=aws.athena.WorkgroupConfigurationEngineVersionArgs(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=aws.athena.WorkgroupConfigurationResultConfigurationArgs(
                    output_location=pulumi.Output.concat("s3://", results.bucket_name, "/", self.results_prefix),
                    encryption_configuration=encryption,
                ),
            ),
            force_destroy=destroyable(removable),
            tags=self._tags(),
            opts=self._options(),
        )
        self.arn: pulumi.Output[str] = self.resource.arn
        self.workgroup_name: pulumi.Output[str] = self.resource.name
        self.register_outputs({"arn": self.arn, "workgroup_name": self.workgroup_name})

    def grant_query(self, grantee: Grantee) -> list[aws.iam.RolePolicy]:
        """Let the grantee run queries and read their results, as people and their tools do.

        These ask what the workgroup is like, too. What the queries may read is granted apart.
        """
        look = grantee.role.allow(
            f"look-{self.name}", [Statement(actions=["athena:GetWorkGroup"], resources=[self.arn])]
        )
        return [look, *self.grant_run(grantee), self.grant_results(grantee)]

    def grant_results(self, grantee: Grantee) -> aws.iam.RolePolicy:
        """Let the grantee, which may run queries in the workgroup, ask Athena for their results."""
        return grantee.role.allow(
            f"results-{self.name}", [Statement(actions=["athena:GetQueryResults"], resources=[self.arn])]
        )

    def grant_run(self, grantee: Grantee) -> list[aws.iam.RolePolicy]:
        """Let the grantee run statements in the workgroup, watch and stop them; Athena keeps results in its name.

        Source: AWS Step Functions Developer Guide, "Run Athena queries with Step Functions"; AWS managed policy
        AmazonAthenaFullAccess; Amazon Athena User Guide, "Configure AWS Glue access to your catalog and database per
        AWS Region"; its API Reference, "StartQueryExecution" (which asks for GetDataCatalog of other catalogs alone).
        """
        glue = current().arn
        run = grantee.role.allow(
            f"query-{self.name}",
            [
                Statement(
                    actions=["athena:GetQueryExecution", "athena:StartQueryExecution", "athena:StopQueryExecution"],
                    resources=[self.arn],
                ),
                self._results.location(),
                self._results.listing(self.results_prefix),
                Statement(actions=["s3:ListBucketMultipartUploads"], resources=[self._results.arn]),
                Statement(
                    actions=["s3:GetObject", "s3:ListMultipartUploadParts"],
                    resources=[pulumi.Output.concat(self._results.arn, "/", self.results_prefix, "*")],
                ),
                # The database of every query that is started without one.
                Statement(
                    actions=["glue:GetDatabase"], resources=[glue("glue", "catalog"), glue("glue", "database/default")]
                ),
            ],
        )
        return [run, self._results.grant_write(grantee, self.results_prefix)]
