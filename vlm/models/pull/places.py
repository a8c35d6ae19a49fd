"""Where a pulled file goes: into the Hugging Face cache, where all loaders look, or into a folder.

The cache is laid out as huggingface_hub documents it (`blobs/`, `snapshots/COMMIT/`, `refs/main`),
so other programs share it. `refs/main` is written last: a loader never meets half a model.
"""

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from vlm.models.pull.checked import Checked
from vlm.models.pull.hubs import RemoteFile, Repository

_PART = ".part"
_HIDDEN = ".pull"


class Place(Protocol):
    """Where a repository's files go."""

    @property
    def root(self) -> Path:
        """A folder on the disk that is written to; it need not exist yet."""

    @property
    def lock(self) -> Path:
        """A file that one run at a time holds."""

    def final(self, repository: Repository, file: RemoteFile) -> Path:
        """Where a file is once it is whole."""

    def part(self, repository: Repository, file: RemoteFile) -> Path:
        """Where a file is while it is fetched, the same in every run."""

    def is_here(self, repository: Repository, file: RemoteFile) -> bool:
        """Whether a file is there already, with the contents that the hub says."""

    def finish(self, repository: Repository, files: Iterable[RemoteFile]) -> Path:
        """Make all files visible to loaders; returns the folder that they are in."""


@dataclass(frozen=True, slots=True)
class Cache:
    """The Hugging Face cache. `root`: its folder `hub`."""

    root: Path

    @property
    def lock(self) -> Path:
        """A file among huggingface_hub's own locks."""
        return self.root / ".locks" / "snapcite-pull.lock"

    def final(self, repository: Repository, file: RemoteFile) -> Path:
        """A blob that is named after its content."""
        return self._folder(repository) / "blobs" / file.digest

    def part(self, repository: Repository, file: RemoteFile) -> Path:
        """A file beside the blob, of another name than huggingface_hub's own."""
        return self._folder(repository) / "blobs" / (file.digest + _PART)

    def is_here(self, repository: Repository, file: RemoteFile) -> bool:
        """Whether the blob is there, or a file at its place in the snapshot."""
        shown = self._snapshot(repository) / file.path
        return any(
            self._checked.is_whole(path, file) for path in (self.final(repository, file), shown)
        )

    def finish(self, repository: Repository, files: Iterable[RemoteFile]) -> Path:
        """Link the files into the snapshot, then name it as the newest."""
        snapshot = self._snapshot(repository)
        files = list(files)
        for file in files:
            shown, blob = snapshot / file.path, self.final(repository, file)
            if not blob.is_file():  # fetched by another program that keeps no blobs
                continue
            shown.parent.mkdir(parents=True, exist_ok=True)
            shown.unlink(missing_ok=True)
            try:
                shown.symlink_to(os.path.relpath(blob, shown.parent))
            except OSError:  # a disk without links
                shutil.copyfile(blob, shown)
        self._checked.note(
            (path, file)
            for file in files
            for path in (self.final(repository, file), snapshot / file.path)
        )
        reference = self._folder(repository) / "refs" / "main"
        reference.parent.mkdir(parents=True, exist_ok=True)
        new = reference.with_suffix(_PART)
        new.write_text(repository.revision)
        new.replace(reference)
        return snapshot

    @property
    def _checked(self) -> Checked:
        return Checked(self.root, self.lock.with_name("snapcite-checked"))

    def _folder(self, repository: Repository) -> Path:
        return self.root / f"models--{repository.name.replace('/', '--')}"

    def _snapshot(self, repository: Repository) -> Path:
        return self._folder(repository) / "snapshots" / repository.revision


@dataclass(frozen=True, slots=True)
class Folder:
    """A plain folder, for `--encoder FOLDER`, a container's volume or another machine.

    Attributes:
        root: the folder.
        main: the repository whose files lie in it; those of others get sub-folders of their names.
    """

    root: Path
    main: str

    @property
    def lock(self) -> Path:
        """A file in the hidden folder."""
        return self.root / _HIDDEN / "lock"

    def final(self, repository: Repository, file: RemoteFile) -> Path:
        """The file's own path below the folder."""
        return self._folder(repository) / file.path

    def part(self, repository: Repository, file: RemoteFile) -> Path:
        """A file in the hidden folder, which it leaves in the end."""
        name = f"{repository.name}/{file.path}".replace("/", "--")
        return self.root / _HIDDEN / f"{name}.{file.digest[:16]}{_PART}"

    def is_here(self, repository: Repository, file: RemoteFile) -> bool:
        """Whether the file is there, whoever put it."""
        return self._checked.is_whole(self.final(repository, file), file)

    def finish(self, repository: Repository, files: Iterable[RemoteFile]) -> Path:
        """Tidy up: files are visible as they come. The hidden folder keeps what was checked."""
        self._checked.note((self.final(repository, file), file) for file in files)
        if repository.name == self.main:
            for left in (self.root / _HIDDEN).glob(f"*{_PART}"):
                left.unlink(missing_ok=True)
        return self._folder(repository)

    @property
    def _checked(self) -> Checked:
        return Checked(self.root, self.root / _HIDDEN / "checked")

    def _folder(self, repository: Repository) -> Path:
        return self.root if repository.name == self.main else self.root / repository.name
