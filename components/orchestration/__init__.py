from .checks import ColumnCheck, RowCount
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
    QualityStage,
    S3Keys,
    SqlStage,
    WaitForData,
    When,
)

__all__ = [
    "AnyStage", "Choice", "ColumnCheck", "CrawlerStage", "FargateStage", "ForEach", "GlueStage", "LambdaStage",
    "Parallel", "Pipeline", "QualityStage", "RowCount", "RunLedger", "S3Keys", "SqlStage", "StageError", "WaitForData",
    "When",
]  # fmt: skip
