"""A crawler as states: started, looked at until it has ended, and failed where it has."""

from ...catalog import Crawler
from ...core import Statement
from ..compilation import Compilation, Place, State, noted, where, without
from ..expressions import expression
from ..retries import retry
from ..stages import CrawlerStage

FIELDS = frozenset({"status", "started_at", "log_stream"})
_NOTE = "crawl status"
_CRAWL = f"$states.input.`{_NOTE}`"
_CALL_SECONDS = 60


def crawler_states(stage: CrawlerStage, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the states; Step Functions has no `.sync` integration for crawlers."""
    crawler = compilation.component(stage.crawler, Crawler, where(stage))
    compilation.allow(Statement(actions=["glue:GetCrawler", "glue:StartCrawler"], resources=[crawler.arn]))
    waiting, looking = f"{stage.name} waiting", f"{stage.name} status"
    ended, failed = f"{stage.name} ended?", f"{stage.name} failed"
    call = {
        "Type": "Task",
        "Arguments": {"Name": compilation.values.mark(crawler.crawler_name)},
        "TimeoutSeconds": _CALL_SECONDS,
        "Retry": retry("glue", times=stage.retries),
    }
    until = f'{{"until": $millis() + {stage.timeout * 1_000}}}'
    looked = f'$merge([{_CRAWL}, {{"state": $states.result.Crawler.State, "last": $states.result.Crawler.LastCrawl}}])'
    crawled = (
        f'{{"{stage.name}": {{"status": {_CRAWL}.last.Status, "started_at": {_CRAWL}.last.StartTime, '
        f'"log_stream": {_CRAWL}.last.LogStream}}}}'
    )
    ready = f'{_CRAWL}.state = "READY"'
    return {
        stage.name: {
            **call,
            "Resource": compilation.integration("aws-sdk:glue:startCrawler"),
            # Somebody else has started it: this run waits for that crawl.
            "Catch": [
                {"ErrorEquals": ["Glue.CrawlerRunningException"], "Next": waiting, "Output": noted(_NOTE, until)}
            ],
            "Output": noted(_NOTE, until),
            "Next": waiting,
        },
        waiting: {"Type": "Wait", "Seconds": stage.poll_seconds, "Next": looking},
        looking: {
            **call,
            "Resource": compilation.integration("aws-sdk:glue:getCrawler"),
            "Output": noted(_NOTE, looked),
            "Next": ended,
        },
        ended: {
            "Type": "Choice",
            "Choices": [
                {
                    "Condition": expression(f'{ready} and {_CRAWL}.last.Status = "SUCCEEDED"'),
                    "Output": expression(without(_NOTE, crawled)),
                    "Next": place.then,
                },
                {"Condition": expression(f"{ready} or $millis() > {_CRAWL}.until"), "Next": failed},
            ],
            "Default": waiting,
        },
        failed: {
            "Type": "Fail",
            "Error": "CrawlerFailed",
            "Cause": expression(
                f'"crawler {crawler.name} is " & {_CRAWL}.state & ", its last crawl " & {_CRAWL}.last.Status & " " & '
                f"{_CRAWL}.last.ErrorMessage"
            ),
        },
    }
