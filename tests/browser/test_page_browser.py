"""The page in a real Chromium, against canned answers (`page_stub.py`) under the strict CSP."""

import io
import re
import shutil
from dataclasses import dataclass, field

import page_stub
import pytest
from PIL import Image

playwright_api = pytest.importorskip(
    "playwright.sync_api", reason="the page's tests need `pip install playwright`"
)
expect = playwright_api.expect

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="the page's tests need Debian's `chromium` on the PATH"
)

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PHOTO = page_stub.ROOT / "data" / "landmarks" / "queries" / "eiffel_tower.webp"
CLS_MOST = 0.02


@dataclass
class Site:
    """The stub's address, what was asked of it, and what the page complained about."""

    url: str
    asked: list[dict]
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def served():
    asked = []
    with page_stub.running(asked) as url:
        yield Site(url, asked)


@pytest.fixture(scope="module")
def browser():
    with playwright_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def site(served):
    served.asked.clear()
    served.complaints.clear()
    return served


@pytest.fixture
def open_page(browser, site):
    """Opens the page in a fresh profile; at the end nothing may have broken the policy."""
    contexts = []

    def open_(*, locale="en-US", width=1280, scheme="light", **options):
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
        page.goto(site.url)
        expect(page.locator(".sample").first).to_be_visible()
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


# In: choose, drop, paste, type


def test_a_small_photo_is_sent_as_it_is(open_page, site):
    page = open_page()
    ask(page, "When was it built?")
    answered(page)
    assert site.asked == [
        {
            "question": "When was it built?",
            "photos": [("eiffel_tower.webp", PHOTO.read_bytes())],
            "language": None,
        }
    ]


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


def test_an_example_asks_when_there_is_a_photo(open_page, site):
    page = open_page()
    page.get_by_role("button", name="When was it built?", exact=True).click()
    expect(page.locator("#note")).to_contain_text("add the photo")
    assert site.asked == []
    choose(page, PHOTO)
    page.get_by_role("button", name="Does it still stand?", exact=True).click()
    answered(page)
    assert site.asked[0]["question"] == "Does it still stand?"


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


# Out: answers, abstentions, errors


def test_a_question_about_existence_leads_with_the_mark(open_page):
    page = open_page()
    ask(page, "Is the Crystal Palace gone?", photo=None)
    card = answered(page)
    expect(card.locator(".verdict")).to_have_text("Gone")
    expect(card.locator(".verdict .icon-gone")).to_be_visible()
    expect(card.locator(".verdict-more")).to_have_text("1936 demolished or destroyed")
    expect(card.locator("blockquote mark")).to_have_text(
        "On the night of 30 November 1936 a fire burnt down the whole palace."
    )
    expect(card.locator("blockquote")).to_contain_text("Two water towers by Brunel survived")
    link = card.get_by_role("link", name="Read the source")
    assert link.get_attribute("href") == "https://en.wikipedia.org/wiki/The_Crystal_Palace"
    assert "noopener" in link.get_attribute("rel")
    expect(card.locator(".confidence")).to_contain_text("Plainly said in the source")
    assert card.locator(".confidence").get_attribute("title") == "Confidence 0.93 of 1"
    expect(page.locator("#status")).to_contain_text("Crystal Palace. Gone. 1936")


def test_a_question_about_a_year_leads_with_the_year(open_page):
    page = open_page()
    ask(page, "When was it built?")
    card = answered(page)
    expect(card.locator(".year")).to_have_text("1889 built")
    expect(card.locator(".verdict")).to_have_count(0)
    expect(card.locator(".answer-photo img")).to_be_visible()


def test_a_question_about_use_leads_with_the_words(open_page):
    page = open_page()
    ask(page, "What is its use today?")
    card = answered(page)
    expect(card.locator(".answer-text.lead")).to_contain_text("Today it is a tourist attraction")
    expect(card.locator(".pill")).to_have_text("Standing")


@pytest.mark.parametrize(
    ("year", "english", "chinese"),
    [(-515, "515 BC", "公元前515年"), (80, "AD 80", "公元80年"), (1889, "1889", "1889年")],
)
def test_years_in_words(open_page, year, english, chinese):
    say = "async year => (await import('/static/js/words.js')).yearInWords(year)"
    assert open_page().evaluate(say, year) == english
    assert open_page(locale="zh-CN").evaluate(say, year) == chinese


def test_offsets_count_code_points(open_page):
    split = "async args => (await import('/static/js/quote.js')).splitAround(...args)"
    text = "𠮷野家 stood. 𠮷 stood. It fell in 1992. The end."
    quote = "𠮷 stood."
    start = text.index(quote)
    page = open_page()
    parts = [text[:start], quote, text[start + len(quote) :]]
    assert page.evaluate(split, [text, quote, start, start + len(quote)]) == parts
    # Offsets that lead elsewhere are not believed; a quotation that does not stand is not marked.
    assert page.evaluate(split, [text, quote, 0, 3]) == parts
    assert page.evaluate(split, [text, "It rose in 1992.", 0, 3]) is None


def test_what_stands_around_a_quotation_is_kept_short(open_page):
    cut = "async ([name, ...args]) => (await import('/static/js/quote.js'))[name](...args)"
    page = open_page()

    def last(text, room):
        return page.evaluate(cut, ["lastOf", text, room])

    def first(text, room):
        return page.evaluate(cut, ["firstOf", text, room])

    assert last("One. Two. ", 50) == "One. Two. "
    assert last("Elsewhere.\n\nOne. Two. ", 50) == "One. Two. "
    assert last("It began in May. It went on. ", 16) == "… It went on. "
    assert last("Construction began on 28 January 1887. ", 20) == "… 28 January 1887. "
    assert last("站房于1908年开工。许多学者反对。", 9) == "… 许多学者反对。"
    assert first(" One. Two.", 50) == " One. Two."
    assert first(" One.\n\nElsewhere.", 50) == " One."
    assert first(" It stands. It is open every day.", 20) == " It stands. …"
    assert first(" and was later taken down", 15) == " and was later …"
    assert first("原址现在是车站。车站很大。", 9) == "原址现在是车站。 …"


def test_evidence_is_grouped_and_explained(open_page):
    page = open_page()
    ask(page, "When was it built?")
    answered(page)
    cards = page.locator(".card")
    expect(cards).to_have_count(3)
    expect(cards.first).to_contain_text("Eiffel Tower")
    expect(cards.first).to_contain_text("Cited")
    expect(cards.first.locator(".scores li").first).to_have_text("looks alike 0.72")
    assert "Higher is better" in cards.first.locator(".scores li").first.get_attribute("title")
    expect(cards.first.locator("mark")).to_have_text("The tower was completed on 31 March 1889.")


def test_a_card_opens_the_document_at_the_quoted_words(open_page):
    page = open_page()
    ask(page, "济南老火车站哪一年拆除？", photo=None)
    answered(page)
    page.locator(".card-open").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("heading")).to_have_text("济南老火车站")
    expect(dialog.locator("mark")).to_have_text("1992年7月1日,老站房开始拆除。")
    expect(dialog.locator("mark")).to_be_in_viewport()
    assert dialog.locator(".document-text").get_attribute("lang") == "zh"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".card-open").first).to_be_focused()


def test_a_document_that_is_gone_says_so(open_page):
    page = open_page()
    page.route("**/v1/documents/**", lambda route: route.fulfill(status=404, json={}))
    ask(page, "When was it built?")
    answered(page)
    page.locator(".card-open").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("no longer in the index")


def test_an_abstention_is_friendly(open_page):
    page = open_page()
    ask(page, "abstain")
    card = answered(page)
    expect(card.locator(".verdict")).to_have_text("Not known")
    expect(card).to_contain_text("The documents about Taj Mahal do not say it.")
    expect(card).to_contain_text("Looked at 3 passages and 3 photos of 3 subjects.")
    nearest = card.locator(".nearest button")
    expect(nearest).to_have_count(3)
    expect(card.locator(".confidence")).to_have_count(0)
    nearest.first.click()
    expect(page.get_by_role("dialog")).to_contain_text("Agra")


def test_a_photo_that_resembles_nothing(open_page):
    page = open_page()
    ask(page, "foreign")
    card = answered(page)
    expect(card).to_contain_text("Nothing here resembles this photo")
    expect(card).to_contain_text("Is it one of these?")
    expect(page.locator(".cards")).to_be_hidden()
    page.get_by_text("What was looked at").click()
    expect(page.locator(".cards")).to_be_visible()


def test_text_from_outside_stays_text(open_page):
    page = open_page()
    trap = '<img src="x" onerror="document.title = 1"><b>bold</b>'

    def poison(route):
        body = page_stub.answer_to("gone", has_photo=False)
        body["answer"]["text"] = body["answer"]["subject"]["title"] = trap
        body["answer"]["source"]["citation"] = trap
        for item in body["evidence"]:
            item["title"] = item["text"] = trap
        route.fulfill(json=body)

    page.route("**/v1/ask", poison)
    ask(page, "gone", photo=None)
    expect(answered(page).locator(".answer-text")).to_have_text(trap)
    expect(page.locator("#results b")).to_have_count(0)
    assert page.title().startswith("SnapCite")


@pytest.mark.parametrize(
    ("question", "title", "words"),
    [
        ("broken", "Something went wrong on the server", "for request req-500"),
        ("large", "This photo is too large", "at most 20 MB are read"),
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


# Around it: languages, keyboard, screens


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
    assert reached[2:9] == [
        "API",
        "language",
        "choose",
        "question",
        "chip",
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
    page.evaluate(
        """() => {
          window.shifted = 0;
          new PerformanceObserver(list => {
            for (const entry of list.getEntries()) {
              if (!entry.hadRecentInput) window.shifted += entry.value;
            }
          }).observe({type: "layout-shift", buffered: true});
        }"""
    )
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("locale", ["en-US", "zh-CN"])
def test_accessibility_rules_of_axe(open_page, scheme, locale):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright",
        reason="the accessibility test needs `pip install axe-playwright-python`",
    )
    page = open_page(scheme=scheme, locale=locale)

    def violations():
        found = axe.Axe().run(page).response["violations"]
        return [
            (rule["id"], n["html"], n["failureSummary"]) for rule in found for n in rule["nodes"]
        ]

    assert violations() == []
    for question in ("gone", "When was it built?", "use", "abstain", "broken"):
        ask(page, question)
        answered(page)
        assert violations() == [], question
        page.locator(".shot button").click()
    ask(page, "When was it built?")
    answered(page)
    page.locator(".card-open").first.click()
    expect(page.get_by_role("dialog").locator("mark")).to_be_visible()
    assert violations() == []
