"""Which account a resource is in, as far as its properties tell, and which principals are of another one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from .iam import arns, conditions
from .values import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .iam.document import Document, Statement
    from .resource import Resource, Stack

LENGTH = 12
# The account of emulators, which no customer of AWS has.
EMULATED = "000000000000"
# What a resource names of its own account, as a rule.
IN_OUR_ACCOUNT = re.compile(r"arn:[^:]+:(iam::\d{12}:role/|kms:)")


def own(resource: Resource, document: Document, *names: str) -> set[str]:
    """Return the accounts that are ours: those of the ARNs in `names`, of what the document is about, and those that
    the provider is bound to; none if nothing tells."""
    texts = [resource.values.get(name) for name in names]
    texts += [pattern for statement in document.statements for pattern in statement.resources]
    found = {account_of(text) for text in texts if isinstance(text, str)}
    return {account for account in (*found, *_allowed_by_provider(resource)) if account}


def of_stack(stack: Stack) -> set[str]:
    """Return the accounts that the stack's resources are in, as far as their ARNs tell, or else its roles' and keys'.

    A role is passed within its account only.
    """
    made = {account_of(str(resource.outputs.get("arn"))) for resource in stack.resources}
    found = {account for account in made if account}
    return found or {
        account
        for resource in stack.resources
        for text in _texts(resource.values)
        if IN_OUR_ACCOUNT.match(text) and (account := account_of(text))
    }


def shared_with(statement: Statement, ours: set[str]) -> list[str]:
    """Return whom of an account that is not ours a statement lets in; none while ours is not known.

    A condition that narrows who calls decides: it may name another account where the principal is everyone, or keep
    the callers in the organization, or in our network.
    """
    callers = [principal for principal in statement.principals if principal.kind in ("AWS", "*")]
    if not ours or not callers:
        return []
    narrowing = conditions.about_caller(statement.conditions)
    named = [{account_of(value) for value in condition.values} for condition in narrowing]
    if not narrowing:
        found = [(str(principal), account_of(principal.value)) for principal in callers]
    elif any(accounts <= ours for accounts in named):
        found = []
    else:
        found = [(account, account) for accounts in named for account in sorted(filter(None, accounts))]
    return [shown for shown, account in found if account and account not in (EMULATED, *ours)]


def account_of(text: str) -> str | None:
    """Return the account in an ARN, or the text itself if it is an account."""
    if len(text) == LENGTH and text.isdigit():
        return text
    arn = arns.split(text)
    return arn.account if arn is not None and len(arn.account) == LENGTH and arn.account.isdigit() else None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _allowed_by_provider(resource: Resource) -> list[str]:
    if resource.provider.is_unknown("allowedAccountIds"):
        return []
    given = resource.provider.get("allowedAccountIds")
    listed = json.loads(given) if isinstance(given, str) and given.startswith("[") else given
    return [str(account) for account in listed if account is not UNKNOWN] if isinstance(listed, list) else []
