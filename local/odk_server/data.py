"""What a Central server holds: submissions with their versions' times, deletions and attachments, and its clock.

The order of things is Central's: a submission has a number that grows, a creation time that never changes, and an
update time that edits and reviews set. Deleting marks it, restoring takes the mark away and sets no time, and neither
do attachments that are uploaded later.
"""

import threading
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from .form import BINARY, REPEAT, STRUCTURE, Form

Clock = Callable[[], datetime]
SECOND = timedelta(seconds=1)


def machine_clock() -> datetime:
    """Return the time of this machine."""
    return datetime.now(UTC)


class SteppingClock:
    """A clock that moves on by a step whenever it is read, so that what happens has an order that repeats."""

    def __init__(self, start: datetime, step: timedelta = SECOND) -> None:
        self.now = start
        self.step = step

    def __call__(self) -> datetime:
        """Return the time, after the step."""
        self.now += self.step
        return self.now


@dataclass
class Submission:
    """One submission in its current version."""

    number: int
    instance: str
    created: datetime
    values: dict[str, Any]
    updated: datetime | None = None
    deleted: datetime | None = None
    review: str | None = None
    edits: int = 0
    submitter: tuple[str, str] = ("5", "Data collector")
    device: str | None = None
    form_version: str = "1"
    attachments: dict[str, bytes | None] = field(default_factory=dict)
    """Those that the values name; None for one that nobody has uploaded."""


class CentralData:
    """The forms and submissions of one project."""

    def __init__(self, forms: Sequence[Form], *, clock: Clock = machine_clock, project: int = 1) -> None:
        self.project = project
        self.clock = clock
        self.forms = {form.id: form for form in forms}
        self.lock = threading.RLock()
        self._submissions: dict[str, dict[str, Submission]] = {form.id: {} for form in forms}
        self._numbers = 0

    def submissions(self, form: str) -> list[Submission]:
        """Return all of a form, deleted ones too, in Central's order: the newest first."""
        return sorted(self._submissions[form].values(), key=lambda each: (each.created, each.number), reverse=True)

    def find(self, form: str, instance: str) -> Submission | None:
        """Return a submission that is not deleted."""
        found = self._submissions[form].get(instance)
        return found if found and found.deleted is None else None

    def submit(
        self,
        form: str,
        values: Mapping[str, Any],
        *,
        attachments: Mapping[str, bytes] | None = None,
        instance: str | None = None,
        at: datetime | None = None,
        **details: Any,
    ) -> Submission:
        """Add a submission, created now or at a given time (a transaction that took long, or data from before)."""
        with self.lock:
            self._numbers += 1
            name = instance or f"uuid:{uuid.uuid4()}"
            made = Submission(self._numbers, name, at or self.clock(), dict(values), **details)
            made.form_version = self.forms[form].version
            made.attachments = self._expected(form, made.values, attachments or {})
            self._submissions[form][name] = made
            return made

    def edit(
        self,
        form: str,
        instance: str,
        values: Mapping[str, Any],
        *,
        attachments: Mapping[str, bytes] | None = None,
        at: datetime | None = None,
    ) -> None:
        """Replace a submission's values; attachments of the same name stay unless given anew."""
        with self.lock:
            old = self._submissions[form][instance]
            kept = {name: content for name, content in old.attachments.items() if content is not None}
            old.values = dict(values)
            old.attachments = self._expected(form, old.values, {**kept, **(attachments or {})})
            old.edits += 1
            old.review = "edited"
            old.updated = at or self.clock()

    def set_review(self, form: str, instance: str, state: str) -> None:
        """Approve, reject or question a submission."""
        with self.lock:
            self._submissions[form][instance].review = state
            self._submissions[form][instance].updated = self.clock()

    def delete(self, form: str, instance: str) -> None:
        """Put a submission into the trash."""
        with self.lock:
            self._submissions[form][instance].deleted = self.clock()

    def restore(self, form: str, instance: str) -> None:
        """Take a submission out of the trash; no time of its tells."""
        with self.lock:
            self._submissions[form][instance].deleted = None

    def purge(self, form: str, instance: str) -> None:
        """Remove a submission for good."""
        with self.lock:
            del self._submissions[form][instance]

    def upload(self, form: str, instance: str, name: str, content: bytes | None) -> None:
        """Set the content of an expected attachment, or clear it; no time of the submission tells."""
        with self.lock:
            self._submissions[form][instance].attachments[name] = content

    def publish(self, form: Form) -> None:
        """Publish a form, or a new version of one."""
        with self.lock:
            self.forms[form.id] = form
            self._submissions.setdefault(form.id, {})

    def _expected(self, form: str, values: Mapping[str, Any], given: Mapping[str, bytes]) -> dict[str, bytes | None]:
        return {name: given.get(name) for name in _files(self.forms[form], "", values)}


def _files(form: Form, path: str, values: Mapping[str, Any]) -> Iterator[str]:
    """Return the files that a submission's values name."""
    for each in form.children(path):
        value = values.get(each.name)
        if each.type == BINARY and value:
            yield value
        elif each.type == STRUCTURE:
            yield from _files(form, each.path, value or {})
        elif each.type == REPEAT:
            for item in value or []:
                yield from _files(form, each.path, item)
