"""Programs of the Dataset API and its portal, as a user would write them."""

from collections.abc import Callable
from typing import Any

from components import (
    Catalog,
    Column,
    DataLake,
    Dataset,
    DatasetApi,
    Domain,
    EncryptionKey,
    Machine,
    MetadataTable,
    Portal,
    SettingsDocument,
    Topic,
)

CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0a1b2c3d"
FLIGHTS = Dataset(name="flights", columns=(Column(name="carrier"),))
PORTAL_DOMAIN = Domain(name="data.example.com", certificate_arn=CERTIFICATE.replace("eu-west-1", "us-east-1"))
HERE = "https://data.example.com"


def dataset_api(**options: Any) -> DatasetApi:
    """The API of a lake with one data set."""
    lake = DataLake("lake", key=EncryptionKey("key"))
    metadata = MetadataTable("metadata", key=lake.key)
    given = {"callback_urls": [f"{HERE}/"], "logout_urls": [f"{HERE}/"], "cors_origins": [HERE], **options}
    return DatasetApi(
        "api",
        lake=lake,
        catalog=Catalog("catalog", lake=lake, datasets=[FLIGHTS]),
        metadata=metadata,
        settings=SettingsDocument("settings", lake=lake, metadata=metadata, datasets=[FLIGHTS]),
        **given,
    )


def full_api() -> DatasetApi:
    """The API with all that can be said."""
    return dataset_api(
        alarms=Topic("alarms", key=EncryptionKey("alarms-key")),
        groups=["analysts", "data-platform"],
        machines=[Machine(name="loader", scopes=("datasets/read", "datasets/write"))],
        domain=Domain(name="api.example.com", certificate_arn=CERTIFICATE),
        sign_in_domain=Domain(
            name="sign-in.example.com", certificate_arn=CERTIFICATE.replace("eu-west-1", "us-east-1")
        ),
        cors_origins=[HERE, "https://other.example.com"],
        docs=True,
    )


PROGRAMS: dict[str, Callable[[], object]] = {
    "DatasetApi": dataset_api,
    "DatasetApi with everything": full_api,
    "Portal": lambda: Portal("portal", api=dataset_api()),
    "Portal with a domain": lambda: Portal("portal", api=dataset_api(), domain=PORTAL_DOMAIN),
}
