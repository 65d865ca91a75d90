"""An ODK Central server for demonstrations and tests: sessions, forms, OData with paging and filters, attachments.

It answers what Central answers to who reads submissions (ODK Central API, https://docs.getodk.org/central-api/; where
that is silent, its source: github.com/getodk/central-backend), on 127.0.0.1 only. The data is generated from a seed;
tests change it between requests and let answers fail.
"""

from .data import CentralData, SteppingClock, Submission, machine_clock
from .demo import household_data
from .faults import BrokenOff, Failed, Fault, Faults, Throttled
from .form import Field, Form
from .server import CentralServer

__all__ = [
    "BrokenOff",
    "CentralData",
    "CentralServer",
    "Failed",
    "Fault",
    "Faults",
    "Field",
    "Form",
    "SteppingClock",
    "Submission",
    "Throttled",
    "household_data",
    "machine_clock",
]
