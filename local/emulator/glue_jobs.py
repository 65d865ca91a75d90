"""Spark jobs of Glue are recorded only: their runs succeed at once and say so."""

import json
from collections.abc import Mapping
from typing import Any

RECORDED_ONLY = "recorded only: the local stage does not run Spark; on AWS this run would execute {script}"


def install(glue: Any) -> None:
    """Let the state of a Spark job's run say that nothing ran."""
    start = glue._start_job_run

    def start_and_say(request: Mapping[str, Any]) -> Any:
        answer = start(request)
        if answer[0] == 200:
            job = glue._jobs[request["JobName"]]
            run_id = json.loads(answer[2])["JobRunId"]
            if glue._is_spark_job(job):
                script = (job.get("Command") or {}).get("ScriptLocation", "its script")
                run = next(each for each in glue._job_runs[request["JobName"]] if each["Id"] == run_id)
                run["StateDetail"] = RECORDED_ONLY.format(script=script)
        return answer

    glue._start_job_run = start_and_say
