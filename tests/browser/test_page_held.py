"""The verdict on the picture, and two pictures on each other, in a real Chromium."""

import page_stub
import pytest
from page_browser import answered, ask, expect, fits, violations

pytest_plugins = ("page_browser",)

PHOTO = page_stub.ROOT / "data" / "landmarks" / "photos" / "eiffel_tower.webp"


@pytest.mark.parametrize(
    ("width", "scheme", "locale", "words"),
    [
        (1280, "light", "en-US", "in the collection: the same shot, cropped, mirrored."),
        (360, "dark", "zh-CN", "馆藏中有这张图片：同一张照片，经裁剪，经镜像。"),
    ],
)
def test_a_picture_that_is_held_is_laid_on_the_collection_s(
    open_page, width, scheme, locale, words
):
    page = open_page(width=width, scheme=scheme, locale=locale)
    ask(page, "When was it built? held", PHOTO)
    held = answered(page).locator(".held")
    expect(held.locator("p").first).to_contain_text(words)
    expect(page.locator("#status")).to_contain_text(words)
    slider = held.locator("input[type=range]")
    top = held.locator(".overlay-top")
    expect(slider).to_have_value("50")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(slider).to_have_value("51")
    assert top.evaluate("node => node.style.clipPath") == "inset(0px 49% 0px 0px)"
    page.keyboard.press("Home")
    assert top.evaluate("node => node.style.clipPath") == "inset(0px 100% 0px 0px)"
    # The left edge of the picture, mirrored and scaled, lies at 0.9 of the photo's width.
    left, wide = held.locator(".overlay-view").evaluate(
        """view => { const [box, image] = [view, view.querySelector(".overlay-top img")].map(
             each => each.getBoundingClientRect());
             return [(image.right - box.left) / box.width, image.width / box.width]; }"""
    )
    assert (left, wide) == (pytest.approx(0.9, abs=0.01), pytest.approx(0.8, abs=0.01))
    held.locator("summary").click()
    expect(held.locator(".proof-pair line")).to_have_count(6)
    assert violations(page) == []
    assert fits(page)


def test_without_an_alignment_no_slider_is_offered(open_page):
    page = open_page()
    ask(page, "foreign")
    held = answered(page).locator(".held")
    expect(held).to_have_text("This picture is not in the collection.")
    expect(page.locator("input[type=range]")).to_have_count(0)
    ask(page, "When was it built? held", photo=None)
    page.locator("#past").click()
    page.locator(".past button").first.click()
    expect(answered(page)).to_be_visible()
    expect(page.locator("input[type=range]")).to_have_count(0)


def test_a_document_s_photos_stand_by_date_and_lie_on_each_other(open_page):
    page = open_page()
    ask(page, "does it still stand", photo=None)
    answered(page)
    page.locator(".card-open").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".photo-date")).to_have_text(["May 4, 1911", "May 4, 2019"])
    dialog.get_by_role("button", name="Lay on May 4, 1911").click()
    expect(dialog.locator(".stage input[type=range]")).to_be_focused()
    assert violations(page) == []
