"""A Glue job as a state."""

from ...compute import GlueJob
from ...core import Statement
from ..compilation import Compilation, Place, State, merged, run_variables, where
from ..expressions import text
from ..retries import retry
from ..stages import GlueStage

FIELDS = frozenset({"job_run_id", "seconds"})


def glue_states(stage: GlueStage, compilation: Compilation, place: Place) -> dict[str, State]:
    """Return the state that runs the stage's job."""
    job = compilation.component(stage.job, GlueJob, where(stage))
    # AWS Step Functions Developer Guide, "IAM policies for calling AWS Glue", narrowed to the job.
    compilation.allow(
        Statement(
            actions=["glue:BatchStopJobRun", "glue:GetJobRun", "glue:GetJobRuns", "glue:StartJobRun"],
            resources=[job.arn],
        )
    )
    arguments = {f"--run_{name}": value for name, value in run_variables().items()}
    given = {name: text(value, place.scope, f"{where(stage)}, arguments") for name, value in stage.arguments.items()}
    return {
        stage.name: {
            "Type": "Task",
            "Resource": compilation.integration("glue:startJobRun.sync"),
            "Arguments": {"JobName": compilation.values.mark(job.job_name), "Arguments": arguments | given},
            "TimeoutSeconds": stage.timeout,
            "Retry": retry("glue", times=stage.retries, failures=stage.retry_failures),
            "Output": merged(stage.name, '{"job_run_id": $states.result.Id, "seconds": $states.result.ExecutionTime}'),
            "Next": place.then,
        }
    }
