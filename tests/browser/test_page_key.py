"""A server that needs a key, in a real Chromium: the page asks for it and keeps it for the tab."""

import page_stub
import pytest
from page_browser import Site, answered, ask, expect, fits, opener, violations
from serving import running

pytest_plugins = ("page_browser",)

KEY = "snapcite_right"


@pytest.fixture(scope="module")
def keys():
    return {KEY}


@pytest.fixture(scope="module")
def locked(keys):
    asked = []
    with running(page_stub.make_app(asked, keys)) as url:
        yield Site(url, asked)


@pytest.fixture
def open_locked(browser, locked, keys):
    """Opens the page of a server that wants a key, as somebody who has none yet."""
    keys |= {KEY}
    locked.asked.clear()
    locked.complaints.clear()
    yield from opener(browser, locked)


@pytest.fixture
def page(open_locked):
    return open_locked(wait_for="#key-field")


def give(page, key):
    page.fill("#key-field", key)
    page.press("#key-field", "Enter")


def test_the_key_opens_the_page_and_is_kept_for_the_tab(page):
    expect(page.get_by_role("form").filter(has=page.locator("#key-field"))).to_contain_text("key")
    assert page.locator(".sample").count() == 0
    give(page, KEY)

    expect(page.locator("#key-field")).to_have_count(0)
    expect(page.locator("#question")).to_be_focused()
    expect(page.locator(".sample img").first).not_to_have_js_property("naturalWidth", 0)
    ask(page, "When was it built?")
    expect(answered(page).locator(".answer-text")).to_contain_text("1889")
    page.reload()
    expect(page.locator(".sample").first).to_be_visible()
    assert page.locator("#key-field").count() == 0
    assert page.evaluate("[localStorage.getItem('snapcite.key'), document.cookie]") == [None, ""]


@pytest.mark.parametrize("wrong", ["snapcite_wrong", "密钥", "", "a b"])
def test_a_key_that_is_not_accepted_can_be_given_again(page, wrong):
    give(page, wrong)
    expect(page.locator("#key-words")).to_contain_text("not accepted")
    expect(page.locator("#key-field")).to_be_focused()
    give(page, f"  {KEY} ")

    expect(page.locator(".sample").first).to_be_visible()


def test_a_question_waits_for_the_key_and_is_then_answered(page, locked):
    ask(page, "When was it built?")
    expect(page.locator(".busy-words")).to_have_text("Waiting for the key above…")
    expect(page.locator("#key-field")).to_be_focused()
    give(page, KEY)

    expect(answered(page).locator(".answer-text")).to_contain_text("1889")
    assert [one["question"] for one in locked.asked] == ["When was it built?"]


def test_a_question_that_waits_for_the_key_can_be_cancelled(page, locked):
    ask(page, "When was it built?")
    expect(page.locator(".busy-words")).to_contain_text("key")
    page.keyboard.press("Escape")
    expect(page.locator("#note")).to_contain_text("Cancelled")
    give(page, KEY)

    expect(page.locator(".sample").first).to_be_visible()
    assert locked.asked == []


def test_a_key_that_was_revoked_meanwhile_is_asked_for_again(page, keys):
    give(page, KEY)
    expect(page.locator(".sample").first).to_be_visible()
    keys -= {KEY}
    keys |= {"snapcite_next"}
    ask(page, "When was it built?")
    expect(page.locator("#key-words")).to_contain_text("not accepted")
    give(page, "snapcite_next")

    expect(answered(page).locator(".answer-text")).to_contain_text("1889")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_field_is_for_everybody(open_locked, scheme, locale):
    page = open_locked(scheme=scheme, locale=locale, width=360, wait_for="#key-field")

    assert violations(page) == []
    assert fits(page)
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.id"))
    assert "key-field" in reached
    page.locator("#language").click()
    expect(page.locator("#key-words")).to_have_text(
        "打开本档案需要密钥，请向管理者索取。"
        if locale == "en-US"
        else "This archive is opened with a key. Whoever runs it gives you one."
    )
