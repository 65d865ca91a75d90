"""The operations of the API, one file a part: thin, each calling what does the work."""

from . import contents, datasets, health, queries, uploads

OPERATIONS = (*health.routes, *datasets.routes, *contents.routes, *uploads.routes, *queries.routes)
