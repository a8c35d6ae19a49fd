"""The page over documents that nobody should have let in: it fails for none of them, and the other
documents are still shown."""

import json
import random

import page_stub
import pytest
from page_browser import answered, ask, expect, fits

pytest_plugins = ("page_browser",)

LANGUAGES = [
    "en-12", "", " ", "x", "zh_CN", "i-klingon", "a" * 10_000, "en\u0000", "日本", "..", "und",
    "en-u-ca-\u202e", "-", "<b>", "en-US-x-twain", "root", "1", "\ud800",
]  # fmt: skip
TITLES = [
    "", " ", "\u200b", "x" * 10_000, "word " * 2_000, "\u202egnp.exe", "\u2066a\u2067b",
    "\x1b[31mred", "<img src=x onerror=alert(1)>", "'\"`${alert(1)}", "{title}", "$&", "\x00",
    "e\u0301\u0308" * 500, "\U0001f469\u200d" * 400, "مسجد", "\r\n\r\n", "\ud800", "null",
    "__proto__",
]  # fmt: skip
IDS = [
    "{n}", "a/{n}", "../{n}", "%E0%A4%A{n}", "a b?#{n}", "{n}" + "x" * 10_000, "\u202e{n}", "é{n}",
    "..", "", "\ud800{n}", "con{n}", "{n}&amp;", "a//{n}",
]  # fmt: skip
URLS = [
    None, "", "javascript:alert(1)", "http://", "https://[", "//x", "data:text/html,x",
    "https://a b", "HTTPS://EXAMPLE.ORG/ä?\u202e", "h" * 10_000,
]  # fmt: skip
DATES = [None, "", "yesterday", "0000-00-00", "99999-01-01", "-1", "1889-13-45T99:99:99Z"]
NUMBERS = [None, 0, -1, 1e300, -1e-300, 91, -181, 400.5, 2**53]
YEARS = [0, -1, 1889, -515, 10**9, -(10**9)]
EVENTS = ["built", "demolished", "damaged", "begun", "burnt"]


def hostile(n: int, rng: random.Random) -> dict:
    """A document as the API could give it, each value as unlikely as possible."""
    pick = rng.choice
    text = pick(
        ["", "\u202eabc", "A line.\n\n" * 50, "x" * 20_000, "It was built in 1889.", "\x00"]
    )
    return {
        "document_id": "hostile/" + pick(IDS).replace("{n}", str(n)),
        "title": pick(TITLES),
        "aliases": rng.sample(TITLES, k=rng.randrange(4)),
        "language": pick(LANGUAGES),
        "place": pick([None, "", *TITLES]),
        "citation": pick(TITLES),
        "url": pick(URLS),
        "tags": rng.sample(TITLES, k=rng.randrange(3)),
        "text": text,
        "photos": [
            {"photo_id": "p", "photo_url": pick(["/v1/photos/eiffel_tower", "", "http://[", "x:y"]),
             "width": pick([0, -5, 640, 10**12]), "height": pick([0, -5, 480, 10**12]),
             "taken_at": pick(DATES), "latitude": pick(NUMBERS), "longitude": pick(NUMBERS),
             "caption": pick([None, *TITLES])}
            for _ in range(rng.randrange(3))
        ],
        "events": [
            {"year": pick(YEARS), "event": pick(EVENTS), "start": pick([0, -4, 9**9]),
             "end": pick([0, -4, 9**9])}
            for _ in range(rng.randrange(4))
        ],
    }  # fmt: skip


@pytest.fixture(params=[1, 2, 3])
def documents(request):
    rng = random.Random(request.param)
    return [hostile(n, rng) for n in range(50)]


def listed(document: dict) -> dict:
    """A document as the list of documents gives it."""
    photos = document["photos"]
    kept = {key: document[key] for key in ("document_id", "title", "place", "language")}
    counts = {"passages": 1, "photos": len(photos)}
    return kept | counts | {"photo_url": photos[0]["photo_url"] if photos else None}


def fulfil(page, path, body):
    """Answer requests for `path` with what `body()` gives."""
    page.route(path, lambda route: route.fulfill(body=json.dumps(body()), content_type="text/json"))


def test_the_corpus_page_shows_all_documents_but_none_that_breaks_it(open_page, documents):
    good = [page_stub.read_document(id_) for id_ in (page_stub.EIFFEL, page_stub.CRYSTAL)]
    everything = [good[0], *documents, good[1]]
    page = open_page()
    page.route(
        "**/corpus",
        lambda route: route.fulfill(
            body=(page_stub.STATIC / "corpus.html").read_text(), content_type="text/html"
        ),
    )
    encoder = {"name": "\u202ex", "dim": 3, "runtime": "", "fingerprint": "f" * 10_000}
    fulfil(
        page,
        "**/v1/corpus",
        lambda: {
            "corpora": [{"corpus": "x\u202e", "documents": 52, "passages": 52, "photos": 9}],
            "languages": dict.fromkeys(LANGUAGES, 1),
            "encoder": encoder,
            "reader": "extractive",
            "evaluation": {
                "systems": {"full": {"answers_right": None}}, "measured_at": "never",
                "testsets": {"\u202et": 1}, "encoder": "e", "reader": "r",
            },
        },
    )  # fmt: skip
    fulfil(
        page,
        "**/v1/documents?*",
        lambda: {"total": len(everything), "documents": [listed(each) for each in everything]},
    )
    page.goto(page.url + "corpus")
    entries = page.locator("#documents .entry")
    expect(entries).to_have_count(len(everything))
    expect(page.get_by_role("button", name="Eiffel Tower")).to_be_visible()
    expect(page.get_by_role("button", name="Crystal Palace")).to_be_visible()
    expect(page.locator("#in option")).to_have_count(len(LANGUAGES) + 1)
    assert fits(page)
    assert all(page.locator("#documents .entry strong").all_inner_texts())

    shown = iter(everything)
    fulfil(page, "**/v1/documents/**", lambda: next(shown, good[0]))
    dialog = page.get_by_role("dialog")
    for at in range(len(everything)):
        entries.nth(at).click()
        expect(dialog.locator(".document-source, .is-error")).to_have_count(1)
        page.keyboard.press("Escape")
    page.click("#language")
    expect(entries).to_have_count(len(everything))


def test_an_answer_shows_the_other_documents_beside_hostile_ones(open_page, documents):
    page = open_page()

    def poison(route):
        body = page_stub.answer_to("gone", has_photo=False)
        for rank, document in enumerate(documents, start=9):
            kept = {key: document[key] for key in ("document_id", "title", "citation", "url")}
            body["evidence"].append(
                kept | {"kind": "passage", "text": document["text"], "start": 0, "end": 9**9}
                | {"rank": rank, "photo_url": None, "scores": {"bm25": 1e300, "\u202e": -1}}
            )  # fmt: skip
        route.fulfill(body=page_stub.events(body), content_type="text/event-stream")

    page.route("**/v1/ask", poison)
    ask(page, "gone", photo=None)
    card = answered(page)
    expect(card.locator(".verdict")).to_have_text("Gone")
    expect(page.locator(".cards .card").first).to_contain_text("Crystal Palace")
    expect(page.get_by_role("button", name="Taj Mahal", exact=True).first).to_be_visible()
    distinct = {each["document_id"] for each in documents}
    expect(page.locator(".cards .card")).to_have_count(4 + len(distinct))
    assert fits(page)


def test_an_answer_from_each_hostile_document_is_drawn(open_page, documents):
    page = open_page()
    left = iter(documents)

    def poison(route):
        document = next(left)
        body = page_stub.answer_to("gone", has_photo=False)
        named = {key: document[key] for key in ("document_id", "title")}
        body["answer"] |= {"subject": named, "year": -(10**9), "text": document["title"]}
        body["answer"]["source"] |= named | {
            "citation": document["citation"], "url": document["url"], "quote": document["text"],
            "start": -3, "end": 9**9,
        }  # fmt: skip
        body["did_you_mean"] = document["title"]
        route.fulfill(body=page_stub.events(body), content_type="text/event-stream")

    page.route("**/v1/ask", poison)
    fulfil(page, "**/v1/documents/**", lambda: documents[0])
    for _ in documents[:20]:
        ask(page, "gone", photo=None)
        expect(page.locator(".answer.is-gone .subject")).not_to_be_empty()
        assert "\u202e" not in page.locator("#results").inner_text()
        assert fits(page)
