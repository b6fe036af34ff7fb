"""Makes the shipped files anew: ``python -m data.build RAW [places observations ...]``.

RAW is the folder of collected tables (``facts/``, ``geo/``, ``seeds/``).
"""

from __future__ import annotations

import sys
from pathlib import Path

from data.build import (
    absences,
    area_figures,
    extra_policies,
    observations,
    outcomes,
    places,
    report_tables,
    zones,
)
from data.catalog import EMBEDDED

STEPS = {
    "places": places.build,
    "zones": zones.build,
    "observations": observations.build,
    "area_figures": area_figures.build,
    "policies": extra_policies.build_policies,
    "designations": extra_policies.build_designations,
    "absences": absences.build,
    "outcomes": outcomes.build,
    "reports": report_tables.build,
}

if __name__ == "__main__":
    raw, *wanted = sys.argv[1:] or sys.exit(__doc__)
    for name in wanted or STEPS:
        STEPS[name](Path(raw), EMBEDDED)
