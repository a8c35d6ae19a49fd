"""How a photo and a question get into the page, in a real Chromium with canned answers."""

import io
import json

import pytest
from page_browser import PHOTO, answered, ask, choose, expect, jpeg, put
from PIL import Image

pytest_plugins = ("page_browser",)


def test_a_small_photo_is_sent_as_it_is(open_page, site):
    page = open_page()
    ask(page, "When was it built?")
    answered(page)
    assert site.asked == [
        {
            "question": "When was it built?",
            "photos": [("eiffel_tower.webp", PHOTO.read_bytes())],
            "language": None,
            "region": None,
        }
    ]


def test_a_question_can_be_kept_to_records_of_some_years(open_page, site):
    page = open_page()
    page.get_by_text("Only records of some years").click()
    page.get_by_label("Years, from and to").fill(" 1900/1914 ")
    ask(page, "When was it built?")
    answered(page)
    assert json.loads(site.asked[0]["filters"]) == {"date": "1900/1914"}


def test_a_large_photo_is_made_smaller_and_upright(open_page, site):
    page = open_page()
    # Orientation 6: the stored picture has to be turned by 90 degrees clockwise to be upright,
    # so that its red left half becomes the top.
    choose(page, put("big.jpg", "image/jpeg", jpeg(4000, 3000, orientation=6)))
    ask(page, "When was it built?", photo=None)
    answered(page)
    ((_, sent),) = site.asked[0]["photos"]
    image = Image.open(io.BytesIO(sent))
    assert image.size == (1600 * 3000 // 4000, 1600)
    assert image.getexif().get(0x0112, 1) == 1
    top, bottom = image.getpixel((600, 100)), image.getpixel((600, 1500))
    assert top[0] > 200 > 50 > top[2]
    assert bottom[2] > 200 > 50 > bottom[0]


def test_what_the_browser_cannot_decode_is_sent_as_it_is(open_page, site):
    page = open_page()
    data = b"\0\0\0\x18ftypheic" + bytes(64)
    choose(page, put("IMG_0001.HEIC", "image/heic", data))
    expect(page.locator(".shot-words")).to_contain_text("sent as it is")
    ask(page, "Does it still stand?", photo=None)
    answered(page)
    assert site.asked[0]["photos"] == [("IMG_0001.HEIC", data)]


def test_another_file_is_refused_in_words(open_page, site):
    page = open_page()
    choose(page, put("notes.txt", "text/plain", b"not a photo"))
    expect(page.locator("#note")).to_contain_text("notes.txt is not a photo")
    expect(page.locator(".shot")).to_have_count(0)


def test_up_to_four_photos_and_each_can_be_removed(open_page, site):
    page = open_page()
    choose(page, *[put(f"{n}.jpg", "image/jpeg", jpeg(80 + n, 60)) for n in range(5)])
    expect(page.locator(".shot img")).to_have_count(4)
    expect(page.locator("#note")).to_contain_text("4 photos at a time")
    page.get_by_role("button", name="Remove 1.jpg").click()
    expect(page.locator(".shot img")).to_have_count(3)
    ask(page, "Does it still stand?", photo=None)
    answered(page)
    assert [name for name, _ in site.asked[0]["photos"]] == ["0.jpg", "2.jpg", "3.jpg"]
    for _ in range(3):
        page.locator(".shot button").first.click()
    expect(page.locator("#choose")).to_be_focused()


GIVE = """([kind, bytes]) => {
  const given = new DataTransfer();
  given.items.add(new File([new Uint8Array(bytes)], "given.webp", {type: "image/webp"}));
  if (kind === "paste") {
    document.body.dispatchEvent(
      new ClipboardEvent("paste", {clipboardData: given, bubbles: true, cancelable: true}));
  } else {
    for (const type of ["dragenter", "dragover", "drop"]) {
      document.querySelector("footer").dispatchEvent(
        new DragEvent(type, {dataTransfer: given, bubbles: true, cancelable: true}));
    }
  }
}"""


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_photo_can_be_pasted_and_dropped_anywhere(open_page, site, kind):
    page = open_page()
    page.evaluate(GIVE, [kind, list(PHOTO.read_bytes())])
    expect(page.locator(".shot img")).to_be_visible()
    expect(page.locator("#veil")).to_be_hidden()
    ask(page, "Does it still stand?", photo=None)
    answered(page)
    assert site.asked[0]["photos"] == [("given.webp", PHOTO.read_bytes())]


def test_the_page_shows_that_it_would_take_a_drop(open_page):
    page = open_page()
    drag = """type => {
      const given = new DataTransfer();
      given.items.add(new File(["x"], "x.png", {type: "image/png"}));
      document.body.dispatchEvent(new DragEvent(type, {dataTransfer: given, bubbles: true}));
    }"""
    page.evaluate(drag, "dragenter")
    expect(page.locator("#veil")).to_be_visible()
    page.evaluate(drag, "dragleave")
    expect(page.locator("#veil")).to_be_hidden()


def test_a_dropped_link_is_explained(open_page):
    page = open_page()
    page.evaluate(
        """() => {
          const given = new DataTransfer();
          given.setData("text/uri-list", "https://example.org/a.jpg");
          document.body.dispatchEvent(
            new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true}));
        }"""
    )
    expect(page.locator("#note")).to_contain_text("Save the picture first")


def test_enter_asks_but_not_with_shift_and_not_while_composing(open_page, site):
    page = open_page()
    page.fill("#question", "gone")
    page.press("#question", "Shift+Enter")
    page.dispatch_event("#question", "keydown", {"key": "Enter", "isComposing": True})
    assert page.input_value("#question") == "gone\n"
    assert site.asked == []
    page.press("#question", "Enter")
    answered(page)
    assert [each["question"] for each in site.asked] == ["gone"]


def test_nothing_to_ask_is_said_and_not_sent(open_page, site):
    page = open_page()
    page.click("#submit")
    expect(page.locator("#note")).to_contain_text("Add a photo or type a question first")
    assert site.asked == []


def test_examples_about_a_photo_are_asked_with_it(open_page, site):
    page = open_page()
    choose(page, PHOTO)
    page.get_by_role("button", name="Does it still stand?", exact=True).click()
    answered(page)
    assert site.asked[0]["question"] == "Does it still stand?"


def test_examples_without_a_photo_are_about_what_is_indexed(open_page, site):
    page = open_page()
    page.get_by_role("button", name="Eiffel Tower: when was it built?").click()
    answered(page)
    assert site.asked[0]["question"] == "Eiffel Tower: when was it built?"


def test_examples_follow_what_is_typed(open_page, site):
    page = open_page()
    page.fill("#question", "crystal")
    expect(page.locator(".chip")).to_have_text(["Crystal Palace: when was it demolished?"])
    page.fill("#question", "no such thing")
    page.get_by_role("button", name="When was it built?", exact=True).click()
    expect(page.locator("#note")).to_contain_text("add the photo")
    assert site.asked == []


def test_a_sample_is_asked_with_one_click(open_page, site):
    page = open_page()
    expect(page.locator(".sample small").first).to_contain_text("Public Domain")
    page.locator(".sample button").first.click()
    expect(answered(page)).to_contain_text("1889")
    assert site.asked[0]["question"] == "When was it built?"
    assert len(site.asked[0]["photos"]) == 1


def test_a_photo_without_a_question_tells_the_language_of_the_page(open_page, site):
    page = open_page(locale="zh-CN")
    choose(page, PHOTO)
    page.click("#submit")
    answered(page)
    assert (site.asked[0]["question"], site.asked[0]["language"]) == ("", "zh")


# A part of the photo


def region(site):
    """The region that was sent last: left, top, width, height as shares."""
    return [float(share) for share in site.asked[-1]["region"].split(",")]


def well(page):
    """Where the photo lies in the window: a landscape photo that fills the well's width."""
    box = page.locator(".framer").bounding_box()
    high = box["width"] * 60 / 120
    return box["x"], box["y"] + (box["height"] - high) / 2, box["width"], high


def choose_wide(page):
    choose(page, put("wide.jpg", "image/jpeg", jpeg(1200, 600)))
    expect(page.locator(".shot img")).to_be_visible()


def test_a_part_is_framed_with_the_mouse(open_page, site):
    page = open_page()
    choose_wide(page)
    x, y, wide, high = well(page)
    page.mouse.move(x + 0.25 * wide, y + 0.1 * high)
    page.mouse.down()
    page.mouse.move(x + 0.5 * wide, y + 0.5 * high, steps=3)
    page.mouse.move(x + 0.75 * wide, y + 0.9 * high)
    page.mouse.up()
    ask(page, "Is it still there?", photo=None)
    answered(page)
    assert region(site) == pytest.approx([0.25, 0.1, 0.5, 0.8], abs=0.01)

    # Moved by its middle, sized by its grip, and brought to where is clicked.
    page.mouse.move(x + 0.5 * wide, y + 0.5 * high)
    page.mouse.down()
    page.mouse.move(x + 0.3 * wide, y + 0.5 * high, steps=3)
    page.mouse.up()
    page.mouse.move(x + 0.55 * wide, y + 0.9 * high)
    page.mouse.down()
    page.mouse.move(x + 0.45 * wide, y + 0.6 * high, steps=3)
    page.mouse.up()
    page.click("#submit")
    answered(page)
    assert region(site) == pytest.approx([0.05, 0.1, 0.4, 0.5], abs=0.01)
    page.mouse.click(x + 0.7 * wide, y + 0.7 * high)
    page.click("#submit")
    answered(page)
    assert region(site) == pytest.approx([0.5, 0.45, 0.4, 0.5], abs=0.01)


def test_a_part_is_framed_with_the_keys(open_page, site):
    page = open_page()
    choose_wide(page)
    page.get_by_role("button", name="Frame a part").press("Enter")
    expect(page.locator(".frame")).to_be_focused()
    for key in ["ArrowLeft"] * 5 + ["ArrowUp"] * 20 + ["Shift+ArrowRight"] * 5:
        page.keyboard.press(key)
    ask(page, "Is it still there?", photo=None)
    answered(page)
    assert region(site) == pytest.approx([0.2 - 5 * 0.02, 0.0, 0.6 + 5 * 0.02, 0.6], abs=0.001)
    page.locator(".frame").press("Delete")
    page.click("#submit")
    answered(page)
    assert site.asked[-1]["region"] is None


def test_a_part_is_framed_without_dragging(open_page, site):
    page = open_page()
    choose_wide(page)
    for name in ("Frame a part", "Smaller", "Smaller", "Larger"):
        page.get_by_role("button", name=name, exact=True).click()
    expect(page.get_by_role("button", name="Larger", exact=True)).to_be_focused()
    ask(page, "Is it still there?", photo=None)
    answered(page)
    side = 0.6 / 1.2
    assert region(site) == pytest.approx([0.5 - side / 2, 0.5 - side / 2, side, side], abs=0.001)
    page.get_by_role("button", name="Whole photo").click()
    expect(page.get_by_role("button", name="Frame a part")).to_be_focused()


def test_a_finger_scrolls_until_a_part_is_framed(open_page, site):
    page = open_page(width=360, has_touch=True, is_mobile=True)
    choose_wide(page)
    touch = """type => document.querySelector(".framer").dispatchEvent(new PointerEvent(
      type, {pointerId: 7, pointerType: "touch", button: 0, clientX: 99, clientY: 300}))"""
    page.evaluate(touch, "pointerdown")
    page.evaluate(touch, "pointerup")
    expect(page.locator(".framer.is-framed")).to_have_count(0)
    page.get_by_role("button", name="Frame a part").tap()
    page.get_by_role("button", name="Frame a part").wait_for(state="detached")
    assert page.locator(".framer").evaluate("board => getComputedStyle(board).touchAction") == (
        "none"
    )
    x, y, wide, high = well(page)
    page.touchscreen.tap(x + 0.95 * wide, y + 0.95 * high)
    ask(page, "Is it still there?", photo=None)
    answered(page)
    assert region(site) == pytest.approx([0.4, 0.4, 0.6, 0.6], abs=0.01)


def test_a_part_is_of_one_photo(open_page, site):
    page = open_page()
    choose_wide(page)
    page.get_by_role("button", name="Frame a part").click()
    expect(page.get_by_role("button", name="Add another")).to_be_hidden()
    choose(page, PHOTO)
    expect(page.locator(".shot img")).to_have_count(2)
    expect(page.locator("#framing button")).to_have_count(0)
    ask(page, "Is it still there?", photo=None)
    answered(page)
    assert site.asked[-1]["region"] is None
