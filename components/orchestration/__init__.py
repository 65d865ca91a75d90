from .expressions import StageError
from .pipeline import Pipeline
from .run_ledger import RunLedger
from .stages import (
    AnyStage,
    Choice,
    CrawlerStage,
    FargateStage,
    ForEach,
    GlueStage,
    LambdaStage,
    Parallel,
    S3Keys,
    SqlStage,
    WaitForData,
    When,
)

__all__ = [
    "AnyStage", "Choice", "CrawlerStage", "FargateStage", "ForEach", "GlueStage", "LambdaStage", "Parallel", "Pipeline",
    "RunLedger", "S3Keys", "SqlStage", "StageError", "WaitForData", "When",
]  # fmt: skip
