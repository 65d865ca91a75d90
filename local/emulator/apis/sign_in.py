"""Signing in as Cognito does it, where ministack leaves something out.

Groups stay in tokens that were renewed; a client may have its refresh tokens rotate, and renews its own alone; tokens
are revoked at `/oauth2/revoke`; people leave to addresses that the client names and to no other, but for the port of
one on the loopback; the page's errors are read out, and it is dark where the browser is. A second factor is not asked
for: the stack of this machine has none.
https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
https://docs.aws.amazon.com/cognito/latest/developerguide/revocation-endpoint.html
https://docs.aws.amazon.com/cognito/latest/developerguide/logout-endpoint.html
https://repost.aws/knowledge-center/cognito-invalid-refresh-token-error
"""

import hmac
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from .sign_in_page import page

_LOOPBACK_PORT = re.compile(r"^(http://127\.0\.0\.1):\d+(?=/|$)")
REVOKE = "/oauth2/revoke"
_ROTATION = "RefreshTokenRotation"
Answer = tuple[int, dict[str, str], bytes]


class Addresses(list[str]):
    """Addresses of a client, of which one on the loopback counts whatever its port, as the stage may take any.

    Cognito compares ports; RFC 8252, "Loopback Interface Redirection", has servers let them vary.
    """

    def __contains__(self, address: object) -> bool:
        return super().__contains__(address) or _without_port(str(address)) in {_without_port(each) for each in self}


class SignIn:
    """What stands in for parts of ministack's Cognito."""

    def __init__(self, cognito: Any) -> None:
        self._cognito = cognito
        self._create, self._update = cognito._create_user_pool_client, cognito._update_user_pool_client
        self._tokens, self._token = cognito._oauth2_token, cognito._fake_token
        self._leave = cognito.handle_logout
        # Refresh tokens that have been renewed, and until when they still count.
        self._renewed: dict[str, float] = {}

    def create_client(self, data: dict[str, Any]) -> Any:
        """Make a client, which keeps whether its refresh tokens rotate."""
        return self._refused(data) or self._kept(data, self._create(data))

    def update_client(self, data: dict[str, Any]) -> Any:
        """Change a client."""
        return self._refused(data) or self._kept(data, self._update(data))

    def token(self, sub: str, pool_id: str, *rest: Any, **options: Any) -> str:
        """Make a token; one that renews another has the user's groups too."""
        username = options.get("username")
        if options.get("groups") is None and username:
            user = (self._cognito._get_pool_unscoped(pool_id) or {}).get("_users", {}).get(username) or {}
            options["groups"] = user.get("_groups", [])
        made: str = self._token(sub, pool_id, *rest, **options)
        return made

    def tokens(self, data: Any, query: Any, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Answer:
        """Answer the token endpoint; a refresh token that rotates works once, and a little longer."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        given = form.get("refresh_token", "")
        if form.get("grant_type") != "refresh_token":
            return self._asked(data, query, body, headers)
        client_id, secret = self._cognito._authenticate_client(headers or {}, form)
        if not self._is_client(client_id, secret):
            return _refusal("invalid_client")
        issued_to = self._cognito._token_claims(given).get("client_id")
        if issued_to != client_id or self._renewed.get(given, time.time() + 1) <= time.time():
            return _refusal("invalid_grant")
        status, answered, document = self._asked(data, query, body, headers)
        if status != 200:
            return status, answered, document
        renewed = self._rotated(given)
        return status, answered, json.dumps({**json.loads(document), **renewed}).encode()

    def revoke(self, headers: Mapping[str, str], body: bytes) -> Answer:
        """Revoke a refresh token, and what was made by it, for the client that it was issued to."""
        form = {name: values[0] for name, values in parse_qs(body.decode("utf-8", "replace")).items()}
        client_id, secret = self._cognito._authenticate_client(headers, form)
        if not self._is_client(client_id, secret):
            return _refusal("invalid_client")
        claims = self._cognito._token_claims(form.get("token", ""))
        if claims.get("token_use") != "refresh":
            return _refusal("unsupported_token_type")
        if claims.get("client_id") == client_id:
            self._cognito._revoke_token({"Token": form["token"]})
        return 200, {"Content-Type": "application/json"}, b""

    def leave(self, method: str, path: str, headers: Any, query: Mapping[str, Any]) -> Answer:
        """Answer the logout endpoint: on to an address that the client is registered with."""
        _, _, client = self._cognito._find_pool_by_client_id(self._cognito._qp(query, "client_id"))
        if client and self._cognito._qp(query, "logout_uri") not in (client.get("LogoutURLs") or ()):
            return _refusal("invalid_request")
        answer: Answer = self._leave(method, path, headers, query)
        return answer

    def _is_client(self, client_id: str, secret: str) -> bool:
        """Say whether there is such a client, with this secret or with none."""
        _, _, client = self._cognito._find_pool_by_client_id(client_id)
        return bool(client) and hmac.compare_digest((client.get("ClientSecret") or "").encode(), secret.encode())

    def _asked(self, *request: Any) -> Answer:
        answer: Answer = self._tokens(*request)
        return answer

    def _rotated(self, given: str) -> dict[str, str]:
        """Return the refresh token that takes the place of the given one, if the client has them rotate."""
        claims = self._cognito._token_claims(given)
        pool_id, _, client = self._cognito._find_pool_by_client_id(claims.get("client_id"))
        rotation = (client or {}).get(_ROTATION) or {}
        if rotation.get("Feature") != "ENABLED":
            return {}
        made = self._token(
            claims["sub"],
            pool_id,
            claims["client_id"],
            "refresh",
            origin_jti=claims.get("origin_jti", ""),
            scope=claims.get("scope"),
        )
        known = self._cognito._refresh_tokens.get(given)
        if known:
            self._cognito._refresh_tokens[made] = known
        self._renewed.setdefault(given, time.time() + float(rotation.get("RetryGracePeriodSeconds") or 0))
        return {"refresh_token": made}

    def _refused(self, data: Mapping[str, Any]) -> Any:
        rotates = (data.get(_ROTATION) or {}).get("Feature") == "ENABLED"
        if rotates and "ALLOW_REFRESH_TOKEN_AUTH" in (data.get("ExplicitAuthFlows") or ()):
            message = "ALLOW_REFRESH_TOKEN_AUTH is not allowed when refresh token rotation is enabled."
            return self._cognito.error_response_json("InvalidParameterException", message, 400)
        return None

    def _kept(self, data: Mapping[str, Any], answer: Any) -> Any:
        if answer[0] != 200:
            return answer
        made = json.loads(answer[2])["UserPoolClient"]
        client = self._cognito._get_pool_unscoped(made["UserPoolId"])["_clients"][made["ClientId"]]
        client[_ROTATION] = data.get(_ROTATION)
        for name in ("CallbackURLs", "LogoutURLs"):
            client[name] = Addresses(client.get(name) or [])
        return self._cognito._describe_user_pool_client(made)


def _without_port(address: str) -> str:
    return _LOOPBACK_PORT.sub(r"\1", address)


def _refusal(error: str) -> Answer:
    return 400, {"Content-Type": "application/json"}, json.dumps({"error": error}).encode()


def install(app: Any, cognito: Any) -> None:
    """Put these in ministack's place."""
    served = SignIn(cognito)
    cognito._create_user_pool_client = served.create_client
    cognito._update_user_pool_client = served.update_client
    cognito._fake_token = served.token
    cognito._oauth2_token = served.tokens
    cognito.handle_logout = served.leave
    cognito._page_shell = page
    answer = app._handle_cognito_body_request

    async def answer_or_revoke(method: str, path: str, headers: Any, body: bytes, query: Any) -> Any:
        if path == REVOKE and method == "POST":
            return served.revoke(headers, body)
        return await answer(method, path, headers, body, query)

    app._handle_cognito_body_request = answer_or_revoke
