"""A file beside a photo that changes, comes or goes is read again, and no photo embedded again."""

import json
from pathlib import Path

import pytest
from corpus_samples import write
from photo_metadata_samples import jpeg_with, xmp_packet
from support import photo

from indexer.run import index_corpus
from knowledge.corpus import open_corpus


def xmp(who: str) -> bytes:
    return xmp_packet(f"<dc:creator><rdf:Seq><rdf:li>{who}</rdf:li></rdf:Seq></dc:creator>")


def exported(who: str) -> str:
    return json.dumps({"people": [{"name": who}], "photoTakenTime": {"timestamp": "0"}})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, seed in (("hall", 1), ("gate", 2)):
        write(tmp_path / "album" / f"{name}.jpg", jpeg_with(image=photo(seed)))
    return tmp_path / "album"


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("hall.xmp", xmp("Clara Vogt"), xmp("Emma Lind")),
        ("hall.jpg.xmp", xmp("Clara Vogt"), xmp("Emma Lind")),
        ("hall.jpg.json", exported("Clara Vogt"), exported("Emma Lind")),
        ("hall.txt", "Clara Vogt took it.", "Emma Lind took it."),
    ],
)
def test_changed_sidecars(folder, empty_index, encoder, name, before, after):
    def run():
        report = index_corpus(open_corpus(folder), empty_index, encoder)
        assert report.ok
        text = empty_index.whole.document("album/hall")[0].text
        return report.new, report.changed, report.unchanged, report.photos_embedded, text

    first = run()
    assert first[:4] == (2, 0, 0, 2)
    write(folder / name, before)
    assert run()[:4] == (0, 1, 1, 0)
    assert "Clara Vogt" in run()[4]
    assert run()[:4] == (0, 0, 2, 0)
    write(folder / name, after)
    *counts, text = run()
    assert counts == [0, 1, 1, 0]
    assert "Emma Lind" in text
    assert "Clara Vogt" not in text
    (folder / name).unlink()
    assert run() == (0, 1, 1, 0, first[4])
