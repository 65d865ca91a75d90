"""Brings the submissions of an ODK Central server into the lake, exactly: `python -m handlers.odk_export`.

What the lake has afterwards is what the server has: every submission once and in its latest version, repeats as child
tables, deleted ones gone, attachments as files. How, in the order of reading:

- **Slices** (`slices.py`). A submission's creation time never changes, so days of creation divide the submissions for
  good, and a day with many is divided further. A slice is one object a table, and is always written whole: what the
  server has of that slice now. Nothing is appended, nothing merged, so doing it again changes nothing, and ingestion
  replaces the rows that an object gave before.
- **Which slices to write** (`changes.py`). The feed of changes since the watermark, less an overlap: created, updated
  or deleted since. Restored submissions tell no time, so the counts of the slices are compared with the server's. A
  first run needs no feed: it finds its slices by their counts.
- **Paging** (`pages.py`) by top and skip, so that rows which come and go between two pages hide none of the others.
  Rows that come twice are one by their `__id`.
- **Rounds** (`export.py`). After the slices are written the server is asked again, until nothing changed since.
- **State** (`state.py`) in DynamoDB: which slices are due, the watermark, and what was downloaded. A slice is due until
  all its objects are there; a killed run's slices stay due, and the next run goes on with them. The watermark moves
  last.
- **Two runs at once**: an object is replaced only if it is still the one that was there before the server was asked;
  whoever loses asks again.

`docs/guides/odk.md` tells how to set it up, and what it cannot see.
"""
