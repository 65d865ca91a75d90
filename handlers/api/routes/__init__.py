"""The operations of the API, one file a part: thin, each calling what does the work."""

from . import contents, datasets, health

OPERATIONS = (*health.routes, *datasets.routes, *contents.routes)
