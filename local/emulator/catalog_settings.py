"""The catalog keeps its encryption settings, which ministack's has none of: they tell which key a call on it takes."""

import json
from collections.abc import Mapping
from typing import Any

_NONE = {
    "EncryptionAtRest": {"CatalogEncryptionMode": "DISABLED"},
    "ConnectionPasswordEncryption": {"ReturnConnectionPasswordEncrypted": False},
}
_PUT, _GET = "PutDataCatalogEncryptionSettings", "GetDataCatalogEncryptionSettings"


class CatalogSettings:
    """The settings by account and region."""

    def __init__(self, glue: Any, responses: Any) -> None:
        self._responses = responses
        self._handle = glue.handle_request
        self._kept: dict[tuple[str, str], Mapping[str, Any]] = {}

    async def handle(self, method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Any:
        """Serve the two operations; leave all others to ministack."""
        action = headers.get("x-amz-target", "").rpartition(".")[2]
        where = (self._responses.get_account_id(), self._responses.get_region())
        if action == _PUT:
            self._kept[where] = json.loads(body)["DataCatalogEncryptionSettings"]
            return self._responses.json_response({})
        if action == _GET:
            return self._responses.json_response({"DataCatalogEncryptionSettings": self._kept.get(where, _NONE)})
        return await self._handle(method, path, headers, body, query)


def install(glue: Any, responses: Any) -> None:
    """Put Glue's requests through."""
    glue.handle_request = CatalogSettings(glue, responses).handle
