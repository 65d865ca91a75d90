"""Systems Manager."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.policy.cases import bad, good
from tests.policy.resources import make

if TYPE_CHECKING:
    from tests.policy.harness import Recorded

PARAMETER = "aws:ssm/parameter:Parameter"
DOCUMENT = "aws:ssm/document:Document"


def parameter(name: str, value: str, type_: str = "String") -> Recorded:
    return make(PARAMETER, name=name, type=type_, value=value)


def shared(accounts: str) -> Recorded:
    return make(DOCUMENT, documentType="Command", permissions={"type": "Share", "account_ids": accounts})


CASES = [
    bad("SSM-SECRET-PARAMETER", "a password", parameter("/orders/db_password", "Swordfish1234")),
    bad("SSM-SECRET-PARAMETER", "a key of AWS", parameter("/orders/config", "AKIAIOSFODNN7EXAMPLQ")),
    bad(
        "SSM-SECRET-PARAMETER",
        "shown at preview too",
        make(PARAMETER, name="/orders/db_password", type="String", insecureValue="Swordfish1234"),
    ),
    good("SSM-SECRET-PARAMETER", "a secure string", parameter("/orders/db_password", "Swordfish1234", "SecureString")),
    good("SSM-SECRET-PARAMETER", "a setting", parameter("/orders/stage", "prod")),
    good("SSM-SECRET-PARAMETER", "a setting below a secret's path", parameter("/password/rotation", "daily")),
    bad("SSM-CUSTOMER-KEY", "none", parameter("/orders/db_password", "Swordfish1234", "SecureString")),
    bad("SSM-CUSTOMER-KEY", "AWS's", make(PARAMETER, type="SecureString", keyId="alias/aws/ssm")),
    good("SSM-CUSTOMER-KEY", "ours", make(PARAMETER, type="SecureString", keyId="alias/orders")),
    good("SSM-CUSTOMER-KEY", "a setting", parameter("/orders/stage", "prod")),
    bad("SSM-DOCUMENT-NOT-PUBLIC", "everyone", shared("All")),
    bad("SSM-DOCUMENT-NOT-PUBLIC", "everyone, in small letters", shared("all")),
    good("SSM-DOCUMENT-NOT-PUBLIC", "two accounts", shared("123456789012,210987654321")),
    good("SSM-DOCUMENT-NOT-PUBLIC", "nobody", make(DOCUMENT, documentType="Command")),
]
