"""Learning, judging and explaining the ranking."""

import os

# Threads that wait by spinning slow everything down on a shared machine.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
