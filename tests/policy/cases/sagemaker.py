"""SageMaker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

NOTEBOOK = "aws:sagemaker/notebookInstance:NotebookInstance"
DOMAIN = "aws:sagemaker/domain:Domain"
MODEL = "aws:sagemaker/model:Model"
ENDPOINT = "aws:sagemaker/endpointConfiguration:EndpointConfiguration"

key = make("aws:kms/key:Key", "key")


def notebook(**more: Any) -> Recorded:
    return make(NOTEBOOK, instanceType="ml.t3.medium", **more)


def endpoint(*types: str, **more: Any) -> Recorded:
    return make(ENDPOINT, productionVariants=[{"modelName": "m", "instanceType": type_} for type_ in types], **more)


CASES = [
    bad("SAGEMAKER-NOTEBOOK-INTERNET", "by default", notebook()),
    bad("SAGEMAKER-NOTEBOOK-INTERNET", "on", notebook(directInternetAccess="Enabled", subnetId="subnet-1")),
    good("SAGEMAKER-NOTEBOOK-INTERNET", "off", notebook(directInternetAccess="Disabled", subnetId="subnet-1")),
    good("SAGEMAKER-NOTEBOOK-INTERNET", "a domain", make(DOMAIN, appNetworkAccessType="PublicInternetOnly")),
    bad("SAGEMAKER-NOTEBOOK-ROOT", "by default", notebook()),
    bad("SAGEMAKER-NOTEBOOK-ROOT", "on", notebook(rootAccess="Enabled")),
    good("SAGEMAKER-NOTEBOOK-ROOT", "off", notebook(rootAccess="Disabled")),
    good("SAGEMAKER-NOTEBOOK-ROOT", "a domain", make(DOMAIN, domainName="d")),
    bad("SAGEMAKER-DOMAIN-INTERNET", "by default", make(DOMAIN, domainName="d")),
    bad("SAGEMAKER-DOMAIN-INTERNET", "said", make(DOMAIN, appNetworkAccessType="PublicInternetOnly")),
    good("SAGEMAKER-DOMAIN-INTERNET", "by our network", make(DOMAIN, appNetworkAccessType="VpcOnly")),
    good("SAGEMAKER-DOMAIN-INTERNET", "a notebook", notebook()),
    bad("SAGEMAKER-NETWORK-ISOLATION", "by default", make(MODEL, name="m")),
    bad("SAGEMAKER-NETWORK-ISOLATION", "off", make(MODEL, enableNetworkIsolation=False)),
    good("SAGEMAKER-NETWORK-ISOLATION", "on", make(MODEL, enableNetworkIsolation=True)),
    good("SAGEMAKER-NETWORK-ISOLATION", "spelled as text", make(MODEL, enableNetworkIsolation="true")),
    bad("SAGEMAKER-CUSTOMER-KEY", "a notebook", notebook()),
    bad("SAGEMAKER-CUSTOMER-KEY", "a domain", make(DOMAIN, domainName="d")),
    bad("SAGEMAKER-CUSTOMER-KEY", "an endpoint", endpoint("ml.m5.large")),
    good("SAGEMAKER-CUSTOMER-KEY", "a notebook of ours", notebook(kmsKeyId=key)),
    good("SAGEMAKER-CUSTOMER-KEY", "a domain of ours", make(DOMAIN, kmsKeyId=key)),
    good("SAGEMAKER-CUSTOMER-KEY", "an endpoint of ours", endpoint("ml.m5.large", kmsKeyArn=key)),
    good("SAGEMAKER-CUSTOMER-KEY", "disks that take no key", endpoint("ml.m5.large", "ml.g4dn.xlarge")),
    good("SAGEMAKER-CUSTOMER-KEY", "newer disks that take no key", endpoint("ml.g6e.xlarge")),
    good(
        "SAGEMAKER-CUSTOMER-KEY",
        "no disks",
        make(ENDPOINT, productionVariants=[{"modelName": "m", "serverlessConfig": {"maxConcurrency": 5}}]),
    ),
]
