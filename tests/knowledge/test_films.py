"""Films: the scenes that they have, frames at a time, and hostile ones. The films are made here."""

import io
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

av = pytest.importorskip("av")

from knowledge.corpus import open_corpus, read_photo  # noqa: E402 - after the skip
from knowledge.documents import Document, time_of_photo  # noqa: E402
from knowledge.errors import BrokenImageError, CorpusError, ImageTooLargeError  # noqa: E402
from knowledge.films import film_frame, find_scenes, frames_of_short_film, is_film  # noqa: E402
from knowledge.index.layout import (  # noqa: E402
    PhotoFacts,
    photo_facts_from_payload,
    photo_payload,
)

RATE = 10


def picture(seed: int, *, side: int = 160) -> Image.Image:
    """Coloured blocks, others for each seed."""
    blocks = np.random.default_rng(seed).integers(0, 255, (6, 8, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((side, side * 3 // 4), Image.Resampling.NEAREST)


def film(
    *scenes: tuple[Image.Image, float],
    codec: str = "mpeg4",
    format: str = "mp4",
    rate: int = RATE,
    pixel: Fraction = Fraction(1),
) -> bytes:
    """A film that shows each picture for some seconds, blurred but for its last fifth."""
    out = io.BytesIO()
    with av.open(out, "w", format=format) as container:
        stream = container.add_stream(codec, rate=rate)
        stream.width, stream.height = scenes[0][0].size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.sample_aspect_ratio = pixel
        for shown, seconds in scenes:
            count = round(seconds * rate)
            blurred = shown.filter(ImageFilter.GaussianBlur(6))
            for number in range(count):
                sharp = number >= count * 0.8
                frame = av.VideoFrame.from_image(shown if sharp else blurred)
                container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return out.getvalue()


@pytest.fixture(scope="module")
def three_scenes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("films") / "tour.mp4"
    black = Image.new("RGB", picture(1).size)
    file.write_bytes(film((picture(1), 3), (black, 1), (picture(2), 4), (picture(3), 3)))
    return file


def alike(jpeg: bytes, other: Image.Image) -> float:
    shown = np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB").resize((32, 24)), float)
    return float(np.abs(shown - np.asarray(other.resize((32, 24)), float)).mean())


def test_each_scene_has_a_frame_and_black_is_none(three_scenes):
    times, count = find_scenes(three_scenes, name="tour.mp4")
    assert count == len(times) == 3
    bounds = [(0, 3), (4, 8), (8, 11)]
    for (begins, ends), at, seed in zip(bounds, times, (1, 2, 3), strict=True):
        assert begins <= at < ends
        assert alike(film_frame(three_scenes, at, name="tour.mp4"), picture(seed)) < 30


def test_a_film_in_a_folder_is_a_document_with_a_photo_for_each_scene(three_scenes):
    (document,) = open_corpus(three_scenes.parent).read()
    assert isinstance(document, Document)
    times = [time_of_photo(photo.path) for photo in document.photos]
    assert len(times) == len({photo.sha256 for photo in document.photos}) == 3
    assert times == sorted(times)
    shown = read_photo(three_scenes.parent, document.photos[1].path)
    assert alike(shown, picture(2)) < 30


def test_a_film_has_a_sidecar_and_is_named_by_its_stem_as_a_photo_is(three_scenes, tmp_path):
    (tmp_path / "tour.mp4").write_bytes(three_scenes.read_bytes())
    (tmp_path / "tour.json").write_text('{"title": "Harbour tour", "architect": "H. Fischer"}')
    (tmp_path / "old_gate.MP4").write_bytes(three_scenes.read_bytes() + b"\0")
    gate, tour = open_corpus(tmp_path).read()
    assert isinstance(gate, Document)
    assert isinstance(tour, Document)
    assert (gate.id, gate.title, len(gate.photos)) == ("old_gate", "Old gate", 3)
    assert (tour.id, tour.title, len(tour.photos)) == ("tour", "Harbour tour", 3)
    assert "H. Fischer" in tour.text
    payload = photo_payload(tour, tour.photos[1], 1, PhotoFacts(160, 120, "JPEG"))
    assert "seconds" not in payload
    assert photo_facts_from_payload(payload).seconds == time_of_photo(tour.photos[1].path)


def test_what_is_said_of_a_film_belongs_to_it_as_to_a_photo(three_scenes, tmp_path):
    """Also who may see it; a film whose sidecar is not found would be shown to everybody."""
    data = three_scenes.read_bytes()
    for name in ("tour.mp4", "Walk.MOV", "fair.mkv", "race.avi", "show.mpg"):
        (tmp_path / name).write_bytes(data)
    (tmp_path / "tour.json").write_text('{"text": "Filmed in 1931.", "groups": ["staff"]}')
    (tmp_path / "Walk.txt").write_text("Groups: staff\n\nFilmed in 1932.\n")
    (tmp_path / "list.csv").write_text(
        "number,title,file,groups\n7,Fair,fair,staff\n8,Race,race.AVI,staff\n9,Show,show.mpg,\n"
    )
    found = {d.id: d for d in open_corpus(tmp_path).read() if isinstance(d, Document)}
    assert {id: (d.title, d.groups, len(d.photos)) for id, d in found.items()} == {
        "tour": ("Tour", ("staff",), 3),
        "Walk": ("Walk", ("staff",), 3),
        "7": ("Fair", ("staff",), 3),
        "8": ("Race", ("staff",), 3),
        "9": ("Show", (), 3),
    }


def test_a_table_and_a_pattern_name_films(three_scenes, tmp_path):
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "tour.mp4").write_bytes(three_scenes.read_bytes())
    table = tmp_path / "t.csv"
    table.write_text("id,title,text,file\n1,Tour,Filmed in 1931.,films/tour.mp4\n")
    (document,) = (d for d in open_corpus(table).read() if isinstance(d, Document))
    assert len(document.photos) == 3
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "t.md").write_text(
        "---\nid: t\ntitle: Tour\nphotos: [films/*]\n---\n\nFilmed in 1931.\n"
    )
    (document,) = (d for d in open_corpus(tmp_path).read() if isinstance(d, Document))
    assert len(document.photos) == 3


@pytest.mark.parametrize("format", ["mpegts", "mpeg", "avi"])
def test_every_scene_of_a_container_without_an_index_has_its_own_frame(format, tmp_path):
    file = tmp_path / "tour"
    file.write_bytes(
        film((picture(1), 2), (picture(2), 2), (picture(3), 2), codec="mpeg2video", format=format,
             rate=25)
    )  # fmt: skip
    times, _ = find_scenes(file, name="tour")
    assert len(times) == 3
    for at, seed in zip(times, (1, 2, 3), strict=True):
        assert alike(film_frame(file, at, name="tour"), picture(seed)) < 30


@pytest.mark.parametrize(
    ("pixel", "size"), [(Fraction(2), (320, 120)), (Fraction(1, 2000), (160, 120))]
)
def test_a_frame_is_as_wide_as_it_is_shown(pixel, size):
    frames = frames_of_short_film(film((picture(4), 1), pixel=pixel), most=1)
    assert Image.open(io.BytesIO(frames[0].jpeg)).size == size


@pytest.mark.parametrize(
    ("codec", "format"),
    [("mpeg4", "mp4"), ("mpeg4", "avi"), ("mpeg4", "matroska"), ("mpeg2video", "mpegts")],
)
def test_a_short_film_gives_the_sharpest_frame_of_each_quarter(codec, format):
    data = film((picture(4), 2), (picture(5), 2), codec=codec, format=format)
    assert is_film(data[:512])
    frames = frames_of_short_film(data, most=4)
    assert [frame.seconds for frame in frames] == sorted(frame.seconds for frame in frames)
    assert len(frames) == 4
    assert 1.4 <= frames[1].seconds < 2 <= frames[2].seconds
    assert alike(frames[1].jpeg, picture(4)) < alike(frames[1].jpeg, picture(5))


def test_a_film_that_is_too_long_or_damaged_is_refused(tmp_path):
    long = film((picture(6, side=32), 61.5))
    with pytest.raises(ImageTooLargeError, match="longer than 60 seconds"):
        frames_of_short_film(long, most=4)
    with pytest.raises(BrokenImageError, match="damaged"):
        frames_of_short_film(long[:300] + bytes(5000), most=4)
    (tmp_path / "cut.mp4").write_bytes(long[: len(long) // 3])
    with pytest.raises(CorpusError, match=r"cut\.mp4"):
        find_scenes(tmp_path / "cut.mp4", name="cut.mp4")


@pytest.mark.parametrize(
    "head",
    [
        b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n",
        b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf",
        b"RIFF\0\0\0\0WEBPVP8 ",
        b"",
    ],
)
def test_playlists_and_pictures_are_no_films(head):
    assert not is_film(head)
    with pytest.raises(BrokenImageError):
        frames_of_short_film(head, most=4)


def test_any_bytes_behind_a_films_beginning_end_in_one_error():
    rng = np.random.default_rng(5)
    whole = bytearray(film((picture(7, side=32), 2)))
    for _ in range(25):
        broken = whole.copy()
        for at in rng.integers(40, len(broken), 30):
            broken[at] = int(rng.integers(0, 256))
        try:
            frames = frames_of_short_film(bytes(broken), most=2)
        except (BrokenImageError, ImageTooLargeError):
            continue
        assert all(Image.open(io.BytesIO(frame.jpeg)).size for frame in frames)
