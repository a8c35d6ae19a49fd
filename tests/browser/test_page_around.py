"""Languages, keyboard, screens, history, accessibility, in a real Chromium with canned answers."""

import re

import pytest
from page_browser import (
    CLS_MOST,
    PHOTO,
    WATCH_SHIFTS,
    answered,
    ask,
    choose,
    expect,
    fits,
    violations,
)

pytest_plugins = ("page_browser",)


def test_the_page_follows_the_browser_and_remembers_a_switch(open_page):
    page = open_page(locale="zh-CN")
    expect(page.locator("h1")).to_have_text("问一张照片。")
    assert page.locator("html").get_attribute("lang") == "zh-Hans"
    ask(page, "济南老火车站哪一年拆除？", photo=None)
    expect(answered(page).locator(".verdict")).to_have_text("已不在")
    expect(page.locator(".verdict-more")).to_have_text("1992年 拆毁")
    page.get_by_role("button", name="English").click()
    expect(page.locator(".verdict")).to_have_text("Gone")
    expect(page.locator("#submit")).to_have_text("Ask")
    page.reload()
    expect(page.locator("h1")).to_have_text("Ask a photograph.")


def test_everything_can_be_reached_with_the_keyboard(open_page):
    page = open_page()
    reached = []
    for _ in range(12):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "document.activeElement.id || document.activeElement.className"
            " || document.activeElement.textContent.trim()"
        )
        reached.append(name)
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none" or (
            name == "choose"
        )
    assert reached[0] == "skip"
    assert reached[2:10] == [
        "Corpus",
        "past",
        "language",
        "choose",
        "question",
        "Only records of some years",
        "chip",
        "chip",
    ]
    page.keyboard.press("Shift+Tab")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_nothing_is_cut_off_on_a_narrow_phone(open_page, locale):
    page = open_page(width=360, locale=locale, has_touch=True, is_mobile=True)
    assert fits(page)
    for question in ("gone", "When was it built?", "use", "abstain", "broken"):
        ask(page, question)
        answered(page)
        assert fits(page), question
        expect(page.locator(".answer")).to_be_in_viewport()
        page.get_by_role("button", name=re.compile("^(Remove|移除)")).click()
    ask(page, "gone", photo=None)
    answered(page)
    page.locator(".card-open").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_be_in_viewport()
    assert fits(page)


def test_a_phone_offers_its_camera(open_page):
    page = open_page(width=360, has_touch=True, is_mobile=True)
    # Chromium forgets the touch screen once a colour scheme is emulated; it is told again.
    page.context.new_cdp_session(page).send(
        "Emulation.setEmulatedMedia", {"features": [{"name": "pointer", "value": "coarse"}]}
    )
    expect(page.locator("#capture")).to_be_visible()
    assert page.locator("#camera").get_attribute("capture") == "environment"


def test_dark_and_light_are_different(open_page):
    ground = "getComputedStyle(document.body).backgroundColor"
    assert open_page().evaluate(ground) == "rgb(243, 245, 248)"
    assert open_page(scheme="dark").evaluate(ground) == "rgb(11, 22, 38)"


def test_less_motion_is_respected(open_page):
    page = open_page(reduced_motion="reduce")
    ask(page, "slow", photo=None)
    bar = page.locator(".developing span").first
    assert bar.evaluate("bar => getComputedStyle(bar).animationName") == "none"
    page.keyboard.press("Escape")


def test_nothing_jumps_when_the_answer_comes(open_page):
    page = open_page()
    page.evaluate(WATCH_SHIFTS)
    choose(page, PHOTO)
    page.fill("#question", "When was it built?")
    # Held back for longer than the half second in which a shift counts as the person's own doing.
    held = []
    page.route("**/v1/ask", lambda route: held.append(route))
    page.press("#question", "Enter")
    page.wait_for_timeout(800)
    held[0].continue_()
    answered(page)
    page.wait_for_timeout(300)
    assert page.evaluate("window.shifted") <= CLS_MOST


def test_the_history_shows_an_answer_again_and_can_be_cleared(open_page, site):
    page = open_page()
    page.click("#past")
    expect(page.get_by_role("dialog")).to_contain_text("Nothing was asked in this browser yet")
    page.keyboard.press("Escape")
    ask(page, "When was it built?")
    answered(page)
    ask(page, "gone", photo=None)
    expect(page.locator(".verdict")).to_have_text("Gone")
    page.reload()
    site.asked.clear()

    page.click("#past")
    past = page.get_by_role("dialog").locator(".past button")
    expect(past).to_have_count(2)
    expect(past.nth(0)).to_contain_text("Crystal Palace. Gone. 1936")
    expect(past.nth(1).locator("img")).to_be_visible()
    past.nth(1).click()
    expect(page.locator(".year")).to_have_text("1889 built")
    assert page.input_value("#question") == "When was it built?"
    assert site.asked == []

    page.click("#past")
    page.get_by_role("button", name="Clear the history").click()
    expect(page.get_by_role("dialog")).to_contain_text("Nothing was asked in this browser yet")
    assert page.evaluate("localStorage.getItem('snapcite.history')") is None


def test_what_another_version_kept_does_no_harm(open_page):
    page = open_page()
    for kept in ("{", "{}", "[null, {}, 1]"):
        page.evaluate("kept => localStorage.setItem('snapcite.history', kept)", kept)
        page.click("#past")
        expect(page.get_by_role("dialog")).to_contain_text("Nothing was asked")
        page.keyboard.press("Escape")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_accessibility_rules_of_axe(open_page, scheme, locale):
    page = open_page(scheme=scheme, locale=locale)
    assert violations(page) == []
    for question in ("gone", "When was it built?", "use", "abstain", "unsure", "broken"):
        ask(page, question)
        answered(page)
        assert violations(page) == [], question
        page.locator(".shot button").click()
    ask(page, "When was it built?")
    answered(page)
    page.locator('[data-frame="start"]').click()
    assert violations(page) == []
    page.locator(".card-open").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.click("#past")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert violations(page) == []
