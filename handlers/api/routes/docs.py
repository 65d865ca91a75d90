"""The API's own description, and a page to try it on; only where the stack asks for them (`API_DOCS`)."""

from __future__ import annotations

import secrets
from importlib.resources import files
from typing import TYPE_CHECKING

from ..access import Scope
from ..operations import Answer, Routes

if TYPE_CHECKING:
    from ..operations import Request

routes = Routes()
_ASSETS = "aws_lambda_powertools.event_handler.openapi.swagger_ui"
_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Dataset API</title><style nonce="{nonce}">{style}</style></head>
<body><div id="page"></div>
<script nonce="{nonce}">{script}</script>
<script nonce="{nonce}">SwaggerUIBundle({{dom_id: "#page", spec: {document}, deepLinking: true}})</script>
</body>
</html>
"""


@routes.add("GET", "/openapi.json", scope=Scope.READ, answers={200: None})
def show_description(request: Request) -> Answer:
    """Give the API's description (OpenAPI 3.1)."""
    return Answer(200, _description())


@routes.add("GET", "/docs", scope=Scope.READ, answers={200: None})
def show_docs(request: Request) -> Answer:
    """Show Swagger UI, whose files AWS Lambda Powertools brings along."""
    assets, nonce = files(_ASSETS), secrets.token_urlsafe(16)
    page = _PAGE.format(
        nonce=nonce,
        style=assets.joinpath("swagger-ui.min.css").read_text("utf-8"),
        script=assets.joinpath("swagger-ui-bundle.min.js").read_text("utf-8"),
        document=_description().decode().replace("<", "\\u003c"),
    )
    # Swagger UI puts styles on its elements as it goes.
    policy = (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'unsafe-inline'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return Answer(200, page.encode(), {"Content-Security-Policy": policy}, "text/html; charset=utf-8")


def _description() -> bytes:
    return files(__package__.rpartition(".")[0]).joinpath("openapi.json").read_bytes()
