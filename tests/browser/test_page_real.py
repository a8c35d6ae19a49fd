"""The page in a real Chromium with the real application: real index, encoder and reader."""

import json
from dataclasses import replace

import page_stub
import pytest
from page_browser import (
    CLS_MOST,
    PHOTO,
    WATCH_SHIFTS,
    Site,
    answered,
    ask,
    expect,
    fits,
    opener,
    violations,
)
from PIL import Image
from serving import running

from api.http.app import create_app
from api.http.samples import load_samples
from api.service import Service
from indexer.run import fingerprint_of, index_corpus
from knowledge.corpus import open_corpus
from knowledge.index.index import open_index
from search.pipeline import Pipeline
from vlm.images import turned_clockwise
from vlm.models.local_encoders import load_encoder
from vlm.readers.extractive import ExtractiveReader

pytest_plugins = ("page_browser",)

DATA = page_stub.ROOT / "data"
CHOSEN = {
    "landmarks": {"cabrillo_national_monument", "charminar", "eiffel_tower", "taj_mahal"},
    "lost_buildings": {"crystal_palace", "jinan_old_railway_station", "kingdome"},
}
"""A few documents: enough to be told apart, few enough to be indexed in seconds."""
FIRST_PAINT_MS = 300


@pytest.fixture(scope="module")
def app_site(tmp_path_factory):
    """The application over a few documents of `data/`, on loopback."""
    root = tmp_path_factory.mktemp("real")
    report = root / "evaluation.json"
    measures = {"questions": 156, "mrr": 0.976, "year_accuracy": None, "latency_p50_s": 0.108}
    report.write_text(
        json.dumps(
            {"testsets": {"data/landmarks/testset.jsonl": 156}, "encoder": "starter"}
            | {"reader": "extractive", "systems": {"full": {"overall": measures}}}
        )
    )
    encoder = load_encoder("starter", models_root=DATA / "models")
    reader = ExtractiveReader()
    reader.network.load()
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        for name, chosen in CHOSEN.items():
            index_corpus(few(open_corpus(DATA / name), chosen), index, encoder)
        app = create_app(
            Service(
                Pipeline(index, encoder, reader),
                samples=load_samples(DATA / "samples.json"),
                evaluation=report,
            )
        )
        with running(app) as url:
            yield Site(url)


def few(corpus, chosen):
    """The corpus with some of its documents alone."""
    read = corpus.read
    return replace(
        corpus,
        size=len(chosen),
        read=lambda: (item for item in read() if getattr(item, "id", None) in chosen),
    )


@pytest.fixture
def open_app(browser, app_site):
    app_site.complaints.clear()
    yield from opener(browser, app_site)


def test_a_photo_is_answered_with_its_source(open_app):
    page = open_app()
    ask(page, "When was this tower completed?")
    card = answered(page)
    expect(card.locator(".subject")).to_have_text("Eiffel Tower")
    expect(card.locator(".value, .year")).to_contain_text("1889")
    expect(card.locator(".value, .year")).to_contain_text("built")
    expect(card.locator("blockquote mark")).to_have_text(
        "The tower was completed on 31 March 1889."
    )
    expect(page.locator(".card").first.locator(".pair img")).to_have_count(2)
    page.locator(".card-open").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_be_in_viewport()


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_photo_that_lies_turned_is_answered_and_shown_upright(open_app, degrees, tmp_path):
    lying = tmp_path / "lying.png"
    with Image.open(PHOTO) as upright:
        turned_clockwise(upright.convert("RGB"), 360 - degrees).save(lying)
    page = open_app()
    ask(page, "When was this tower completed?", photo=lying)
    card = answered(page)
    expect(card.locator(".subject")).to_have_text("Eiffel Tower")
    expect(card.locator(".value, .year")).to_contain_text("1889")
    expect(card.locator(".turned p")).to_contain_text(f"turned by {degrees}°")
    expect(card.locator(f".turned img.is-turned-{degrees}")).to_be_visible()


def test_a_framed_part_is_answered(open_app):
    page = open_app()
    page.set_input_files("#files", str(PHOTO))
    page.get_by_role("button", name="Frame a part").click()
    ask(page, "Is it still there?", photo=None)
    expect(answered(page).locator(".subject")).to_have_text("Eiffel Tower")


def test_a_chinese_question_gets_a_chinese_answer(open_app):
    page = open_app(locale="zh-CN")
    page.get_by_role("button", name="济南老火车站").or_(page.locator(".chip")).first.wait_for()
    ask(page, "济南老火车站是哪一年拆除的？", photo=None)
    card = answered(page)
    expect(card.locator(".value, .year")).to_contain_text("1992年")
    expect(card.locator("blockquote mark")).to_contain_text("1992年")
    expect(card.locator(".event")).not_to_have_count(0)


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_a_reader_suggests_a_correction(open_app, locale):
    page = open_app(locale=locale)
    ask(page, "When was this tower completed?")
    answered(page)
    form = page.locator(".correct")
    form.locator("summary").click()
    value, evidence, name = form.locator("input").all()
    value.fill("1890" if locale == "en-US" else "1888")
    evidence.fill("<b>Register</b>, page 3")
    name.fill("Ann")
    assert violations(page) == []
    assert fits(page)
    form.get_by_role("button").click()
    said = {"en-US": "Thank you.", "zh-CN": "谢谢。"}[locale]
    expect(form.get_by_role("status")).to_contain_text(said)
    expect(value).to_have_value("")


def test_what_the_documents_do_not_say_is_not_known(open_app):
    page = open_app()
    ask(page, "How many rivets hold this tower together?")
    expect(answered(page).locator(".verdict")).to_have_text("Not known")
    expect(page.locator(".nearest button").first).to_contain_text("Eiffel Tower")


def test_suggested_questions_can_be_answered(open_app):
    page = open_app()
    page.fill("#question", "Kingdome")
    page.get_by_role("button", name="Kingdome: when was it demolished?").click()
    expect(answered(page).locator(".value, .year")).to_contain_text("2000")
    expect(page.locator("blockquote mark")).to_contain_text("destroyed by implosion")


def test_a_photo_of_no_kind_is_refused_in_words(open_app):
    page = open_app()
    broken = {"name": "torn.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 torn"}
    page.set_input_files("#files", [broken])
    ask(page, "Is it still there?", photo=None)
    expect(page.locator(".answer.is-error")).to_contain_text("Try again")


@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_the_corpus_page_shows_what_is_indexed(open_app, locale):
    page = open_app("/corpus", wait_for=".entry", locale=locale)
    expect(page.locator(".figures strong").first).to_have_text("7")
    expect(page.locator(".entry")).to_have_count(7)
    expect(page.locator(".facts")).to_contain_text("starter")
    expect(page.locator(".measures")).to_contain_text("97.6 %")
    expect(page.locator(".measures")).to_contain_text("108")
    assert violations(page) == []

    page.fill("#text", "london")
    expect(page.locator(".entry")).to_have_count(1)
    page.locator(".entry").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator(".document-text")).to_contain_text("Joseph Paxton designed it")
    assert violations(page) == []
    page.keyboard.press("Escape")
    page.fill("#text", "")
    page.select_option("#in", "zh")
    expect(page.locator(".entry")).to_have_count(1)


def test_documents_are_shown_a_page_at_a_time(open_app):
    page = open_app("/corpus", wait_for=".entry")
    two = page.evaluate("fetch('/v1/documents?limit=2').then(answer => answer.json())")
    page.route("**/v1/documents?*offset=0*", lambda route: route.fulfill(json=two))
    page.fill("#text", " ")
    expect(page.locator(".entry")).to_have_count(2)
    page.get_by_role("button", name="Show more").click()
    expect(page.locator(".entry")).to_have_count(7)
    expect(page.locator(".entry").nth(2)).to_be_focused()
    expect(page.locator("#more")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessibility_of_the_corpus_page_in_both_lights(open_app, scheme):
    page = open_app("/corpus", wait_for=".entry", scheme=scheme)
    assert violations(page) == []


@pytest.mark.parametrize("path", ["/", "/corpus"])
def test_a_phone_of_360_pixels_is_wide_enough(open_app, path):
    wait_for = {"/": ".sample", "/corpus": ".entry"}[path]
    page = open_app(path, wait_for=wait_for, width=360, has_touch=True, is_mobile=True)
    assert fits(page)


@pytest.mark.parametrize("path", ["/", "/corpus"])
def test_nothing_jumps_while_a_page_comes(open_app, path):
    wait_for = {"/": ".sample", "/corpus": ".entry"}[path]
    page = open_app(path, wait_for=wait_for)
    page.evaluate(WATCH_SHIFTS)
    page.wait_for_timeout(500)
    assert page.evaluate("window.shifted") <= CLS_MOST


def test_the_page_is_painted_at_once(open_app):
    page = open_app()
    painted = """() => performance.getEntriesByType("paint")
      .find(({name}) => name === "first-contentful-paint").startTime"""
    times = []
    for _ in range(5):
        page.reload()
        expect(page.locator(".sample").first).to_be_visible()
        times.append(page.evaluate(painted))
    # The best of five: what the machine does besides is not the page's doing.
    assert min(times) <= FIRST_PAINT_MS, times
