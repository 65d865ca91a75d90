"""Step Functions' executions, in place of ministack's: under the machine's role, stoppable, redrivable.

ministack keeps the machines, the executions and the JSONata engine; `machines.install` takes over what runs them, since
every state must know where to go on after a failure, must stop its work when it is stopped, and calls services with the
credentials of the machine's role, which IAM checks and `recording` notes.

Reading order: `machines` (an execution's life), `interpreter` (state by state), `tasks` (Task, Retry, Catch), `nested`
(Parallel, inline Map), `distributed` (distributed Map), `data` (Arguments, Output, Assign), `integrations` (the calls).
"""
