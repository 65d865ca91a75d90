"""Pipelines and their runs, on AWS and on the local stage alike."""
