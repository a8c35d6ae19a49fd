"""Fetching a model from a hub, when a person asks for it: plan, show, fetch, check.

Nothing else in SnapCite reaches a hub: all loaders look at files of this machine only.
"""

from vlm.models.pull.fetch import fetch_files, free_bytes, require_room
from vlm.models.pull.hubs import Hub, HuggingFace, ModelScope, RemoteFile, Repository, repository_of
from vlm.models.pull.places import Cache, Folder, Place
from vlm.models.pull.plan import Part, Plan, plan_pull

__all__ = [
    "Cache",
    "Folder",
    "Hub",
    "HuggingFace",
    "ModelScope",
    "Part",
    "Place",
    "Plan",
    "RemoteFile",
    "Repository",
    "fetch_files",
    "free_bytes",
    "plan_pull",
    "repository_of",
    "require_room",
]
