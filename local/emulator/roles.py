"""Credentials of roles, and whether a role may do something: for what AWS services do in a role's name.

A service that calls another one for a role does so by a real request with the role's credentials (`RoleClients`), so
that the emulator checks and records it like any other. What the emulator has no request for, such as passing a role
or the rule that Step Functions manages, is asked of the same policies by `Roles.allows`, and recorded as well.
"""

import hashlib
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..aws import ACCESS_KEY, SECRET_KEY
from .recording import Recorder

# A client waits for the longest of Lambda's functions; 15 minutes.
READ_SECONDS = 920


@dataclass(frozen=True)
class Credentials:
    """What signs requests for a role."""

    access_key: str
    secret_key: str
    token: str | None


class Caller(NamedTuple):
    """A role, by its ARN, and the session in which it acts."""

    role: str
    session: str

    @property
    def arn(self) -> str:
        """Return what IAM calls it."""
        name = self.role.rpartition("/")[2]
        return f"arn:aws:sts::{self.role.split(':')[4]}:assumed-role/{name}/{self.session}"


class Roles:
    """The roles of the emulated account, as ministack's IAM and STS hold them."""

    def __init__(self, sts: Any, evaluator: Any, recorder: Recorder) -> None:
        self._sts = sts
        self._evaluator = evaluator
        self._recorder = recorder

    def caller(self) -> Caller | None:
        """Return who asks in the request that is being answered; None for the account's root, which may do all."""
        arn = self._evaluator.caller_arn()
        if ":assumed-role/" not in arn:
            return None
        name, session = arn.split("/")[1:3]
        return Caller(f"arn:aws:iam::{arn.split(':')[4]}:role/{name}", session)

    def caller_may(self, action: str, resource: str, context: dict[str, Any] | None = None, *, by: str = "") -> bool:
        """Ask the caller's policies for what the request does beside what it is called, and record what they say."""
        caller = self.caller()
        return caller is None or self.allows(*caller, action, resource, context, by=by)

    def credentials(self, role_arn: str, session: str, by: str = "") -> Credentials:
        """Return a session's credentials; the same ones for the same role and session.

        `by`: they are for a service that acts in the session's name, and what for; its calls are recorded as that.
        """
        digest = hashlib.sha256(f"watershed:{role_arn}:{session}{by}".encode()).hexdigest()
        made = Credentials(
            access_key=f"ASIA{digest[:16].upper()}",
            secret_key=hashlib.sha256(f"secret:{digest}".encode()).hexdigest(),
            token=hashlib.sha256(f"token:{digest}".encode()).hexdigest(),
        )
        self._sts.register_session(
            made.access_key,
            {
                "Arn": Caller(role_arn, session).arn,
                "UserId": f"{role_arn.rpartition('/')[2]}:{session}",
                "SecretAccessKey": made.secret_key,
                "SessionToken": made.token,
            },
        )
        if by:
            self._recorder.name_service(made.access_key, by)
        return made

    def allows(
        self,
        role_arn: str,
        session: str,
        action: str,
        resource: str,
        context: dict[str, Any] | None = None,
        *,
        by: str = "",
    ) -> bool:
        """Ask the role's policies, and record what they say; `by` is the service that asks in the role's name."""
        allowed = self.may(role_arn, session, action, resource, context)
        caller = Caller(role_arn, session).arn
        self._recorder.add(caller, action, resource, context or {}, allowed=allowed, by=by)
        return allowed

    def may(
        self, role_arn: str, session: str, action: str, resource: str, context: dict[str, Any] | None = None
    ) -> bool:
        """Ask the role's policies."""
        access_key = self.credentials(role_arn, session).access_key
        principal = self._evaluator.resolve_principal(access_key, role_arn.split(":")[4])
        keys = {name.lower(): value for name, value in (context or {}).items()}
        asked = self._evaluator.EvalContext(
            principal_arn=principal.arn,
            principal_type=principal.type,
            principal_account=principal.account,
            action=action,
            resource_arn=resource,
            region=os.environ.get("MINISTACK_REGION", ""),
            source_ip="127.0.0.1",
            secure_transport=True,
            service_context={"aws:tagkeys": None, **keys},
            principal_keys=principal.keys,
        )
        return bool(self._evaluator.evaluate(asked, principal.policies, *principal.limits).decision == "Allow")


class RoleClients:
    """Makes clients of this emulator that act under a role."""

    def __init__(self, roles: Roles, endpoint: str) -> None:
        self._roles = roles
        self._endpoint = endpoint
        self._made: dict[tuple[str, str, str, str, str], Any] = {}
        self._lock = threading.Lock()
        self._session: Any = None

    def root(self, region: str) -> Callable[[str], Any]:
        """Return what makes clients of the account's root, which no policy restricts."""
        return lambda service: self._once(("", "", "", service, region), Credentials(ACCESS_KEY, SECRET_KEY, None))

    def __call__(self, role_arn: str, session: str, service: str, region: str, by: str = "") -> Any:
        """Return the client of a service, made once for a role and session; `by` as for `Roles.credentials`."""
        return self._once((role_arn, session, by, service, region), self._roles.credentials(role_arn, session, by))

    def _once(self, key: tuple[str, str, str, str, str], credentials: Credentials) -> Any:
        # Loading the model of a service is not safe in several threads at once.
        with self._lock:
            if key not in self._made:
                self._made[key] = self._make(credentials, *key[3:])
            return self._made[key]

    def _make(self, credentials: Credentials, service: str, region: str) -> Any:
        import botocore.session
        from botocore.config import Config

        if self._session is None:
            self._session = botocore.session.Session()
        return self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=credentials.access_key,
            aws_secret_access_key=credentials.secret_key,
            aws_session_token=credentials.token,
            config=Config(
                proxies={},
                retries={"total_max_attempts": 1},
                read_timeout=READ_SECONDS,
                max_pool_connections=64,
                s3={"addressing_style": "path"},
            ),
        )
