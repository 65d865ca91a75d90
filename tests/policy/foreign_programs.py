"""Programs written without our components, in the shapes of well-known public examples: the pack judges any of them.

Written afresh; each is what a tutorial declares, with its usual shortcuts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pulumi
import pulumi_aws

if TYPE_CHECKING:
    from collections.abc import Callable

# As tutorials spell arguments: dictionaries, which the SDK's types know only where they are literals.
aws: Any = pulumi_aws
ANYWHERE = "0.0.0.0/0"


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def static_website() -> None:
    """A public bucket as a web site, a certificate and a CDN before it."""
    site = aws.s3.Bucket("site")
    aws.s3.BucketWebsiteConfiguration("web", bucket=site.id, index_document={"suffix": "index.html"})
    aws.s3.BucketPublicAccessBlock("open", bucket=site.id, block_public_acls=False, block_public_policy=False)
    aws.s3.BucketPolicy("read", bucket=site.id, policy=site.arn.apply(public_read))
    aws.s3.BucketObjectv2("index", bucket=site.id, key="index.html", content="<h1>Hello</h1>")
    origin: dict[str, Any] = {
        "origin_id": "site",
        "domain_name": site.bucket_regional_domain_name,
        "custom_origin_config": {
            "http_port": 80,
            "https_port": 443,
            "origin_protocol_policy": "http-only",
            "origin_ssl_protocols": ["TLSv1.2"],
        },
    }
    behaviour: dict[str, Any] = {
        "target_origin_id": "site",
        "viewer_protocol_policy": "allow-all",
        "allowed_methods": ["GET", "HEAD"],
        "cached_methods": ["GET", "HEAD"],
        "forwarded_values": {"query_string": False, "cookies": {"forward": "none"}},
    }
    aws.cloudfront.Distribution(
        "cdn",
        enabled=True,
        origins=[origin],
        default_cache_behavior=behaviour,
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )


def public_read(arn: str) -> str:
    statement = {"Effect": "Allow", "Principal": "*", "Action": ["s3:GetObject"], "Resource": [f"{arn}/*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def network(name: str) -> tuple[Any, Any]:
    vpc = aws.ec2.Vpc(name, cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
    gateway = aws.ec2.InternetGateway(f"{name}-gateway", vpc_id=vpc.id)
    routes = aws.ec2.RouteTable(
        f"{name}-routes", vpc_id=vpc.id, routes=[{"cidr_block": ANYWHERE, "gateway_id": gateway.id}]
    )
    subnet = aws.ec2.Subnet(f"{name}-public", vpc_id=vpc.id, cidr_block="10.0.1.0/24", map_public_ip_on_launch=True)
    aws.ec2.RouteTableAssociation(f"{name}-public", subnet_id=subnet.id, route_table_id=routes.id)
    return vpc, subnet


def fargate_service() -> None:
    """A container behind a load balancer that listens on port 80."""
    vpc, subnet = network("app")
    group = aws.ec2.SecurityGroup(
        "web",
        vpc_id=vpc.id,
        ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": [ANYWHERE]}],
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": [ANYWHERE]}],
    )
    balancer = aws.lb.LoadBalancer("front", security_groups=[group.id], subnets=[subnet.id])
    targets = aws.lb.TargetGroup("app", port=80, protocol="HTTP", target_type="ip", vpc_id=vpc.id)
    forward = [{"type": "forward", "target_group_arn": targets.arn}]
    aws.lb.Listener("http", load_balancer_arn=balancer.arn, port=80, default_actions=forward)
    role = aws.iam.Role("task", assume_role_policy=trust("ecs-tasks.amazonaws.com"))
    managed = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
    aws.iam.RolePolicyAttachment("execute", role=role.name, policy_arn=managed)
    container = {"name": "app", "image": "nginx", "portMappings": [{"containerPort": 80, "hostPort": 80}]}
    task = aws.ecs.TaskDefinition(
        "app",
        family="app",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=role.arn,
        container_definitions=json.dumps([container]),
    )
    aws.ecs.Service(
        "app",
        cluster=aws.ecs.Cluster("cluster").arn,
        task_definition=task.arn,
        desired_count=3,
        launch_type="FARGATE",
        network_configuration={"assign_public_ip": True, "subnets": [subnet.id], "security_groups": [group.id]},
        load_balancers=[{"target_group_arn": targets.arn, "container_name": "app", "container_port": 80}],
    )


def serverless_api() -> None:
    """A function behind a REST and an HTTP API, open to everybody, with a token in its environment."""
    role = aws.iam.Role("function", assume_role_policy=trust("lambda.amazonaws.com"))
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    aws.iam.RolePolicyAttachment("basic", role=role.name, policy_arn=basic)
    function = aws.lambda_.Function(
        "handler",
        runtime=aws.lambda_.Runtime.PYTHON3D13,
        role=role.arn,
        handler="app.handler",
        code=pulumi.AssetArchive({"app.py": pulumi.StringAsset("def handler(*_): return {}")}),
        environment={"variables": {"STAGE": "demo", "API_TOKEN": pulumi.Output.secret("t0ps3cret-t0ps3cret")}},
    )
    api = aws.apigateway.RestApi("rest")
    resource = aws.apigateway.Resource("proxy", rest_api=api.id, parent_id=api.root_resource_id, path_part="{proxy+}")
    where: dict[str, Any] = {"rest_api": api.id, "resource_id": resource.id}
    method = aws.apigateway.Method("any", **where, http_method="ANY", authorization="NONE")
    aws.apigateway.Integration(
        "call",
        **where,
        http_method=method.http_method,
        integration_http_method="POST",
        type="AWS_PROXY",
        uri=function.invoke_arn,
    )
    deployment = aws.apigateway.Deployment("deployment", rest_api=api.id)
    aws.apigateway.Stage("live", rest_api=api.id, deployment=deployment.id, stage_name="live")
    http = aws.apigatewayv2.Api("http", protocol_type="HTTP", route_key="$default", target=function.invoke_arn)
    source = {"function": function.name, "action": "lambda:InvokeFunction", "principal": "apigateway.amazonaws.com"}
    aws.lambda_.Permission("rest", **source)
    aws.lambda_.Permission("http", **source, source_arn=http.id.apply(every_route))


def every_route(api: str) -> str:
    return f"arn:aws:execute-api:eu-west-1:123456789012:{api}/*/*"


def servers() -> None:
    """A web server with SSH open, its disk, and a Kubernetes cluster with a public endpoint."""
    vpc, subnet = network("machines")
    group = aws.ec2.SecurityGroup(
        "ssh",
        description="Web and SSH",
        vpc_id=vpc.id,
        ingress=[
            {"protocol": "tcp", "from_port": port, "to_port": port, "cidr_blocks": [ANYWHERE]} for port in (22, 80)
        ],
    )
    aws.ec2.Instance(
        "web",
        ami="ami-12345678",
        instance_type="t3.micro",
        subnet_id=subnet.id,
        vpc_security_group_ids=[group.id],
        user_data="#!/bin/bash\npython3 -m http.server 80 &",
    )
    role = aws.iam.Role("eks", assume_role_policy=trust("eks.amazonaws.com"))
    cluster = "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy"
    aws.iam.RolePolicyAttachment("eks", role=role.name, policy_arn=cluster)
    access: dict[str, Any] = {
        "subnet_ids": [subnet.id],
        "endpoint_public_access": True,
        "public_access_cidrs": [ANYWHERE],
    }
    aws.eks.Cluster("cluster", role_arn=role.arn, vpc_config=access)


def databases() -> None:
    """A relational database with its password in the program, a table, a cache queue and a topic."""
    vpc, subnet = network("data")
    group = aws.ec2.SecurityGroup(
        "postgres",
        vpc_id=vpc.id,
        ingress=[{"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["10.0.0.0/16"]}],
    )
    subnets = aws.rds.SubnetGroup("db", subnet_ids=[subnet.id])
    aws.rds.Instance(
        "db",
        engine="postgres",
        instance_class="db.t4g.micro",
        allocated_storage=20,
        db_subnet_group_name=subnets.name,
        vpc_security_group_ids=[group.id],
        username="app",
        password=pulumi.Output.secret("hunter2-hunter2"),
        skip_final_snapshot=True,
    )
    aws.dynamodb.Table(
        "orders",
        attributes=[{"name": "id", "type": "S"}],
        hash_key="id",
        read_capacity=1,
        write_capacity=1,
    )
    aws.sqs.Queue("work", visibility_timeout_seconds=180)
    topic = aws.sns.Topic("news")
    aws.sns.TopicSubscription("hook", topic=topic.arn, protocol="http", endpoint="http://example.com/hook")


def pipeline() -> None:
    """A bucket with an older inline spelling of everything, and a role that may do what it likes with it."""
    bucket = aws.s3.Bucket("uploads", acl="private", force_destroy=True, tags={"Name": "uploads"})
    role = aws.iam.Role("job", assume_role_policy=trust("glue.amazonaws.com"))
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    aws.iam.RolePolicy("all", role=role.id, policy={"Version": "2012-10-17", "Statement": [statement]})
    key = aws.kms.Key("key", deletion_window_in_days=7)
    aws.cloudwatch.LogGroup("job", kms_key_id=key.arn)
    aws.s3.BucketNotification("events", bucket=bucket.id)


PROGRAMS: dict[str, Callable[[], None]] = {
    "a static website on S3 and CloudFront": static_website,
    "a Fargate service behind a load balancer": fargate_service,
    "an API Gateway and Lambda API": serverless_api,
    "a VPC with EC2 and EKS": servers,
    "RDS, DynamoDB, SQS and SNS": databases,
    "an S3 and Glue pipeline": pipeline,
}
SECRETS = ("t0ps3cret", "hunter2")
