"""One form from the server to the lake: find the slices that are due, write them, and again until nothing changes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from ..common.telemetry import logger
from . import attachments, slices
from .changes import changes, differing, newest_time
from .pages import created, pages
from .problems import ChangedError, ExportError, GoneError, MissingError
from .session import Patience
from .tables import ROOT, SchemaChangedError, Shape, line, shape_of

if TYPE_CHECKING:
    from .attachments import Attachments
    from .central import Central, Page, Row
    from .landing import Landing
    from .settings import Settings
    from .state import FormState, Slice

_ROUNDS = 6
_TRIES = 5
# Attachments that are still missing are asked for again so long; after that only a full run finds them.
_WAITING = timedelta(days=30)


@dataclass
class Totals:
    """What a run did, for the log."""

    slices: int = 0
    objects: int = 0
    submissions: int = 0
    missing_attachments: int = 0
    rounds: int = 0


@dataclass
class FormExport:
    """One run over one form."""

    central: Central
    state: FormState
    landing: Landing
    attachments: Attachments
    settings: Settings
    form: str
    patience: Patience = field(default_factory=Patience)
    totals: Totals = field(default_factory=Totals)
    _tables: list[str] = field(default_factory=list)
    _read_at: dict[str, str] = field(default_factory=dict)
    _newest: str | None = None

    def run(self) -> Totals:
        """Make the lake what the server is; returns what was done.

        Raises:
            MissingError: the form went while it was read.

        """
        try:
            self._run()
        except GoneError as error:
            raise MissingError(f"{error}: form {self.form!r} went while it was read.") from error
        return self.totals

    def _run(self) -> None:
        started = asked = self.central.now(self.form)
        since = self._begin(started)
        for number in range(1, _ROUNDS + 1):
            self.totals.rounds = number
            asked = started if number == 1 else self.central.now(self.form)
            shape = self._shape()
            self._find(since, asked, compare=number > 1 or since is None)
            if not self._write_due(shape) and number > 1:
                break
            since = asked
        else:
            logger.info("The form keeps changing; the next run goes on", extra={"form": self.form})
        if self._newest:
            self.state.advance(min(self._newest, asked))

    def _begin(self, started: str) -> str | None:
        """Find out where to go on; returns since when changes are to be looked for, None in the very first run."""
        form, known, run = self.state.form(), self.state.slices(), self.settings.run.get("id")
        noted = max(form.get("watermark", ""), form.get("noted", ""))
        waiting = slices.earlier(started, _WAITING)
        self.state.make_due([each.start for each in known if each.waiting and each.start >= waiting and not each.due])
        if self.settings.full and (not run or form.get("full_run") != run):
            self.state.make_due([each.start for each in known], full=True)
            self.state.remember(full_run=run)
        if noted:
            return slices.earlier(noted, self.settings.overlap)
        newest = self.central.page(self.form, slices.EVER, top=1, select="__id,__system").rows
        if newest:
            # Changes from here on are looked for, also if this run does not get to its end.
            self.state.note(min(newest_time(newest[0]), started))
        return None

    def _find(self, since: str | None, asked: str, *, compare: bool) -> None:
        """Make the slices due that changed, and those whose counts differ from the server's."""
        if since is not None:
            known = self.state.slices()
            found = changes(self.central, self.form, since, known, self._read_at, self.settings.page_rows)
            self.state.make_due(found.starts)
            if found.newest:
                self._newest = max(self._newest or found.newest, found.newest)
                self.state.note(min(found.newest, asked))
            logger.info("Changes", extra={"form": self.form, "since": since, "changes": found.count})
        if compare:
            known = self.state.slices()
            due = {each.start for each in known if each.due}
            differ = differing(lambda start, end: self.central.count(self.form, slices.created_in(start, end)), known)
            self.state.make_due(differ - due)

    def _shape(self) -> Shape:
        """Read the form's fields; where one is gone since the last run, everything is read again without it."""
        shape = shape_of(self.form, self.central.fields(self.form))
        form = self.state.form()
        if set(form.get("fields", [])) - set(shape.described):
            self.state.make_due([each.start for each in self.state.slices()])
        self._tables = sorted({*form.get("tables", []), *shape.tables})
        if (form.get("fields"), form.get("tables")) != (shape.described, self._tables):
            self.state.remember(fields=shape.described, tables=self._tables)
        return shape

    def _write_due(self, shape: Shape) -> bool:
        """Write what is due, the newest first, with what becomes due meanwhile; says whether there was anything."""
        found = False
        while due := [each for each in self.state.slices() if each.due]:
            found = True
            for each in reversed(due):
                shape = self._write(each, shape)
        return found

    def _write(self, due: Slice, shape: Shape) -> Shape:
        """Write a slice, unless another run has done so; returns the form's shape, which may have changed."""
        for attempt in range(1, _TRIES + 1):
            current = self.state.slice(due.start)
            if current is None or not current.due:
                return shape
            try:
                if not self._divide(current):
                    self._replace(current, shape)
            except ChangedError:
                self.patience.pause(attempt, None)
            except SchemaChangedError:
                shape = self._shape()
            else:
                return shape
        message = (
            f"Form {self.form!r}: the slice {due.start} could not be written {_TRIES} times, since others wrote it or "
            "the form changed. Let one export of a form run at a time."
        )
        raise ExportError(message)

    def _divide(self, current: Slice) -> bool:
        """Where a slice has too many submissions, make later ones slices of their own; says whether that was so."""
        start, most, divided = current.start, self.settings.slice_rows, False
        end = self._end(start)
        while True:
            chosen = slices.created_in(start, end)
            found = self.central.page(self.form, chosen, top=1, skip=most - 1, select="__id,__system")
            if found.count <= most or not found.rows:
                return divided
            middle = slices.moment(created(found.rows[0]))
            if middle <= start:  # all of them in one millisecond
                return divided
            # They are due before this one is written, and are written before it: nothing is missing meanwhile.
            self.state.make_due([middle])
            end, divided = middle, True

    def _replace(self, current: Slice, shape: Shape) -> None:
        """Make a slice's objects what the server has.

        Raises:
            ChangedError: they, or the slice, are not what they were before the server was asked.

        """
        start = current.start
        before = {table: self.landing.read(table, start) for table in (*self._tables, attachments.TABLE)}
        end = self._end(start)
        read_at = self.central.answered
        submissions = self._submissions(start, end)
        contents: dict[str, list[bytes]] = {table: [] for table in self._tables}
        roots: dict[str, Row] = {}
        for instance, submission in submissions.items():
            for table, row in shape.rows(submission):
                contents[table].append(line(row))
                if table == ROOT:
                    roots[instance] = row
        files = self.attachments.gather(roots, before[attachments.TABLE], before[ROOT], full=current.full)
        contents[attachments.TABLE] = [line(row) for row in files]
        claimed = self.state.claim(current)
        # The submissions last: they tell which attachments are there.
        order = sorted(contents, key=lambda table: (table == ROOT, table))
        written = [self.landing.write(table, start, b"".join(contents[table]), before[table]) for table in order]
        waiting = attachments.waiting(files)
        self.state.finish(claimed, rows=len(submissions), waiting=waiting)
        self._read_at[start] = read_at
        self._report(start, len(submissions), sum(written), waiting)

    def _end(self, start: str) -> str:
        return slices.end_of(start, [each.start for each in self.state.slices(start[:10])])

    def _submissions(self, start: str, end: str) -> dict[str, Row]:
        """Return a slice's submissions by their ids, in order of creation."""
        chosen, size = slices.created_in(start, end), self.settings.page_rows
        found: dict[str, Row] = {}

        def fetch(skip: int) -> Page:
            return self.central.page(self.form, chosen, top=size, skip=skip, expand="*")

        for page in pages(fetch, size):
            found.update({row["__id"]: row for row in page})
        for row in found.values():
            self._newest = max(self._newest or "", newest_time(row))
        return dict(sorted(found.items(), key=lambda item: (created(item[1]), item[0])))

    def _report(self, start: str, rows: int, objects: int, waiting: int) -> None:
        self.totals.slices += 1
        self.totals.objects += objects
        self.totals.submissions += rows
        self.totals.missing_attachments += waiting
        details = {"form": self.form, "slice": slices.name(start), "submissions": rows, "objects": objects}
        logger.info("Slice written", extra={**details, "missing_attachments": waiting})
