"""`python -m cli`: the `watershed` command from a checkout."""

from .main import app

app()
