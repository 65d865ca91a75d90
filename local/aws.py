"""What every process of the local stage must know of the AWS it talks to."""

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.client import BaseClient

# The emulated account of a stack that names none; the key `test` is its root, which no policy restricts.
ACCOUNT = "000000000000"
ACCESS_KEY = "test"
SECRET_KEY = "test"  # noqa: S105 - the emulator's public root key

# What would lead a process to another account's credentials, to another host or to another Python.
_OTHERS = (
    "AWS_PROFILE",
    "AWS_DEFAULT_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ROLE_ARN",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CA_BUNDLE",
    "AWS_USE_FIPS_ENDPOINT",
    "AWS_USE_DUALSTACK_ENDPOINT",
    "PYTHONHOME",
    "VIRTUAL_ENV",
)


def environment(endpoint: str, region: str) -> dict[str, str]:
    """Return this process's environment, leading to the emulator and to no real account."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in _OTHERS and not name.startswith("AWS_ENDPOINT_URL")
    }
    return {
        **kept,
        **overrides(region),
        "AWS_ENDPOINT_URL": endpoint,
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def overrides(region: str) -> Mapping[str, str]:
    """Return the variables that stand in for a developer's own AWS settings."""
    return {
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


class Clients:
    """Makes boto3 clients of the emulator."""

    def __init__(self, endpoint: str, region: str) -> None:
        self.endpoint = endpoint
        self.region = region
        self._made: dict[str, BaseClient] = {}

    def __call__(self, service: str) -> Any:
        """Return the client of a service, made once."""
        if service not in self._made:
            import boto3
            from botocore.config import Config

            session = boto3.session.Session(
                aws_access_key_id=ACCESS_KEY, aws_secret_access_key=SECRET_KEY, region_name=self.region
            )
            made: Any = session
            self._made[service] = made.client(
                service,
                endpoint_url=self.endpoint,
                config=Config(
                    proxies={}, retries={"max_attempts": 2}, connect_timeout=5, s3={"addressing_style": "path"}
                ),
            )
        return self._made[service]
