"""A bus's policy is set as a whole, and who puts events is checked by what they say, as on AWS.

ministack's PutPermission knows single statements only, and its PutEvents tells IAM neither source nor detail type.
https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPermission.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-conditions.html
"""

import json
from collections.abc import Mapping
from typing import Any


def install(events: Any) -> None:
    """Take whole policies."""
    put = events._put_permission

    def put_permission(request: Mapping[str, Any]) -> Any:
        if "Policy" not in request:
            return put(request)
        name = str(request.get("EventBusName") or "default").rpartition("/")[2]
        if name not in events._event_buses:
            message = f"Event bus {name} does not exist."
            return events.error_response_json("ResourceNotFoundException", message, 400)
        try:
            policy = json.loads(request["Policy"])
        except ValueError:
            return events.error_response_json("InvalidEventPatternException", "The policy is no JSON.", 400)
        events._event_bus_policies[name] = policy
        return events.json_response({})

    events._put_permission = put_permission


def put_events_context(named: Mapping[str, Any]) -> dict[str, Any]:
    """Return the condition keys of PutEvents: a value for each event."""
    entries = [entry for entry in named.get("Entries") or () if isinstance(entry, Mapping)]
    return {
        "events:source": [str(entry.get("Source", "")) for entry in entries],
        "events:detail-type": [str(entry.get("DetailType", "")) for entry in entries],
    }
