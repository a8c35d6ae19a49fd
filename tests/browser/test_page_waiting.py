"""Waiting, cancelling and failing, in a real Chromium with canned answers."""

import pytest
from page_browser import answered, ask, expect

pytest_plugins = ("page_browser",)


@pytest.mark.parametrize(
    ("question", "title", "words"),
    [
        ("broken", "Something went wrong on the server", "for request req-500"),
        ("large", "This file is too large", "at most 20 MB are read"),
    ],
)
def test_an_error_says_what_to_do(open_page, site, question, title, words):
    page = open_page()
    ask(page, question)
    card = answered(page)
    expect(card.locator(".verdict")).to_have_text(title)
    expect(card).to_contain_text(words)
    card.get_by_role("button", name="Try again").click()
    expect(page.locator(".answer.is-error")).to_be_visible()
    page.wait_for_function("!document.querySelector('#submit').ariaDisabled")
    assert len(site.asked) == 2


def test_a_server_that_is_away(open_page):
    page = open_page()
    page.route("**/v1/ask", lambda route: route.abort("connectionrefused"))
    ask(page, "gone", photo=None)
    expect(answered(page)).to_contain_text("The server cannot be reached")
    page.unroute("**/v1/ask")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".verdict")).to_have_text("Gone")


def test_a_server_that_is_warming_up_is_waited_for(browser, site):
    context = browser.new_context()
    page = context.new_page()
    answers = iter([503, 503, 503])
    page.route(
        "**/ready",
        lambda route: route.fulfill(status=next(answers, 200), json={"ready": False}),
    )
    page.goto(site.url)
    expect(page.locator("#note")).to_contain_text("still loading its models")
    ask(page, "gone", photo=None)
    expect(page.locator(".busy-words")).to_contain_text("Waiting for the server")
    assert site.asked == []
    expect(page.locator(".verdict")).to_have_text("Gone", timeout=10_000)
    context.close()


@pytest.mark.parametrize("how", ["button", "Escape"])
def test_waiting_is_shown_and_can_be_cancelled(open_page, site, how):
    page = open_page()
    ask(page, "slow")
    expect(page.locator(".busy-words")).to_contain_text("Looking for what it is")
    expect(page.locator("#submit")).to_have_text("Asking…")
    if how == "button":
        page.get_by_role("button", name="Cancel").click()
    else:
        page.keyboard.press("Escape")
    expect(page.locator(".answer")).to_have_count(0)
    expect(page.locator("#note")).to_contain_text("Cancelled")
    expect(page.locator("#submit")).to_have_text("Ask")
    expect(page.locator(".shot img")).to_be_visible()
    ask(page, "gone", photo=None)
    expect(page.locator(".verdict")).to_have_text("Gone")


def test_a_second_enter_does_not_ask_twice(open_page, site):
    page = open_page()
    ask(page, "slow", photo=None)
    expect(page.locator(".is-busy")).to_be_visible()
    page.press("#question", "Enter")
    page.press("#question", "Enter")
    page.wait_for_timeout(200)
    assert len(site.asked) == 1
    page.keyboard.press("Escape")


def test_evidence_is_shown_while_it_is_read(open_page):
    page = open_page()
    ask(page, "reading")
    expect(page.locator(".card")).to_have_count(3)
    expect(page.locator(".busy-words")).to_have_text(
        "Found Charminar and 2 more. Reading what is written about them…"
    )
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".card")).to_have_count(0)
    expect(page.locator("#submit")).to_have_text("Ask")


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("halfway", "Something went wrong on the server"),
        ("torn", "The server cannot be reached"),
    ],
)
def test_an_answer_that_breaks_off_is_an_error(open_page, question, title):
    page = open_page()
    ask(page, question)
    expect(answered(page).locator(".verdict")).to_have_text(title)
    expect(page.locator(".card")).to_have_count(0)


def test_events_may_come_in_pieces(open_page):
    read = """async pieces => {
      const {eventsOf} = await import('/static/js/stream.js');
      const encoder = new TextEncoder();
      const body = new ReadableStream({start(stream) {
        for (const piece of pieces) stream.enqueue(new Uint8Array(piece));
        stream.close();
      }});
      const found = [];
      for await (const event of eventsOf({body})) found.push([event.name, event.data]);
      return found;
    }"""
    whole = 'event: a\ndata: {"x": "拆"}\n\nevent: b\ndata: {}\n\n'.encode()
    for size in (1, 7, len(whole)):
        pieces = [list(whole[at : at + size]) for at in range(0, len(whole), size)]
        assert open_page().evaluate(read, pieces) == [["a", {"x": "拆"}], ["b", {}]]
