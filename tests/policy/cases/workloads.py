"""EMR, EKS, Batch and Airflow."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

BLOCK = "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration"
CONFIGURATION = "aws:emr/securityConfiguration:SecurityConfiguration"
EMR = "aws:emr/cluster:Cluster"
EKS = "aws:eks/cluster:Cluster"
JOB = "aws:batch/jobDefinition:JobDefinition"
AIRFLOW = "aws:mwaa/environment:Environment"

PASSWORD = {"name": "DB_PASSWORD", "value": "Swordfish1234"}
STAGE = {"name": "STAGE", "value": "prod"}

configuration = make(CONFIGURATION, "configuration", configuration="{}")
key = make("aws:kms/key:Key", "key")


def configured(*, at_rest: bool, in_transit: bool) -> Recorded:
    said = {"EnableAtRestEncryption": at_rest, "EnableInTransitEncryption": in_transit}
    return make(CONFIGURATION, configuration=json.dumps({"EncryptionConfiguration": said}))


def cluster(**network: Any) -> Recorded:
    return make(EKS, roleArn="arn:aws:iam::123456789012:role/eks", vpcConfig={"subnetIds": ["a", "b"], **network})


def job(**container: Any) -> Recorded:
    return make(JOB, type="container", containerProperties=json.dumps({"image": "orders:1", **container}))


def nodes(**container: Any) -> Recorded:
    ranges = [{"targetNodes": "0:", "container": {"image": "orders:1", **container}}]
    return make(JOB, type="multinode", nodeProperties=json.dumps({"nodeRangeProperties": ranges}))


def task(**container: Any) -> Recorded:
    tasks = [{"containers": [{"image": "orders:1", **container}]}]
    return make(JOB, type="container", ecsProperties=json.dumps({"taskProperties": tasks}))


def pod(kind: str = "containers", **container: Any) -> Recorded:
    pods = {"containers": [{"image": "orders:1"}], kind: [{"image": "orders:1", **container}]}
    return make(JOB, type="container", eksProperties={"podProperties": pods})


CASES = [
    bad("EMR-NOT-PUBLIC", "off", make(BLOCK, blockPublicSecurityGroupRules=False)),
    good("EMR-NOT-PUBLIC", "on", make(BLOCK, blockPublicSecurityGroupRules=True)),
    good("EMR-NOT-PUBLIC", "spelled as text", make(BLOCK, blockPublicSecurityGroupRules="true")),
    bad("EMR-ENCRYPTED", "off", configured(at_rest=False, in_transit=True)),
    bad("EMR-ENCRYPTED", "about something else", configuration),
    good("EMR-ENCRYPTED", "on", configured(at_rest=True, in_transit=False)),
    good("EMR-ENCRYPTED", "a cluster", make(EMR, releaseLabel="emr-7.5.0")),
    bad("EMR-TLS", "off", configured(at_rest=True, in_transit=False)),
    good("EMR-TLS", "on", configured(at_rest=False, in_transit=True)),
    good("EMR-TLS", "a cluster", make(EMR, releaseLabel="emr-7.5.0")),
    bad("EMR-SECURITY-CONFIGURATION", "none", make(EMR, releaseLabel="emr-7.5.0")),
    good("EMR-SECURITY-CONFIGURATION", "ours", make(EMR, securityConfiguration=configuration)),
    good("EMR-SECURITY-CONFIGURATION", "by name", make(EMR, securityConfiguration="encrypted")),
    bad("EKS-NOT-PUBLIC", "by default", cluster()),
    bad("EKS-NOT-PUBLIC", "from anywhere", cluster(endpointPublicAccess=True, publicAccessCidrs=["0.0.0.0/0"])),
    bad("EKS-NOT-PUBLIC", "from anywhere by IPv6", cluster(publicAccessCidrs=["198.51.100.0/24", "::/0"])),
    good("EKS-NOT-PUBLIC", "private", cluster(endpointPublicAccess=False, endpointPrivateAccess=True)),
    good("EKS-NOT-PUBLIC", "from an office", cluster(publicAccessCidrs=["198.51.100.0/24"])),
    bad("EKS-SECRETS-CUSTOMER-KEY", "by default", cluster()),
    good(
        "EKS-SECRETS-CUSTOMER-KEY",
        "ours",
        make(EKS, encryptionConfig={"provider": {"keyArn": key}, "resources": ["secrets"]}),
    ),
    good(
        "EKS-SECRETS-CUSTOMER-KEY",
        "by ARN",
        make(EKS, encryptionConfig={"provider": {"keyArn": "arn:aws:kms:eu-west-1:123456789012:key/1"}}),
    ),
    bad("BATCH-SECRET-IN-ENVIRONMENT", "a password", job(environment=[STAGE, PASSWORD])),
    bad("BATCH-SECRET-IN-ENVIRONMENT", "of several nodes", nodes(environment=[PASSWORD])),
    bad("BATCH-SECRET-IN-ENVIRONMENT", "of a task", task(environment=[PASSWORD])),
    bad("BATCH-SECRET-IN-ENVIRONMENT", "of a pod", pod(envs=[STAGE, PASSWORD])),
    good("BATCH-SECRET-IN-ENVIRONMENT", "a setting of a pod", pod(envs=[STAGE])),
    good("BATCH-SECRET-IN-ENVIRONMENT", "a setting", job(environment=[STAGE])),
    good(
        "BATCH-SECRET-IN-ENVIRONMENT",
        "a secret by ARN",
        job(secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:d"}]),
    ),
    bad("BATCH-PRIVILEGED", "a container", job(privileged=True)),
    bad("BATCH-PRIVILEGED", "of several nodes", nodes(privileged=True)),
    bad("BATCH-PRIVILEGED", "of a task", task(privileged=True)),
    bad("BATCH-PRIVILEGED", "of a pod", pod(securityContext={"privileged": True})),
    bad("BATCH-PRIVILEGED", "what starts a pod", pod("initContainers", securityContext={"privileged": True})),
    good("BATCH-PRIVILEGED", "a pod", pod(securityContext={"runAsNonRoot": True})),
    good("BATCH-PRIVILEGED", "by default", job()),
    good("BATCH-PRIVILEGED", "off", job(privileged=False)),
    bad("MWAA-NOT-PUBLIC", "public", make(AIRFLOW, webserverAccessMode="PUBLIC_ONLY")),
    bad("MWAA-NOT-PUBLIC", "both", make(AIRFLOW, webserverAccessMode="PUBLIC_AND_PRIVATE")),
    good("MWAA-NOT-PUBLIC", "private", make(AIRFLOW, webserverAccessMode="PRIVATE_ONLY")),
    good("MWAA-NOT-PUBLIC", "by default", make(AIRFLOW, dagS3Path="dags/")),
]
