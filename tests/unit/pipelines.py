"""A pipeline with every kind of stage, as a user would write it."""

from pathlib import Path

from components import (
    Catalog,
    Choice,
    Column,
    ColumnCheck,
    Crawler,
    CrawlerStage,
    DataLake,
    Dataset,
    EncryptionKey,
    FargateJob,
    FargateStage,
    ForEach,
    GlueJob,
    GlueStage,
    LambdaFunction,
    LambdaStage,
    Parallel,
    Partition,
    Pipeline,
    QualityStage,
    RowCount,
    RunLedger,
    S3Keys,
    Schedule,
    SqlStage,
    Subnets,
    Topic,
    WaitForData,
    When,
)
from components.catalog.crawler import FilesIn

SCRIPT = Path(__file__)
"""Any file will do: nothing runs it here."""
TOTALS = Dataset(
    name="totals",
    zone="curated",
    columns=(Column(name="carrier"), Column(name="flights", type="bigint"), Column(name="day", type="date")),
    partitioned_by=(Partition(name="day"),),
)
FLIGHTS = Dataset(name="flights", zone="curated", columns=(Column(name="carrier"),))


def ledger(key: EncryptionKey | None = None) -> RunLedger:
    key = key or EncryptionKey("key")
    return RunLedger("runs", key=key, notify=Topic("alarms", key=key))


def small_pipeline() -> Pipeline:
    """One stage, and nothing that can be left out."""
    runs = ledger()
    convert = LambdaFunction("convert", handler="ingest", key=runs.key)
    return Pipeline("small", ledger=runs, stages=[LambdaStage(name="convert", function=convert, timeout=60)])


def pipeline() -> Pipeline:
    """Every kind of stage, one after another."""
    key = EncryptionKey("key")
    lake = DataLake("lake", key=key)
    catalog = Catalog("catalog", lake=lake, datasets=[FLIGHTS, TOTALS])
    runs = ledger(key)
    private = Subnets("vpc-0123456789abcdef0", ["subnet-0123456789abcdef0"])
    image = "public.ecr.aws/docker/library/python:3.13-slim@sha256:" + "0" * 64
    extract = FargateJob("extract", image=image, command=["python", "-m", "extract"], key=key, network=private)
    cheap = FargateJob("cheap", image=image, command=["python", "-m", "cheap"], key=key, network=private, spot=True)
    check = LambdaFunction("check", handler="ingest", key=key)
    spark = GlueJob("spark", script=SCRIPT, lake=lake)
    crawler = Crawler("crawler", catalog=catalog, files=FilesIn("raw", "extra/"))
    clean = LambdaStage(name="clean", function=check, timeout=60)
    return Pipeline(
        "daily",
        ledger=runs,
        schedule=Schedule(cron="0 6 * * ? *", timezone="Europe/Rome"),
        deadline="08:00",
        date_offset=-1,
        parameters={"mode": "full", "carriers": ["AA"]},
        stages=[
            WaitForData(name="wait", bucket=lake.zone("raw"), prefix="flights/${date}/", timeout=600),
            FargateStage(
                name="extract",
                job=extract,
                command=("python", "-m", "extract", "--day", "${date}"),
                environment={"MODE": "${parameters.mode}"},
                timeout=900,
                retry_failures=2,
                on_failure=(clean,),
            ),
            Parallel(
                name="both",
                branches=(
                    (FargateStage(name="cheap", job=cheap, timeout=900),),
                    (
                        GlueStage(name="spark", job=spark, timeout=900, arguments={"--mode": "${parameters.mode}"}),
                        CrawlerStage(name="crawl", crawler=crawler, timeout=900),
                    ),
                ),
            ),
            LambdaStage(name="check", function=check, timeout=60, input={"task": "${stages.extract.task_arn}"}),
            Choice(
                name="large",
                when=(
                    When(
                        condition="${stages.check.rows} > 10",
                        stages=(LambdaStage(name="split", function=check, timeout=60),),
                    ),
                ),
            ),
            ForEach(
                name="carriers",
                items="${parameters.carriers}",
                stages=(LambdaStage(name="carrier", function=check, timeout=60, input={"carrier": "${item}"}),),
            ),
            ForEach(
                name="files",
                items=S3Keys(bucket=lake.zone("raw"), prefix="flights/"),
                stages=(LambdaStage(name="file", function=check, timeout=60, input={"key": "${item.Key}"}),),
                tolerated_failure_percentage=5,
            ),
            SqlStage(
                name="totals",
                catalog=catalog,
                zone="curated",
                query="INSERT INTO totals SELECT carrier, count(*), CAST(? AS date) FROM flights GROUP BY 1",
                parameters=("DATE '${date}'",),
                reads=(FLIGHTS,),
                writes=TOTALS,
                replaces={"day": "${date}"},
                timeout=300,
            ),
            QualityStage(
                name="quality",
                catalog=catalog,
                dataset=TOTALS,
                partition={"day": "${date}"},
                rows=RowCount(min=1, max=30),
                columns=(ColumnCheck(column="carrier", not_null=True), ColumnCheck(column="flights", min=1)),
                timeout=300,
            ),
        ],
    )
