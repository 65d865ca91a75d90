"""What Central answers to a request: sessions, forms and their fields, OData tables, attachments."""

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

from .data import CentralData, Submission
from .filters import FilterError, predicate
from .form import Form
from .odata import Row, repeat_rows, root_row

ROOT = "Submissions"


@dataclass(frozen=True)
class Request:
    """A request as it arrived."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, still encoded."""
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        """The parameters of the query."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)


class ProblemError(Exception):
    """A problem as Central describes it: the status is the code's whole part."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


_NOT_FOUND = ProblemError("404.1", "Could not find the resource you were looking for.")
_NO_RIGHTS = ProblemError("403.1", "The authentication you provided does not have rights to perform that action.")
_NOT_AUTHENTICATED = ProblemError("401.2", "Could not authenticate with the provided credentials.")


class Service:
    """The resources of one server, for one user."""

    def __init__(self, data: CentralData, *, username: str, password: str) -> None:
        self.data = data
        self.username = username
        self.password = password
        self.tokens: set[str] = set()
        self.logins = 0
        self.may_read = True
        self.downloads: list[str] = []
        """Attachments whose content was sent, as `<instance>/<name>`."""
        form = r"/v1/projects/(?P<project>\d+)/forms/(?P<form>[^/]+?)"
        attachments = rf"{form}/submissions/(?P<instance>[^/]+)/attachments"
        self._routes: list[tuple[str, re.Pattern[str], Callable[..., Answer]]] = [
            ("POST", re.compile(r"/v1/sessions"), self._log_in),
            ("GET", re.compile(rf"{form}\.svc/(?P<table>[^/]+)"), self._table),
            ("GET", re.compile(rf"{form}/fields"), self._fields),
            ("GET", re.compile(attachments), self._list_attachments),
            ("GET", re.compile(rf"{attachments}/(?P<name>[^/]+)"), self._attachment),
            ("GET", re.compile(form), self._form),
        ]

    def answer(self, request: Request) -> Answer:
        """Answer a request; a problem is an answer, too."""
        try:
            for method, pattern, handle in self._routes:
                found = pattern.fullmatch(request.path)
                if method == request.method and found:
                    parts = {name: unquote(text) for name, text in found.groupdict().items()}
                    with self.data.lock:
                        if handle != self._log_in:
                            self._authenticate(request)
                        return handle(request, **parts)
            raise _NOT_FOUND
        except ProblemError as problem:
            return _json({"code": problem.code, "message": str(problem)}, int(problem.code.partition(".")[0]))

    def _log_in(self, request: Request) -> Answer:
        given = json.loads(request.body or b"{}")
        self.logins += 1
        if (given.get("email"), given.get("password")) != (self.username, self.password):
            raise _NOT_AUTHENTICATED
        token = secrets.token_urlsafe(48)
        self.tokens.add(token)
        return _json({"token": token, "csrf": secrets.token_urlsafe(48), "expiresAt": "2099-01-01T00:00:00.000Z"})

    def _authenticate(self, request: Request) -> None:
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        if kind != "Bearer" or token not in self.tokens:
            raise _NOT_AUTHENTICATED

    def _found(self, project: str, form: str) -> Form:
        if int(project) != self.data.project or form not in self.data.forms:
            raise _NOT_FOUND
        if not self.may_read:
            raise _NO_RIGHTS
        return self.data.forms[form]

    def _form(self, request: Request, project: str, form: str) -> Answer:
        found = self._found(project, form)
        return _json({"projectId": int(project), "xmlFormId": found.id, "version": found.version, "state": "open"})

    def _fields(self, request: Request, project: str, form: str) -> Answer:
        return _json([each.described() for each in self._found(project, form).fields])

    def _table(self, request: Request, project: str, form: str, table: str) -> Answer:
        found, query = self._found(project, form), request.query
        if table != ROOT and table not in found.repeats():
            raise _NOT_FOUND
        try:
            chosen = predicate(query.get("$filter"))
        except FilterError as refusal:
            raise ProblemError(refusal.code, str(refusal)) from refusal
        submissions = [each for each in self.data.submissions(found.id) if chosen(each)]
        if table != ROOT:
            rows = [row for each in submissions for row in repeat_rows(found, each, table)]
            return _json(_page(request, rows, len(rows), _whole(query, rows)))
        window = _window(query, submissions)
        rows = [_selected(root_row(found, each, expand=query.get("$expand") == "*"), query) for each in window]
        return _json(_page(request, rows, len(submissions), window))

    def _list_attachments(self, request: Request, project: str, form: str, instance: str) -> Answer:
        submission = self._submission(project, form, instance)
        listed = sorted(submission.attachments.items())
        return _json([{"name": name, "exists": content is not None} for name, content in listed])

    def _attachment(self, request: Request, project: str, form: str, instance: str, name: str) -> Answer:
        content = self._submission(project, form, instance).attachments.get(name)
        if content is None:
            raise _NOT_FOUND
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        if etag in request.headers.get("If-None-Match", ""):
            return Answer(304, headers={"ETag": f'"{etag}"'})
        self.downloads.append(f"{instance}/{name}")
        kind = "image/png" if name.endswith(".png") else "application/octet-stream"
        disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return Answer(200, content, {"ETag": f'"{etag}"', "Content-Type": kind, "Content-Disposition": disposition})

    def _submission(self, project: str, form: str, instance: str) -> Submission:
        found = self.data.find(self._found(project, form).id, instance)
        if found is None:
            raise _NOT_FOUND
        return found


def _window(query: Mapping[str, str], submissions: list[Submission]) -> list[Submission]:
    """Return the page that `$skip` and `$top`, or a `$skiptoken`, ask for."""
    start = int(query.get("$skip", 0))
    if "$skiptoken" in query:
        last = json.loads(base64.b64decode(query["$skiptoken"].removeprefix("01")))["instanceId"]
        names = [each.instance for each in submissions]
        start = names.index(last) + 1 if last in names else len(names)
    return submissions[start : start + int(query["$top"])] if "$top" in query else submissions[start:]


def _whole(query: Mapping[str, str], rows: list[Row]) -> list[Submission]:
    """Refuse to page a repeat's table: nobody here needs it."""
    if {"$top", "$skip", "$skiptoken"} & query.keys():
        raise ProblemError("501.1", "This server pages the table Submissions only.")
    return []


def _page(request: Request, rows: list[Row], total: int, window: list[Submission]) -> dict[str, Any]:
    query = request.query
    page: dict[str, Any] = {"value": rows}
    done = "$top" not in query or int(query.get("$skip", 0)) + len(rows) >= total
    if window and not done:
        token = base64.b64encode(json.dumps({"instanceId": window[-1].instance}).encode()).decode()
        more = {name: value for name, value in query.items() if name not in ("$skip", "$skiptoken")}
        page["@odata.nextLink"] = f"{request.path}?{urlencode({**more, '$skiptoken': '01' + token})}"
    if query.get("$count") == "true":
        page["@odata.count"] = total
    return page


def _selected(row: Row, query: Mapping[str, str]) -> Row:
    names = [name.strip() for name in query.get("$select", "*").split(",")]
    return row if names == ["*"] else {name: row[name] for name in row if name in names}


def _json(content: Any, status: int = 200) -> Answer:
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, body, {"Content-Type": "application/json; charset=utf-8"})
