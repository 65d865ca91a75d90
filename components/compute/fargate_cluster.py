"""The ECS cluster that jobs run in."""

import pulumi
import pulumi_aws as aws

from ..core import Component, Tags


class FargateCluster(Component, domain="compute"):
    """A cluster without machines of its own: its tasks run on Fargate, or on Fargate Spot where a job says so.

    Creates: the cluster (Container Insights with enhanced observability) and its capacity providers; or nothing, when
    `arn` brings a cluster, which must then have both providers.

    - `arn`: an existing cluster's ARN.

    Nobody opens a shell in its containers: no session is set up, and no stage asks for ECS Exec. Outputs: `arn`.
    Source: Amazon ECS Developer Guide, "Amazon ECS clusters for Fargate workloads", "Container Insights".
    """

    def __init__(
        self,
        name: str,
        *,
        arn: pulumi.Input[str] | None = None,
        tags: Tags | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, tags=tags, opts=opts)
        self.resource: aws.ecs.Cluster | None = None
        if arn is not None:
            self.arn: pulumi.Output[str] = pulumi.Output.from_input(arn)
        else:
            self.resource = aws.ecs.Cluster(
                name,
                settings=[aws.ecs.ClusterSettingArgs(name="containerInsights", value="enhanced")],
                tags=self._tags(),
                opts=self._options(),
            )
            providers = aws.ecs.ClusterCapacityProviders(
                self._child("capacity"),
                cluster_name=self.resource.name,
                capacity_providers=["FARGATE", "FARGATE_SPOT"],
                default_capacity_provider_strategies=[
                    aws.ecs.ClusterCapacityProvidersDefaultCapacityProviderStrategyArgs(
                        capacity_provider="FARGATE", weight=1
                    )
                ],
                opts=self._options(),
            )
            # Known when the providers are there: what starts a task before is refused.
            self.arn = pulumi.Output.all(self.resource.arn, providers.id).apply(lambda known: str(known[0]))
        self.register_outputs({"arn": self.arn})
