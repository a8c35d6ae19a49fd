"""Photos that show nothing of most indexes: those of the bundled `data/landmarks`.

An index of few subjects is calibrated with them. One or two of them may be indexed all the same,
which the calibration bears: it looks at their median.
"""

from api.settings import Settings

_MOST = 24


def load_strangers(settings: Settings) -> list[bytes]:
    """Some of the photos, always the same; none where the folder is missing."""
    try:
        found = sorted(path for path in settings.strangers.iterdir() if path.is_file())
        return [path.read_bytes() for path in found[:: max(1, len(found) // _MOST)][:_MOST]]
    except OSError:
        return []
