"""AWS as the provider sees it: clients and service models made once, errors in words."""

import re
import threading
from collections.abc import Mapping
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.model import ServiceModel

_ABSENT = re.compile(r"NotFound|NoSuch|Non[eE]xist|DoesNotExist|^404$")
_session = botocore.session.get_session()


class AwsError(Exception):
    """A call that AWS refused, or that did not reach it."""

    def __init__(self, service: str, operation: str, code: str, message: str) -> None:
        super().__init__(f"{service}:{operation}: {code}: {message}")
        self.service, self.operation, self.code, self.message = service, operation, code, message

    @property
    def absent(self) -> bool:
        """Whether AWS says that the thing is not there."""
        # Athena has no error code of its own for it, nor has Secrets Manager for a secret that waits for its end.
        said = ("not found", "already scheduled for deletion")
        by_message = self.code == "InvalidRequestException" and any(words in self.message for words in said)
        return by_message or bool(_ABSENT.search(self.code))


class Offline(Exception):  # noqa: N818  it is a state, not a fault
    """AWS was needed, but the provider runs without an endpoint."""


class Aws:
    """A region of an account of the emulated AWS, or of none (`endpoint=None`: previews only)."""

    def __init__(self, endpoint: str | None, region: str, credentials: Mapping[str, str] | None = None) -> None:
        self.endpoint, self.region = endpoint, region
        self.partition = _session.get_partition_for_region(region)
        self._credentials = dict(credentials or {})
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._account: str | None = None

    @property
    def account(self) -> str:
        """The account's number; asked for once."""
        if self._account is None:
            self._account = str(self.call("sts", "GetCallerIdentity", {})["Account"])
        return self._account

    @account.setter
    def account(self, number: str) -> None:
        self._account = number

    def call(
        self, service: str, operation: str, parameters: Mapping[str, Any], all_pages: bool = False
    ) -> dict[str, Any]:
        """Call an operation by its AWS name; of one that lists, all pages in one answer."""
        client, method = self._client(service), xform_name(operation)
        try:
            if all_pages and client.can_paginate(method):
                pages: dict[str, Any] = client.get_paginator(method).paginate(**parameters).build_full_result()
                return pages
            answer: dict[str, Any] = getattr(client, method)(**parameters)
        except ClientError as error:
            details = error.response.get("Error", {})
            code, message = str(details.get("Code", "Unknown")), str(details.get("Message", ""))
            raise AwsError(service, operation, code, message) from error
        except BotoCoreError as error:
            raise AwsError(service, operation, type(error).__name__, str(error)) from error
        return answer

    def _client(self, service: str) -> Any:
        if self.endpoint is None:
            raise Offline(f"{service} is out of reach: the local aws provider runs without an endpoint (preview only)")
        with self._lock:
            if service not in self._clients:
                self._clients[service] = _session.create_client(
                    service,
                    region_name=self.region,
                    endpoint_url=self.endpoint,
                    config=Config(
                        retries={"mode": "standard", "max_attempts": 5},
                        s3={"addressing_style": "path"},
                        max_pool_connections=32,
                        parameter_validation=True,
                    ),
                    aws_access_key_id=self._credentials.get("accessKey"),
                    aws_secret_access_key=self._credentials.get("secretKey"),
                )
            return self._clients[service]


@cache
def service_model(service: str) -> ServiceModel:
    """botocore's description of a service, loaded once."""
    return _session.get_service_model(service)
