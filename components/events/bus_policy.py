"""Who may put which events on a bus."""

import json
import re
from collections.abc import Sequence

import pulumi

from ..core import Statement
from ..core.deployment import current
from ..core.iam import Conditions, policy_document
from ..core.limits import EVENT_BUS_POLICY

OF_AWS = "aws."
"""What the sources of events of AWS's services begin with."""


def bus_policy(name: str, arn: str, accounts: Sequence[str]) -> pulumi.Output[str]:
    """Return a bus's policy: identities of this account that are granted it, and the other accounts that are listed.

    Without a policy the first would hold as well; with it, everyone can read who may (Security Hub, EventBridge.3).
    """
    own = current()
    for account in accounts:
        if not re.fullmatch(r"\d{12}", account):
            raise ValueError(f"event bus {name}: {account!r} is no account: give its twelve digits")
        if account == own.account_id:
            raise ValueError(f"event bus {name}: {account} is the account it is in: use grant_put")
    if len(set(accounts)) != len(accounts):
        raise ValueError(f"event bus {name}: an account is listed twice: {', '.join(accounts)}")
    theirs = {"ForAllValues:StringNotLike": {"events:source": f"{OF_AWS}*"}, "Null": {"events:source": "false"}}
    statements = [_may_put("ThisAccount", own.account_id, arn, {})]
    statements += [_may_put(f"Account{account}", account, arn, theirs) for account in accounts]
    size = len(json.dumps([statement.as_document() for statement in statements]))
    if size > EVENT_BUS_POLICY:
        raise ValueError(
            f"event bus {name}: the policy for {len(accounts)} accounts has {size:,} characters, EventBridge accepts "
            f"{EVENT_BUS_POLICY:,}: list fewer, or use several buses"
        )
    return policy_document(statements)


def only_events(*, sources: Sequence[str], detail_types: Sequence[str] = ()) -> Conditions:
    """Return the conditions that hold when all events of a request are of these sources and detail types.

    Both keys have a value for each event; `ForAllValues` alone would hold where there is none (Amazon EventBridge User
    Guide, "Using IAM policy conditions"; IAM User Guide, "Multivalued context keys").
    """
    wanted = {"events:source": list(sources), **({"events:detail-type": list(detail_types)} if detail_types else {})}
    return {"ForAllValues:StringEquals": wanted, "Null": dict.fromkeys(wanted, "false")}


def check_sources(name: str, sources: Sequence[str]) -> None:
    """Raise ValueError for no source, and for those that AWS keeps for itself."""
    wrong = [source for source in sources if not source or source.startswith(OF_AWS)]
    if not sources or wrong:
        raise ValueError(
            f"event bus {name}: {', '.join(map(repr, wrong)) or 'no source'} is nothing to put events as: give names "
            f"of your own, for example shop.orders; those that begin with {OF_AWS} are AWS's"
        )


def _may_put(sid: str, account: str, arn: str, conditions: Conditions) -> Statement:
    return Statement(
        sid=sid,
        principals={"AWS": [f"arn:{current().partition}:iam::{account}:root"]},
        actions=["events:PutEvents"],
        resources=[arn],
        conditions=conditions,
    )
