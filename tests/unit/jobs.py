"""Programs of what pipelines run: containers, Spark jobs, crawlers, and their secrets and images."""

from pathlib import Path

from components import (
    Catalog,
    Column,
    Crawler,
    DataLake,
    Dataset,
    Egress,
    EncryptionKey,
    FargateCluster,
    FargateJob,
    FilesIn,
    GlueJob,
    ImageCache,
    ImageRepository,
    JdbcConnection,
    LambdaFunction,
    Role,
    Rotation,
    Secret,
    Subnets,
    TablesOf,
)

SCRIPT = Path(__file__)
"""Any Python file will do: nothing runs it here."""
PYTHON = "public.ecr.aws/docker/library/python:3.13"
DIGEST = f"sha256:{'0' * 64}"
NETWORK = Subnets("vpc-1", ["subnet-1", "subnet-2"])
EVENTS = Dataset(name="events", columns=(Column(name="id"), Column(name="day")), partitioned_by=("day",))


def job() -> FargateJob:
    return FargateJob(
        "export", image=PYTHON, command=["python", "-m", "export"], key=EncryptionKey("key"), network=NETWORK
    )


def equipped_job() -> FargateJob:
    """All that a job can have."""
    key = EncryptionKey("key")
    credentials = Secret("odk", key=key, description="ODK Central", renewed_by="the forms team, each January")
    return FargateJob(
        "export",
        image=ImageRepository("jobs", key=key).image(digest=DIGEST),
        entry_point=["/usr/bin/env"],
        command=["Rscript", "export.R"],
        user="1001:1001",
        key=key,
        network=NETWORK,
        cpu=1024,
        memory=4096,
        architecture="x86_64",
        disk=50,
        spot=True,
        environment={"FORM": "visits", "TOKEN_URL": "https://forms.example.com/token"},
        secrets={"ODK": credentials, "ODK_USER": credentials.field("user")},
        stop_timeout=60,
        egress=[Egress(description="S3", prefix_list_id="pl-1"), Egress(description="Forms", cidr="203.0.113.0/24")],
        log_retention_days=90,
        cluster=FargateCluster("shared"),
    )


def cached_image_job() -> FargateJob:
    key = EncryptionKey("key")
    image = ImageCache("hub", key=key).image("rocker/r-ver", tag="4.5.1")
    return FargateJob("summary", image=image, command=["Rscript", "summary.R"], key=key, network=NETWORK)


def secret() -> Secret:
    key = EncryptionKey("key")
    rotate = LambdaFunction("rotate", handler="ingest", key=key)
    made = Secret("database", key=key, description="Of sales", rotation=Rotation(function=rotate))
    made.grant_read(Role("reader", service="lambda.amazonaws.com", description="Tried in tests"))
    return made


def given_secret() -> Secret:
    return Secret(
        "licence", key=EncryptionKey("key"), description="Of a tool", value="x", renewed_by="purchasing, each year"
    )


def repository() -> ImageRepository:
    made = ImageRepository("jobs", key=EncryptionKey("key"), pull_accounts=["210987654321"], for_functions=True)
    build = Role("build", service="lambda.amazonaws.com", description="Tried in tests")
    made.grant_push(build)
    made.grant_pull(build)
    return made


def connection(key: EncryptionKey | None = None) -> JdbcConnection:
    key = key or EncryptionKey("key")
    return JdbcConnection(
        "sales",
        url="jdbc:postgresql://sales.internal:5432/sales",
        secret=Secret("database", key=key, description="Of sales", renewed_by="the sales team, each month"),
        network=NETWORK,
        subnet_id="subnet-1",
        egress=[Egress(description="Sales", port=5432, cidr="10.0.0.0/16")],
    )


def catalog() -> Catalog:
    return Catalog("catalog", lake=DataLake("lake", key=EncryptionKey("key")), datasets=[EVENTS])


def glue_job() -> GlueJob:
    described = catalog()
    lake = described.lake
    made = GlueJob("spark", script=SCRIPT, lake=lake, bookmarks=True, connections=[connection(lake.key)])
    described.grant_read(made, EVENTS)
    described.grant_write(made, EVENTS)
    return made


def crawler() -> Crawler:
    return Crawler("crawler", catalog=catalog(), datasets=[EVENTS])


def crawler_of_files() -> Crawler:
    return Crawler("crawler", catalog=catalog(), files=FilesIn("raw", "events/"), new_folders_only=True)


def crawler_of_database() -> Crawler:
    made = catalog()
    return Crawler("crawler", catalog=made, tables=TablesOf(connection(made.lake.key), "sales/public/%", "raw"))


def image_function() -> LambdaFunction:
    key = EncryptionKey("key")
    image = ImageRepository("images", key=key, for_functions=True).image(digest=DIGEST)
    return LambdaFunction("function", image=image, command=["app.handler"], key=key)


PROGRAMS = {
    "FargateCluster": lambda: FargateCluster("cluster"),
    "FargateJob": job,
    "FargateJob with all options": equipped_job,
    "FargateJob with an image of Docker Hub": cached_image_job,
    "ImageRepository": repository,
    "ImageCache": lambda: ImageCache("cache", key=EncryptionKey("key"), upstream="ecr-public"),
    "Secret": secret,
    "Secret with a value": given_secret,
    "JdbcConnection": connection,
    "LambdaFunction of an image": image_function,
    "GlueJob": glue_job,
    "Crawler": crawler,
    "Crawler of files": crawler_of_files,
    "Crawler of a database": crawler_of_database,
}
