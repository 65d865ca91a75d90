"""A token's claims as a REST API hands them to a function: texts, some of them not as the token has them.

Groups are joined by commas (AWS Amplify's own `AdminQueries` functions split them so), where HTTP APIs put them in
brackets; when a token was issued and ends is a date in words:
https://repost.aws/questions/QUFJRBaEJRSmmqarNrvCWoQA/aws-cognito-group
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

_DATES = ("exp", "iat")


def claim_texts(claims: Mapping[str, Any]) -> dict[str, str]:
    """Return the claims as texts."""
    return {name: _text(name, value) for name, value in claims.items() if value is not None}


def _text(name: str, value: Any) -> str:
    if name in _DATES and isinstance(value, (int, float)):
        return datetime.fromtimestamp(value, UTC).strftime("%a %b %d %H:%M:%S UTC %Y")
    if isinstance(value, list):
        return ",".join(str(each) for each in value)
    if isinstance(value, (bool, dict)):
        return json.dumps(value, separators=(",", ":"))
    return str(value)
