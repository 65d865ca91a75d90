"""S3's events name the object's version, as those of AWS do.

ministack's notifications to queues, topics and functions have it; its EventBridge events leave it out, and the
ingestion would read the newest version rather than the one that the event is about.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html
"""

import json
import threading
from typing import Any


def install(s3: Any, eventbridge: Any) -> None:
    """Add `version-id` to the object of every S3 event on its way to EventBridge."""
    fire, dispatch = s3._fire_s3_event, eventbridge._dispatch_event
    # Events are fired and dispatched in one thread, each in its own.
    firing = threading.local()

    def fire_with_version(*arguments: Any, version_id: str | None = None, **options: Any) -> None:
        firing.version_id = version_id
        fire(*arguments, version_id=version_id, **options)

    def dispatch_with_version(event: dict[str, Any], *arguments: Any, **options: Any) -> Any:
        version_id = getattr(firing, "version_id", None)
        if event.get("Source") == "aws.s3" and version_id:
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version_id
            event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *arguments, **options)

    s3._fire_s3_event = fire_with_version
    eventbridge._dispatch_event = dispatch_with_version
