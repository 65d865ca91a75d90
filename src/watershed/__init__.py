"""A data platform for AWS as a Python library on Pulumi.

`watershed.components` is what a Pulumi program imports; `watershed.policies` the policy pack that goes with it.
"""

from importlib.metadata import version

__version__ = version("watershed-data")
