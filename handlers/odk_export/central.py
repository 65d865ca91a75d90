"""What the export asks of ODK Central, by pyodk where pyodk has it.

Source: ODK Central API, "OData Form Service", "Submissions" and "Form Management".
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyodk._utils.config import CentralConfig, Config
from pyodk.client import Client

from .problems import GoneError, MissingError
from .session import Patience, PatientSession
from .slices import moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from requests import Response

    from .secrecy import Secrets
    from .settings import Settings

Row = dict[str, Any]
_FORM = "projects/{project}/forms/{form}"
_SUBMISSION = _FORM + "/submissions/{instance}"


@dataclass(frozen=True)
class Page:
    """Some rows of a query, and how many it has altogether."""

    rows: list[Row]
    count: int


@dataclass(frozen=True)
class Field:
    """A field of a form; `path` is as OData names it, `/members/age`."""

    path: str
    type: str


class Central:
    """One project of one server. Everything is in memory: the configuration, the credentials and the session."""

    def __init__(self, settings: Settings, secrets: Secrets, patience: Patience | None = None) -> None:
        self._server = settings.server
        self._project = settings.project
        self._session = PatientSession(settings, secrets, patience or Patience())
        config = Config(CentralConfig(settings.url, settings.username, settings.password, settings.project))
        self._client = Client(config=config, session=self._session, project_id=settings.project)

    def check(self, forms: tuple[str, ...]) -> None:
        """Log in, and see that the forms are there.

        Raises:
            CredentialsError, MissingError: for the first time that something is wrong.

        """
        self._session.log_in()
        missing = []
        for form in forms:
            try:
                self._get(_FORM, form=form)
            except GoneError:
                missing.append(form)
        if missing:
            message = (
                f"{self._server} has no published form {', '.join(repr(form) for form in missing)} in project "
                f"{self._project}. Correct ODK_FORMS (ids, not titles) or ODK_PROJECT, or publish it."
            )
            raise MissingError(message)

    def now(self, form: str) -> str:
        """Ask for the server's time, which it tells to the second."""
        self._get(_FORM, form=form)
        return self.answered

    @property
    def answered(self) -> str:
        """When the server answered last, by its own clock."""
        return moment(self._session.now.replace(microsecond=0).isoformat())

    def fields(self, form: str) -> list[Field]:
        """Return the fields of a form's published version, depth first."""
        found = self._get(_FORM + "/fields", form=form, params={"odata": "true"}).json()
        return [Field(each["path"], each["type"]) for each in found]

    def page(self, form: str, chosen: str, *, top: int, skip: int = 0, **options: str) -> Page:
        """Return some submissions that satisfy a filter, the newest first."""
        found = self._client.submissions.get_table(
            form_id=form, table_name="Submissions", filter=chosen, top=top, skip=skip, count="true", **options
        )
        return Page(found["value"], int(found["@odata.count"]))

    def count(self, form: str, chosen: str) -> int:
        """Return how many submissions satisfy a filter."""
        return self.page(form, chosen, top=0).count

    def attachments(self, form: str, instance: str) -> dict[str, bool]:
        """Return the attachments that a submission names, and whether the server has them."""
        found = self._get(_SUBMISSION + "/attachments", form=form, instance=instance).json()
        return {each["name"]: each["exists"] for each in found}

    @contextmanager
    def download(self, form: str, instance: str, name: str, etag: str | None) -> Iterator[Response | None]:
        """Give an attachment's content as a stream; None if it is still the one with that ETag."""
        headers = {"If-None-Match": etag} if etag else {}
        place = _SUBMISSION + "/attachments/{name}"
        response = self._get(place, form=form, instance=instance, name=name, headers=headers, stream=True)
        try:
            yield None if response.status_code == 304 else response
        finally:
            response.close()

    def _get(self, place: str, *, stream: bool = False, headers: Any = None, params: Any = None, **parts: str) -> Any:
        path = self._session.urlformat(place, project=self._project, **parts)
        return self._session.request("GET", path, stream=stream, headers=headers, params=params)
