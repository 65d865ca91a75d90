"""SageMaker: notebooks and models are kept from the internet, and have no more rights than they need."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..resource import Resource, aws
from ..rule import Finding, Profile, Rule, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..settings import Settings

NOTEBOOK = aws("sagemaker", "NotebookInstance")
DOMAIN = aws("sagemaker", "Domain")
MODEL = aws("sagemaker", "Model")
ENDPOINT = aws("sagemaker", "EndpointConfiguration")
# Their disks are part of the machine, encrypted by it, and take no key of ours: SageMaker refuses one for these.
# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateEndpointConfig.html
WITH_OWN_DISKS = re.compile(r"ml\.([a-z]+\d+[a-z]*d[a-z]*|g[56]\w*|p5\w*|trn1\w*)\..+")

INTERNET = Rule(
    id="SAGEMAKER-NOTEBOOK-INTERNET",
    title="Notebooks reach the internet only through our network",
    severity=Severity.HIGH,
    why="What a notebook downloads or sends passes no firewall and no flow log of ours otherwise.",
    frameworks=("FSBP SageMaker.1", "NIST 800-53 SC-7", "PCI DSS 1.4.4"),
    peers=("cdk-nag SM3", "Checkov CKV_AWS_122"),
)
ROOT = Rule(
    id="SAGEMAKER-NOTEBOOK-ROOT",
    title="Users of notebooks are not root",
    severity=Severity.MEDIUM,
    why="Root can change what keeps the machine in order, and read what other users left on it.",
    frameworks=("FSBP SageMaker.3", "NIST 800-53 AC-6"),
    peers=("Checkov CKV_AWS_307",),
)
DOMAIN_INTERNET = Rule(
    id="SAGEMAKER-DOMAIN-INTERNET",
    title="Studio reaches the internet only through our network",
    severity=Severity.MEDIUM,
    why="What notebooks download or send passes no firewall and no flow log of ours otherwise. The VPC must have "
    "endpoints or a NAT gateway for that, hence strict.",
    frameworks=("NIST 800-53 SC-7",),
    profile=Profile.STRICT,
)
ISOLATED = Rule(
    id="SAGEMAKER-NETWORK-ISOLATION",
    title="Models have no network",
    severity=Severity.MEDIUM,
    why="A model of somebody else's making could send away what it is asked. Some models call other services, hence "
    "strict.",
    frameworks=("FSBP SageMaker.5", "NIST 800-53 SC-7"),
    peers=("Checkov CKV_AWS_370",),
    profile=Profile.STRICT,
)
CUSTOMER_KEY = Rule(
    id="SAGEMAKER-CUSTOMER-KEY",
    title="Notebooks, Studio and endpoints encrypt with a customer-managed key",
    severity=Severity.MEDIUM,
    why="Only a key of ours has a policy that says who may decrypt. It costs by the month, hence strict.",
    frameworks=("NIST 800-53 SC-28", "PCI DSS 3.5.1"),
    peers=("cdk-nag SM2", "Checkov CKV_AWS_22", "Checkov CKV_AWS_98", "Checkov CKV_AWS_187"),
    profile=Profile.STRICT,
)


@INTERNET.on(NOTEBOOK)
def notebook_is_in_our_network(notebook: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a way of its own to the internet, which is the default."""
    if notebook.properties.get("directInternetAccess") in (None, "Enabled"):
        yield Finding(
            "has its own way to the internet",
            'direct_internet_access="Disabled", subnet_id=subnet.id, security_groups=[group.id]',
        )


@ROOT.on(NOTEBOOK)
def users_are_not_root(notebook: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse root, which users are by default; lifecycle scripts are it anyway."""
    if notebook.properties.get("rootAccess") in (None, "Enabled"):
        yield Finding("makes its users root", 'root_access="Disabled"')


@DOMAIN_INTERNET.on(DOMAIN)
def domain_is_in_our_network(domain: Resource, _: Settings) -> Iterator[Finding]:
    """Refuse a way of its own to the internet, which is the default."""
    if domain.properties.get("appNetworkAccessType") in (None, "PublicInternetOnly"):
        yield Finding("has its own way to the internet", 'app_network_access_type="VpcOnly"')


@ISOLATED.on(MODEL)
def model_has_no_network(model: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for what is off by default."""
    if not model.properties.is_true("enableNetworkIsolation"):
        yield Finding("can call the network", "enable_network_isolation=True")


@CUSTOMER_KEY.on(NOTEBOOK, DOMAIN)
def disks_have_our_key(resource: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a key of ours instead of SageMaker's."""
    if not resource.properties.has_customer_key("kmsKeyId"):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_id=key.arn")


@CUSTOMER_KEY.on(ENDPOINT)
def endpoint_has_our_key(endpoint: Resource, _: Settings) -> Iterator[Finding]:
    """Ask for a key of ours, where an instance has a disk that takes one; serverless endpoints have none."""
    properties = endpoint.properties
    types = [variant.get("instanceType") for variant in properties.each("productionVariants")]
    own_disks = [type_ is None or bool(WITH_OWN_DISKS.fullmatch(str(type_))) for type_ in types]
    if not properties.has_customer_key("kmsKeyArn") and not any(own_disks):
        yield Finding("does not encrypt with a customer-managed key", "kms_key_arn=key.arn")
