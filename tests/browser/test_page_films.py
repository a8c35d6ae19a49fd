"""A film asked about on the page, in a real Chromium with canned answers."""

import io
import json
import re
import threading

import pytest
from page_browser import answered, ask, choose, expect, fits, jpeg, put, violations

av = pytest.importorskip("av")

from PIL import Image  # noqa: E402 - after the skip

pytest_plugins = ("page_browser",)


def film(seconds: int, *, codec: str = "libvpx", container: str = "webm") -> bytes:
    """A film of red frames and then blue ones, two a second."""
    out = io.BytesIO()
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=2)
        stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
        for number in range(2 * seconds):
            colour = "red" if number < seconds // 2 else "blue"
            frame = av.VideoFrame.from_image(Image.new("RGB", (160, 120), colour))
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


FIRST_PIXEL = """image => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1});
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, 1, 1);
  return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


@pytest.fixture(scope="module")
def short() -> bytes:
    return film(8)


@pytest.mark.parametrize(
    ("width", "scheme", "locale", "offered", "told", "held"),
    [
        (1280, "light", "en-US", "Choose a photo or a short film",
         "The film will be sent as it is (1 MB).",
         "A picture of your film is in the collection: the same shot, cropped, mirrored."),
        (360, "dark", "zh-CN", "选择照片或短片", "影片将原样发送（1 MB）",
         "馆藏中有您影片中的一幅画面：同一张照片，经裁剪，经镜像。"),
    ],
)  # fmt: skip
def test_a_film_is_shown_and_sent_as_it_is(
    open_page, site, short, width, scheme, locale, offered, told, held
):
    page = open_page(width=width, scheme=scheme, locale=locale)
    expect(page.locator("#choose strong")).to_have_text(offered)
    assert "video/*" in page.locator("#files").get_attribute("accept")
    choose(page, put("tour.webm", "video/webm", short))
    video = page.locator(".shot video")
    expect(page.locator("#note")).to_contain_text(told)
    expect(video).to_have_accessible_name("tour.webm")
    # It neither plays by itself nor can a part of it be framed or a photo be added.
    assert video.evaluate("video => [video.paused, video.autoplay, video.controls]") == [
        True,
        False,
        True,
    ]
    expect(video).to_have_attribute("poster", re.compile("^data:image/jpeg"))
    expect(page.locator("#framing button")).to_have_count(0)
    for button in ("#add", "#capture", "#choose"):
        expect(page.locator(button)).to_be_hidden()
    assert violations(page) == []
    assert fits(page)
    ask(page, "When was it built? held sideways", photo=None)
    card = answered(page)
    expect(card.locator(".held")).to_contain_text(held)
    # Which of its pictures was meant the page does not know, so that none is laid over another.
    expect(page.locator("input[type=range]")).to_have_count(0)
    expect(card.locator(".turned p")).to_have_count(1)
    middle = page.locator(".card .pair img").first
    red, _, blue = middle.evaluate(FIRST_PIXEL)
    assert red < 60 < 200 < blue
    assert violations(page) == []
    assert site.asked[0]["photos"] == [("tour.webm", short)]
    page.locator(".shot .round").click()
    expect(page.locator("#choose")).to_be_focused()


def test_a_film_that_cannot_be_asked_about_is_refused_in_words(open_page, site, short):
    page = open_page()
    note = page.locator("#note")
    too_long = "A film may have 60 s at most, long.webm has 64 s."
    held, go_on = [], threading.Event()
    page.route(
        "**/health", lambda route: route.continue_() if go_on.is_set() else held.append(route)
    )
    page.reload()
    page.fill("#question", "When was it built")
    choose(page, put("long.webm", "video/webm", film(64)))
    page.press("#question", "Enter")  # before it was looked at: it is not left out unsaid
    go_on.set()  # a page on a busy machine may ask only now
    for route in held:
        route.continue_()
    expect(note).to_contain_text(too_long)
    page.press("#question", "?")
    expect(note).to_contain_text(too_long)
    choose(page, put("large.MKV", "", bytes(2_100_000)))
    expect(note).to_contain_text("A film may have 1 MB at most, large.MKV has 3 MB.")
    expect(page.locator(".shot")).to_have_count(0)
    assert site.asked == []
    choose(page, put("one.jpg", "image/jpeg", jpeg(80, 60)), put("tour.webm", "video/webm", short))
    expect(note).to_have_text("A film is asked about alone, without photos.")
    choose(page, put("one.jpg", "image/jpeg", jpeg(80, 60)))
    expect(page.locator(".shot img")).to_be_visible()
    choose(page, put("tour.webm", "video/webm", short))
    expect(note).to_have_text("A film is asked about alone, without photos.")
    page.locator(".shot .round").click()
    choose(page, put("tour.webm", "video/webm", short))
    expect(page.locator(".shot video")).to_be_visible()
    choose(page, put("one.jpg", "image/jpeg", jpeg(80, 60)))
    expect(note).to_have_text("A film is asked about alone, without photos.")
    expect(page.locator(".shot")).to_have_count(1)


SLOW = """
const draw = window.createImageBitmap;
window.createImageBitmap = async (...all) => {
  if (!window.drawable) throw new DOMException("no frame yet", "InvalidStateError");
  return draw.apply(window, all);
};
"""


def test_nobody_waits_for_the_picture_of_a_film(open_page, site, short):
    page = open_page()
    page.add_init_script(SLOW)
    page.reload()
    choose(page, put("tour.webm", "video/webm", short))
    video = page.locator(".shot video")
    expect(video).to_be_visible()
    ask(page, "When was it built?", photo=None)
    answered(page)
    assert site.asked[0]["photos"] == [("tour.webm", short)]
    assert video.get_attribute("poster") is None
    page.evaluate("window.drawable = true")
    expect(video).to_have_attribute("poster", re.compile("^data:image/jpeg"))


def test_what_the_browser_cannot_play_is_sent_as_it_is(open_page, site):
    page = open_page()
    data = film(2, codec="mpeg4", container="mp4")
    choose(page, put("old.mp4", "video/mp4", data))
    expect(page.locator(".shot-words")).to_contain_text("old.mp4")
    expect(page.locator(".shot-words")).to_contain_text("sent as it is")
    ask(page, "When was it built?", photo=None)
    answered(page)
    assert site.asked[0]["photos"] == [("old.mp4", data)]


def test_a_server_that_reads_no_films_is_offered_none(open_page, short):
    page = open_page()
    page.route("**/health", lambda route: route.fulfill(body=json.dumps({"films": None})))
    page.reload()
    expect(page.locator("#choose strong")).to_have_text("Choose a photo")
    page.wait_for_load_state("networkidle")
    assert "video" not in page.locator("#files").get_attribute("accept")
    choose(page, put("tour.webm", "video/webm", short))
    expect(page.locator("#note")).to_have_text(
        "This server reads photos, but no films. Ask with a picture of tour.webm."
    )
    expect(page.locator(".shot")).to_have_count(0)
