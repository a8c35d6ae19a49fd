"""The doors: settings, wiring, HTTP, the page and the `snapcite` command."""

import os

# Before NumPy is imported: its products here are small, and its threads would spin while questions
# side by side want the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
