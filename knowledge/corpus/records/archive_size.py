"""How large what a zip archive holds is, before anything in it is unpacked.

Office files are zip archives, and a small one can be made to hold gigabytes.
"""

import zipfile
from pathlib import Path

from knowledge.errors import CorpusError

MOST_UNPACKED_BYTES = 512 * 2**20
_MOST_RATIO = 500
_SMALL_BYTES = 16 * 2**20
_MOST_ENTRIES = 20_000


def check_archive(file: Path) -> list[str]:
    """The names of what an archive holds.

    Raises:
        CorpusError: it is no archive, is locked, or would be too large unpacked.
        OSError: it cannot be read.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise CorpusError(
            f"{file.name!r} is damaged ({error}); open it in its program and save it again."
        ) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise CorpusError(f"{file.name!r} is locked with a password; save a copy without one.")
    size = sum(entry.file_size for entry in entries)
    packed = max(1, sum(entry.compress_size for entry in entries))
    if (
        size > MOST_UNPACKED_BYTES
        or len(entries) > _MOST_ENTRIES
        or (size > _SMALL_BYTES and size / packed > _MOST_RATIO)
    ):
        raise CorpusError(
            f"{file.name!r} holds {size / 1e6:,.0f} MB in {len(entries):,} parts, packed into "
            f"{file.stat().st_size / 1e6:,.1f} MB; that can be made to fill the memory and is not "
            "read. Save what is needed of it as CSV."
        )
    return [entry.filename for entry in entries]
