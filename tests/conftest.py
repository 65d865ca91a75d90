"""How properties are tried: without a clock, and where HYPOTHESIS_PROFILE says `repeatable` with the same examples."""

import os

from hypothesis import settings

settings.register_profile("watershed", deadline=None)
settings.register_profile("repeatable", parent=settings.get_profile("watershed"), derandomize=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "watershed"))
