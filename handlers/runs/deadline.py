"""A deadline has come: has the run of that date succeeded?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..common.telemetry import count
from .dates import logical_date
from .ledger import SUCCEEDED
from .notices import Notices, console_link

if TYPE_CHECKING:
    from .ledger import Ledger


def check_deadline(event: dict[str, Any], ledger: Ledger, notices: Notices) -> dict[str, Any]:
    """Tell people, and count in CloudWatch, of a run that has not succeeded by its deadline, or never began."""
    date = logical_date(
        {}, started_at=event["scheduled_time"], timezone=event["timezone"], offset=int(event["date_offset"])
    )
    run = ledger.run(event["pipeline"], date)
    late = run is None or run.status != SUCCEEDED
    count("RunsLate", {"pipeline": event["pipeline"]}, int(late))
    if late:
        notices.tell(
            f"{event['pipeline']} is late, {date}",
            {
                "Pipeline": event["pipeline"],
                "Date": date,
                "Deadline": f"{event['deadline']} {event['timezone']}",
                "Status": run.status if run else "never began",
                "Run": run.execution if run else "",
                "Console": console_link(run.execution) if run else "",
            },
        )
    return {"date": date, "late": late}
