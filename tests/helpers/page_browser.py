"""A real Chromium for the page's tests: its fixtures, and what a person does on the page.

Every page that a fixture opens is watched: at the end of a test no script may have failed and
nothing may have broken the content security policy. A plugin of the test files, which also import
its functions: PYTEST_DONT_REWRITE (it is imported before pytest could).
"""

import io
import shutil
from dataclasses import dataclass, field

import page_stub
import pytest
from PIL import Image
from serving import running

from scripts.page_server import ARGUMENTS

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="the page's tests need `pip install playwright`"
)
expect = playwright_api.expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
PHOTO = page_stub.ROOT / "data" / "landmarks" / "queries" / "eiffel_tower.webp"
CLS_MOST = 0.02


@dataclass
class Site:
    """A server's address, what was asked of it, and what the page complained about."""

    url: str
    asked: list[dict] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def browser():
    if CHROMIUM is None:
        pytest.skip("the page's tests need Debian's `chromium` on the PATH")
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def stub():
    """The server of canned answers."""
    asked = []
    with running(page_stub.make_app(asked)) as url:
        yield Site(url, asked)


@pytest.fixture
def site(stub):
    stub.asked.clear()
    stub.complaints.clear()
    return stub


@pytest.fixture
def open_page(browser, site):
    """Opens the page over canned answers, in a fresh profile."""
    yield from opener(browser, site)


def opener(browser, site):
    """Yields a function that opens a page of `site`; in the end nothing may have gone wrong."""
    contexts = []

    def open_(path="/", *, locale="en-US", width=1280, scheme="light", wait_for=None, **options):
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            **options,
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: site.complaints.append(str(error)))
        page.on("console", lambda message: complain(message, site))
        page.goto(site.url + path)
        expect(page.locator(wait_for or ".sample").first).to_be_visible()
        return page

    yield open_
    for context in contexts:
        context.close()
    assert site.complaints == []


def complain(message, site):
    # Chromium reports every answer of 4xx and 5xx itself; tests ask for some.
    if message.type == "error" and not message.text.startswith("Failed to load resource"):
        site.complaints.append(message.text)


def choose(page, *files):
    page.set_input_files("#files", list(files))


def put(name, mime, data):
    return {"name": name, "mimeType": mime, "buffer": data}


def ask(page, question, photo=PHOTO):
    if photo:
        choose(page, photo)
        expect(page.locator(".shot img")).to_be_visible()
    page.fill("#question", question)
    page.press("#question", "Enter")


def answered(page):
    expect(page.locator(".answer:not(.is-busy)")).to_be_visible()
    return page.locator(".answer")


def fits(page):
    """No sideways scrolling."""
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def jpeg(width, height, *, orientation=1):
    """A JPEG whose stored left half is red and right half blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste((0, 0, 255), (width // 2, 0, width, height))
    exif = Image.Exif()
    exif[0x0112] = orientation
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", exif=exif)
    return buffer.getvalue()


def violations(page):
    """What axe-core finds wrong with the page as it stands."""
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="the accessibility tests need `pip install axe-playwright-python`",
    )
    # WCAG 2.2's size of targets is off in axe-core unless it is asked for.
    options = {"rules": {"target-size": {"enabled": True}}}
    found = axe.Axe().run(page, options=options).response["violations"]
    return [(rule["id"], n["html"], n["failureSummary"]) for rule in found for n in rule["nodes"]]


WATCH_SHIFTS = """() => {
  window.shifted = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries()) {
      if (!entry.hadRecentInput) window.shifted += entry.value;
    }
  }).observe({type: "layout-shift", buffered: true});
}"""
"""Adds up in `window.shifted` how far things jumped that nobody touched (CLS)."""
