"""`watershed datasets`: find, read, upload, download and query data sets over the Dataset API."""

import contextlib
import json
import webbrowser
from pathlib import Path
from typing import Annotated, Any

import typer

from ..errors import FAILED, USAGE, CommandError
from ..local import HERE, AsJson, Project
from . import render
from .client import Api
from .docs import DocsServer
from .downloading import download as download_files
from .progress import transfer
from .querying import FORMATS, run_query, values
from .service import find_service
from .signing_in import AccessToken
from .uploading import upload as upload_file

datasets = typer.Typer(no_args_is_help=True, help="Data sets over the Dataset API, with the caller's own rights.")

Name = Annotated[str, typer.Argument(help="The data set: `watershed datasets list`.", show_default=False)]
Portal = Annotated[
    str | None, typer.Option("--portal", help="Its address; default WATERSHED_PORTAL, else the local stage's.")
]
Tags = Annotated[list[str] | None, typer.Option("--tag", "-t", help="name=value; may be given again.")]


@datasets.command("list", epilog="Example: watershed datasets list --tag domain=aviation")
def list_datasets(
    prefix: Annotated[str, typer.Argument(help="What names begin with; all without.", show_default=False)] = "",
    tag: Tags = None,
    owner: Annotated[str | None, typer.Option("--owner", "-o", help="Only this team's.")] = None,
    zone: Annotated[str | None, typer.Option("--zone", "-z", help="Only those of this zone.")] = None,
    archived: Annotated[bool, typer.Option("--archived", help="Archived ones, too.")] = False,
    portal: Portal = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """List the data sets that you may read."""
    filters = {"prefix": prefix, "tag": tag, "owner": owner, "zone": zone, "archived": "true" if archived else None}
    found = list(_api(project, portal).pages("datasets", "datasets", limit=100, **filters))
    _print(found, render.listed, as_json=as_json)


@datasets.command(epilog="Example: watershed datasets show flights")
def show(name: Name, portal: Portal = None, project: Project = HERE, as_json: AsJson = False) -> None:
    """Show a data set: what it is, its columns, and what is in them."""
    api = _api(project, portal)
    document = api.get("datasets", name)
    statistics = api.get("datasets", name, "statistics")
    _print({**document, "statistics": statistics}, render.shown, as_json=as_json)


@datasets.command(epilog="Example: watershed datasets upload orders 2027-01.csv")
def upload(
    name: Name,
    file: Annotated[Path, typer.Argument(help="The file.", exists=True, dir_okay=False, readable=True)],
    again: Annotated[bool, typer.Option("--again", help="Send it although the same file was sent today.")] = False,
    portal: Portal = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Upload a file into a data set, and wait until ingestion is through with it.

    After Ctrl-C or a broken connection, the same command goes on. Exit code 1 if the file could not be ingested.
    """
    api = _api(project, portal)
    with transfer() as progress:
        made = upload_file(api, name, file, again=again, tell=progress.of(file.name, file.stat().st_size))
    _print(made, render.uploaded, as_json=as_json)
    if made["status"] != "committed":
        raise typer.Exit(FAILED)


@datasets.command(epilog="Example: watershed datasets download flights --to flights/")
def download(
    name: Name,
    to: Annotated[Path | None, typer.Option("--to", help="The folder; default the data set's name.")] = None,
    portal: Portal = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Download a data set's Parquet files; those that are there are not fetched again."""
    folder = to or Path(name)
    with transfer() as progress:
        paths = download_files(_api(project, portal), name, folder, progress.file)
    sizes = [{"path": str(path), "bytes": path.stat().st_size} for path in paths]
    _print(sizes, lambda found: render.downloaded(found, folder), as_json=as_json)


@datasets.command(
    epilog='Example: watershed datasets query "SELECT carrier, count(*) AS n FROM flights WHERE month = ? GROUP BY 1" '
    "--value 1"
)
def query(
    sql: Annotated[str, typer.Argument(help="One SELECT; `-` reads it from standard input.", show_default=False)],
    value: Annotated[
        list[str] | None,
        typer.Option(
            "--value",
            help="Of a question mark, in their order: numbers, true, false and null are those, 'quotes' make a text.",
        ),
    ] = None,
    to: Annotated[Path | None, typer.Option("--to", help="Write the whole result into this .csv or .parquet.")] = None,
    rows: Annotated[int, typer.Option("--rows", help="Rows to show, 1 to 500.", min=1, max=500)] = 50,
    portal: Portal = None,
    project: Project = HERE,
    as_json: AsJson = False,
) -> None:
    """Run a query on the data sets that you may read. Ctrl-C cancels it."""
    if to and to.suffix not in FORMATS:
        raise CommandError(f"{to}: a result is written as {' or '.join(FORMATS)}.", exit_code=USAGE)
    text = typer.get_text_stream("stdin").read() if sql == "-" else sql
    with transfer() as progress:
        result = run_query(
            _api(project, portal), text, values(value or []), rows=rows, to=to, tell=progress.doing, sent=progress.file
        )
    _print(result, lambda found: render.result(found, to), as_json=as_json)


@datasets.command(epilog="Example: watershed datasets docs")
def docs(
    show_it: Annotated[bool, typer.Option("--open/--no-open", help="Open it, or only print where it is.")] = True,
    portal: Portal = None,
    project: Project = HERE,
) -> None:
    """Show the API's description in the browser (Swagger UI), where requests go out in your name; Ctrl-C ends it."""
    with DocsServer(_api(project, portal)) as server:
        print(server.address, flush=True)  # noqa: T201 - the result
        if show_it:
            webbrowser.open(server.address)
        with contextlib.suppress(KeyboardInterrupt):
            server.serve_forever()


def _api(project: Path, portal: str | None) -> Api:
    service = find_service(project, portal)
    return Api(service, AccessToken(service, lambda text: typer.echo(text, err=True)))


def _print(found: Any, show_it: Any, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(found, indent=2))  # noqa: T201 - the result
    else:
        show_it(found)
