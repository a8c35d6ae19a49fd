"""Whether two pictures are one, however it was cropped, turned or copied: a hash that finds
candidates, and a closer look that lays one picture on the other."""

from vlm.likeness.alignment import Alignment, Comparison, Edit, compare, edits_between
from vlm.likeness.local_features import INSTALL, Features, features_of, is_installed
from vlm.likeness.pdq import picture_hash, view_hashes

__all__ = [
    "INSTALL",
    "Alignment",
    "Comparison",
    "Edit",
    "Features",
    "compare",
    "edits_between",
    "features_of",
    "is_installed",
    "picture_hash",
    "view_hashes",
]
