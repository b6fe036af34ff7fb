"""Makes the shipped files anew: ``python -m data.build RAW [places observations ...]``.

RAW is the folder of collected tables (``facts/``, ``geo/``, ``seeds/``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from data.build import observations, outcomes, places, strengths
from data.catalog import EMBEDDED

STEPS = {
    "places": places.build,
    "observations": observations.build,
    "outcomes": outcomes.build,
    "strengths": strengths.build,
}

if __name__ == "__main__":
    raw, *wanted = sys.argv[1:] or sys.exit(__doc__)
    for name in wanted or STEPS:
        STEPS[name](Path(raw), EMBEDDED)
