"""What can happen to a building: names of actions, and how far one may stand for another."""

from functools import lru_cache

BUILDING = frozenset(
    {"build", "make", "cornerstone", "found", "open", "inaugurate", "consecrate", "dedicate"}
)
"""How something comes to be."""
RUINING = frozenset({"demolish", "explode", "burn", "destroy", "bomb", "collapse"})
"""How it ceases to be."""
_OTHER_WORK = frozenset(
    {"damage", "blast", "rebuild", "restore", "redesign", "enlarge", "close", "reopen", "move",
     "abandon", "add", "reveal", "excavate"}
)  # fmt: skip
ACTIONS = BUILDING | RUINING | _OTHER_WORK
"""Concepts of the vocabulary that are events."""
WORKS = BUILDING | RUINING | frozenset({"rebuild", "restore", "redesign", "enlarge", "excavate"})
"""Actions that take time and so have a beginning and an end."""
PHASED = frozenset({"begin", "finish", "end"})
"""Concepts that tell a beginning or an end."""

_LIKENESS = """
build make 0.85
build found 0.8
build cornerstone 0.6
build open 0.72
build inaugurate 0.78
build consecrate 0.7
build dedicate 0.7
rebuild build 0.5
found cornerstone 0.5
open inaugurate 0.85
open consecrate 0.6
open dedicate 0.7
open reopen 0.6
inaugurate dedicate 0.8
inaugurate consecrate 0.7
consecrate dedicate 0.8
demolish destroy 0.8
demolish explode 0.85
demolish burn 0.6
demolish collapse 0.65
demolish bomb 0.4
destroy explode 0.85
destroy burn 0.8
destroy collapse 0.7
destroy bomb 0.7
destroy damage 0.4
explode bomb 0.6
burn bomb 0.4
bomb damage 0.5
damage burn 0.5
damage blast 0.6
damage explode 0.5
blast explode 0.6
blast bomb 0.6
explode collapse 0.4
rebuild restore 0.6
restore redesign 0.4
enlarge add 0.5
reveal excavate 0.5
redesign enlarge 0.4
demolish move 0.3
close abandon 0.4
"""
_ALIKE = {
    frozenset(line.split()[:2]): float(line.split()[2]) for line in _LIKENESS.strip().split("\n")
}


@lru_cache(maxsize=4096)
def alike(wanted: frozenset[str], told: frozenset[str]) -> float:
    """How far an event told of is an event wanted, 0 to 1 (1: the same)."""
    if wanted & told:
        return 1.0
    return max((_ALIKE.get(frozenset((a, b)), 0.0) for a in wanted for b in told), default=0.0)
