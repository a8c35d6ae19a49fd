"""Photos: their bytes, their digests, and paths that leave the corpus."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor

import pillow_heif
import pytest
from corpus_samples import image_bytes, pdf_bytes, write
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from knowledge.corpus.photos import find_photo, hash_photo, is_image, match_photos, read_photo
from knowledge.errors import CorpusError, InputError, NotFoundError
from vlm.images.decoding import sniff_format


@pytest.fixture
def root(tmp_path):
    corpus = tmp_path / "corpus"
    write(corpus / "photos" / "red.jpg", image_bytes())
    write(corpus / "photos" / "blue.jpg", image_bytes(color="blue"))
    write(corpus / "guide.pdf", pdf_bytes([["One"], ["Two"]]))
    write(tmp_path / "secret.jpg", image_bytes(color="black"))
    return corpus


def test_a_file_is_read_as_it_is(root):
    assert read_photo(root, "photos/red.jpg") == image_bytes()


def test_a_pdf_page_is_drawn_as_png(root):
    page = Image.open(io.BytesIO(read_photo(root, "guide.pdf#page=2")))
    assert (page.format, page.mode) == ("PNG", "RGB")
    assert page.size == pytest.approx((612 * 150 / 72, 792 * 150 / 72), abs=1)
    assert page.getextrema() == ((0, 255),) * 3  # black on white


def test_a_poster_is_drawn_within_four_megapixels(root):
    write(root / "poster.pdf", pdf_bytes([["Big"]], size=(8000, 2000)))
    width, height = Image.open(io.BytesIO(read_photo(root, "poster.pdf#page=1"))).size
    assert 3_900_000 < width * height < 4_100_000
    assert width / height == pytest.approx(4, rel=0.01)


def test_pages_are_drawn_from_many_threads(root):
    with ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda n: read_photo(root, f"guide.pdf#page={1 + n % 2}"), range(16)))
    assert pages == pages[:2] * 8


@pytest.mark.parametrize(
    "path",
    ["../secret.jpg", "photos/../../secret.jpg", "/etc/passwd", "", "a\0b", "../x.pdf#page=1"],
)
def test_a_path_that_leaves_the_corpus_is_refused(root, path):
    for open_photo in (read_photo, hash_photo, find_photo):
        with pytest.raises(CorpusError, match="leaves the corpus"):
            open_photo(root, path)


def test_links_that_leave_the_corpus_are_refused(root, tmp_path):
    (root / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (root / "folder").symlink_to(tmp_path)
    for path in ("link.jpg", "folder/secret.jpg"):
        with pytest.raises(CorpusError, match="leaves the corpus"):
            read_photo(root, path)


def test_links_within_the_corpus_are_followed(root):
    (root / "link.jpg").symlink_to(root / "photos" / "red.jpg")
    assert read_photo(root, "link.jpg") == image_bytes()


def test_links_in_a_circle_are_an_error(root):
    (root / "a.jpg").symlink_to(root / "b.jpg")
    (root / "b.jpg").symlink_to(root / "a.jpg")
    with pytest.raises(InputError):
        read_photo(root, "a.jpg")


def test_the_corpus_itself_may_be_a_link(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    assert read_photo(tmp_path / "link", "photos/red.jpg") == image_bytes()


@pytest.mark.parametrize(
    "path", ["photos/green.jpg", "photos", "guide.pdf#page=3", "guide.pdf#page=0", "no.pdf#page=1"]
)
def test_what_is_not_there_is_not_found(root, path):
    with pytest.raises(NotFoundError, match=r"There is no"):
        read_photo(root, path)


@given(path=st.text(max_size=300))
def test_any_other_path_is_refused_as_bad_input(tmp_path_factory, path):
    with pytest.raises(InputError):
        read_photo(tmp_path_factory.getbasetemp() / "nothing", path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_an_error(root):
    (root / "photos" / "red.jpg").chmod(0)
    with pytest.raises(CorpusError, match="permissions"):
        read_photo(root, "photos/red.jpg")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (pdf_bytes([["x"]], locked=True), "locked with a password"),
        (pdf_bytes([["x"]])[:40], "damaged"),
        (b"%PDF-", "damaged"),
    ],
)
def test_a_pdf_that_cannot_be_drawn_is_an_error(root, content, reason):
    write(root / "bad.pdf", content)
    with pytest.raises(CorpusError, match=reason):
        read_photo(root, "bad.pdf#page=1")


def test_digests(root):
    red, blue = (hash_photo(root, f"photos/{name}.jpg") for name in ("red", "blue"))
    assert red == hashlib.sha256(image_bytes()).hexdigest() != blue
    pdf = hashlib.sha256((root / "guide.pdf").read_bytes()).hexdigest()
    one, two = (hash_photo(root, f"guide.pdf#page={n}") for n in (1, 2))
    assert one == hashlib.sha256(f"{pdf}#page=1".encode()).hexdigest() != two


def test_a_digest_changes_with_the_file(root):
    before = hash_photo(root, "photos/red.jpg")
    write(root / "photos" / "red.jpg", image_bytes(color="green") + b"!")
    assert hash_photo(root, "photos/red.jpg") != before


@pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF"])
def test_images_are_known_by_their_bytes(format):
    data = image_bytes(format)
    assert is_image(data[:512])
    assert sniff_format(data)


def test_heic_is_known_by_its_bytes():
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 64))).save(buffer)
    assert is_image(buffer.getvalue()[:512])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"BM",
        b"BMW built the tower in 1972.",
        b"%PDF-1.4",
        b"RIFF1234WAVE",
        b"PK\3\4",
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42",
        b"II",
        b"GIF",
        b"<svg/>",
    ],
)
def test_other_files_are_no_images(data):
    assert not is_image(data)


MAGIC = [b"BM", b"RIFF", b"II*\0", b"GIF89a", b"\0\0\0\x18ftyp", b"\xff\xd8\xff"]
PARTS = [b"avif", b"heic", b"mif1", b"mp42", b"WEBP", b"\0\0\0\0", b"\x28\0\0\0", b"x"]


@given(st.sampled_from(MAGIC), st.lists(st.sampled_from(PARTS), max_size=6).map(b"".join))
def test_what_the_loader_can_open_is_an_image_and_nothing_else(magic, rest):
    assert is_image(magic + rest) == (sniff_format(magic + rest) is not None)


@pytest.mark.parametrize(
    ("content", "reason"), [(b"", "empty"), (b"text", "not an image"), (b"BM text", "not an image")]
)
def test_a_file_that_is_no_image_is_no_photo(root, content, reason):
    write(root / "bad.jpg", content)
    with pytest.raises(CorpusError, match=reason):
        find_photo(root, "bad.jpg")


def test_a_photo_is_found_with_its_digest(root):
    assert find_photo(root, "photos/red.jpg").sha256 == hash_photo(root, "photos/red.jpg")
    assert find_photo(root, "guide.pdf#page=2").path == "guide.pdf#page=2"
    with pytest.raises(NotFoundError, match="2 pages"):
        find_photo(root, "guide.pdf#page=3")


def found(root, pattern, **options):
    return [getattr(item, "path", item) for item in match_photos(root, pattern, **options)]


def test_globs(root):
    write(root / "photos" / "a[1].jpg", image_bytes())
    write(root / "photos" / "notes.txt", "no photo")
    write(root / "photos" / ".hidden.jpg", image_bytes())
    write(root / "queries" / "q.jpg", image_bytes())
    assert found(root, "photos/*") == ["photos/a[1].jpg", "photos/blue.jpg", "photos/red.jpg"]
    assert found(root, "photos/a[1].jpg") == ["photos/a[1].jpg"]
    assert found(root, "photos\\red.jpg") == ["photos/red.jpg"]
    assert found(root, "**/r*.jpg") == ["photos/red.jpg"]
    assert "queries/q.jpg" in found(root, "**/*.jpg")
    assert "queries/q.jpg" not in found(root, "**/*.jpg", except_below="queries")


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("photos/*.png", "Nothing matches"),
        ("photos/green.jpg", "There is no photo"),
        ("../*.jpg", "Nothing matches"),
        ("/etc/*", "Nothing matches"),
        ("**x/*.jpg", "Nothing matches"),
        ("*" * 5000, "more than the 1,000 a path may have"),
        ("*" * 50, "more than 2 `**` or 16 `*`"),
        ("queries/*.jpg", "holds no photos of documents"),
        ("queries/q.jpg", "holds no photos of documents"),
    ],
)
def test_what_matches_no_photo_is_said(root, pattern, reason):
    write(root / "queries" / "q.jpg", image_bytes())
    (message,) = found(root, pattern, except_below="queries")
    assert reason in message


def test_a_broken_file_among_matches_is_said_and_the_rest_found(root):
    write(root / "photos" / "empty.jpg", b"")
    blue, empty, red = found(root, "photos/*.jpg")
    assert (blue, red) == ("photos/blue.jpg", "photos/red.jpg")
    assert "'photos/empty.jpg' is empty" in empty
