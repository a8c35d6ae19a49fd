"""How the page shows an answer, in a real Chromium with canned answers."""

import json
import re
from urllib.parse import parse_qs, quote_plus, urlencode, urlsplit

import page_stub
import pytest
from page_browser import answered, ask, expect

pytest_plugins = ("page_browser",)


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


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en-US", "Your photo did not lie upright: turned by 90° clockwise."),
        ("zh-CN", "您的照片没有摆正：已顺时针旋转90°。"),
    ],
)
@pytest.mark.parametrize("question", ["built, sideways", "foreign, sideways"])
def test_a_photo_that_lay_on_its_side_is_shown_upright(open_page, locale, words, question):
    page = open_page(locale=locale)
    ask(page, question)
    card = answered(page)
    expect(card.locator(".turned p")).to_have_text(words)
    expect(page.locator("#status")).to_contain_text(words)
    for picture in card.locator(".turned img"), page.locator(".pair img.is-turned-90").first:
        assert picture.evaluate("node => getComputedStyle(node).rotate") == "90deg"
    page.locator("#past").click()
    assert page.locator(".past img.is-turned-90").count() == 1


def test_nothing_is_said_of_a_photo_that_lies_upright(open_page):
    page = open_page()
    ask(page, "When was it built?")
    expect(answered(page).locator(".turned")).to_have_count(0)
    expect(page.locator("[class^=is-turned]")).to_have_count(0)


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


def test_a_value_leads(open_page):
    page = open_page()
    ask(page, "Who designed the Crystal Palace?", photo=None)
    card = answered(page)
    expect(card.locator(".value strong")).to_have_text("Joseph Paxton")
    expect(card.locator(".value strong")).to_have_attribute("lang", "en")
    expect(card.locator(".year, .verdict, .pill, .lead, .quote-language")).to_have_count(0)
    expect(card.locator(".answer-text")).to_contain_text("for the Great Exhibition")
    expect(page.locator("#status")).to_contain_text("Crystal Palace. Joseph Paxton. Joseph")


def test_a_year_is_shown_once_and_a_whole_date_in_its_place(open_page):
    page = open_page()
    ask(page, "When was it built?")
    card = answered(page)
    expect(card.locator(".year")).to_have_text("1889 built")
    expect(card.locator(".value")).to_have_count(0)
    ask(page, "On which exact day was it finished?", photo=None)
    expect(card.locator(".value")).to_have_text("31 March 1889 built")
    expect(card.locator(".year")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "question", "mark", "language"),
    [
        ("en-US", "Who was the architect of the station?", "(in Chinese)", "zh"),
        ("zh-CN", "谁设计了水晶宫？", "（英语原文）", "en"),
        ("zh-CN", "Who was the architect of the station?", "（中文原文）", "zh"),
    ],
)
def test_a_quotation_in_another_language_is_marked(open_page, locale, question, mark, language):
    page = open_page(locale=locale)
    ask(page, question, photo=None)
    card = answered(page)
    expect(card.locator("figcaption .quote-language")).to_have_text(mark)
    expect(card.locator("blockquote")).to_have_attribute("lang", language)
    expect(card.locator(".value strong")).to_have_attribute("lang", language)


@pytest.mark.parametrize(
    ("value", "year", "alone"),
    [
        ("1931", 1931, True),
        ("1931年", 1931, True),
        ("515 BC", -515, True),
        ("公元前515年", -515, True),
        ("AD 80", 80, True),
        ("May 1931", 1931, False),
        ("1931", None, False),
        ("1930", 1931, False),
    ],
)
def test_whether_a_value_is_the_year_alone(open_page, value, year, alone):
    say = "async args => (await import('/static/js/words.js')).isYearAlone(...args)"
    assert open_page().evaluate(say, [value, year]) is alone


def test_a_value_of_many_words_is_set_smaller_and_a_sentence_not_at_all(open_page):
    page = open_page()
    value = "the engineers Maurice Koechlin and Émile Nouguier"

    def answer(route):
        body = page_stub.answer_to("built", has_photo=False)
        body["answer"] |= {"year": None, "year_event": None, "value": value}
        route.fulfill(body=page_stub.events(body), content_type="text/event-stream")

    page.route("**/v1/ask", answer)
    ask(page, "built", photo=None)
    expect(answered(page).locator(".value.is-long")).to_have_text(value)
    value *= 4
    ask(page, "built", photo=None)
    expect(answered(page).locator(".answer-text.lead")).to_be_visible()
    expect(page.locator(".value")).to_have_count(0)


def test_a_source_that_contradicts_is_shown_below_the_quotation(open_page):
    page = open_page()
    ask(page, "When was it built? That is contested.")
    aside = answered(page).locator("aside.contradiction")
    expect(aside).to_contain_text("Another source says 1887.")
    expect(aside).to_contain_text("Eiffel Tower")
    aside.get_by_role("button", name="Construction began on 28 January 1887.").click()
    expect(page.get_by_role("dialog").locator("mark")).to_have_text(
        "Construction began on 28 January 1887."
    )


def test_another_spelling_is_suggested_below_an_abstention(open_page):
    page = open_page()
    ask(page, "Is the Tja Mahal there? Please abstain.")
    expect(answered(page).locator("footer")).to_contain_text(
        "Did you mean: Is the Taj Mahal there? Please abstain."
    )


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
    expect(cards.first.locator(".pair img")).to_have_count(2)
    expect(cards.first.get_by_alt_text("Your photo")).to_be_visible()
    expect(cards.first.locator(".scores li").first).to_have_text("looks most alike 0.72")
    expect(cards.nth(1).locator(".scores li").first).to_have_text("looks alike 0.61")
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


def test_a_refusal_shows_both_photos_and_asks_again_about_the_one_chosen(open_page, site):
    page = open_page()
    ask(page, "unsure")
    card = answered(page)
    expect(card.locator(".verdict")).to_have_text("Not sure")
    expect(card).to_contain_text("The question is about a bridge.")
    first = card.locator(".candidate").first
    expect(card.locator(".candidate")).to_have_count(2)
    expect(first.locator("img")).to_have_count(2)
    expect(first).to_contain_text("Another kind of thing · somewhat alike")
    expect(first).to_contain_text("0.74 of 1")
    expect(card.locator(".nearest")).to_have_count(0)
    first.get_by_role("button", name="Yes, this one: Taj Mahal").click()
    answered(page)
    assert json.loads(site.asked[-1]["filters"]) == {"document_id": "landmarks/taj_mahal"}
    assert site.asked[-1]["question"] == "unsure"
    assert len(site.asked[-1]["photos"]) == 1


def test_a_refusal_shows_both_photos_of_a_candidate_upright(open_page):
    page = open_page()
    ask(page, "unsure, sideways")
    pictures = answered(page).locator(".candidate").first.locator(".thumb img")
    turns = pictures.evaluate_all("all => all.map((each) => getComputedStyle(each).rotate)")
    assert turns == ["90deg", "180deg"]


def test_a_language_that_is_not_read_is_said(open_page):
    page = open_page()
    ask(page, "unread")
    expect(answered(page)).to_contain_text("the reader extractive was not measured to read well")


def test_a_photo_that_resembles_nothing(open_page):
    page = open_page()
    ask(page, "foreign")
    card = answered(page)
    expect(card).to_contain_text("Nothing here is close enough to what was asked about")
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
        body["answer"]["source"] |= {"citation": trap, "url": "javascript:document.title = 1"}
        for item in body["evidence"]:
            item["title"] = item["text"] = trap
        route.fulfill(body=page_stub.events(body), content_type="text/event-stream")

    page.route("**/v1/ask", poison)
    ask(page, "gone", photo=None)
    expect(answered(page).locator(".answer-text")).to_have_text(trap)
    expect(page.locator("#results b")).to_have_count(0)
    expect(page.locator("#results a")).to_have_count(0)
    assert page.title().startswith("SnapCite")


def test_words_of_the_question_are_marked_in_the_passages(open_page):
    page = open_page()
    ask(page, "gone: the marble tombs of Agra", photo=None)
    answered(page)
    taj = page.locator(".card", has_text="Taj Mahal")
    assert "Agra" in taj.locator(".match").all_text_contents()
    assert "marble" in taj.locator(".match").all_text_contents()
    assert "the" not in taj.locator(".match").all_text_contents()


@pytest.mark.parametrize(
    ("text", "question", "marked"),
    [
        ("It was completed early.", "When was the completion?", ["completed"]),
        ("老站房开始拆除。", "老站房何时拆除？", ["老", "站", "房", "拆除"]),
        ("The tower stands.", "", []),
    ],
)
def test_forms_of_a_word_match(open_page, text, question, marked):
    match = """async ([text, question]) =>
      (await import('/static/js/matches.js')).withMatches(text, question)
        .filter(node => node.nodeType).map(node => node.textContent)"""
    found = open_page().evaluate(match, [text, question])
    assert "".join(found) == "".join(marked)


def test_the_subject_s_events_are_drawn_and_lead_to_their_sentences(open_page):
    page = open_page()
    ask(page, "济南老火车站哪一年拆除？", photo=None)
    card = answered(page)
    events = card.locator(".event")
    years = events.locator("strong").all_text_contents()
    assert years == sorted(years)
    assert {"1908", "1912", "1992"} <= set(years)
    expect(events.filter(has_text="1992").first).to_have_class(re.compile("is-harm is-away"))
    events.nth(0).get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.locator("mark")).to_contain_text("1908")
    dialog.locator(".event").nth(years.index("1912")).get_by_role("button").click()
    expect(dialog.locator("mark")).to_contain_text("1912")
    expect(dialog.locator("mark")).to_be_focused()


def test_where_a_photo_was_taken_is_drawn(open_page):
    page = open_page()
    ask(page, "When was it built?")
    figure = answered(page).locator(".map")
    expect(figure).to_have_text("48.86° N, 2.29° E")
    assert figure.locator("circle").get_attribute("cx") == str(180 + page_stub.PARIS[1])
    expect(figure.get_by_role("img", name="Map: 48.86° N, 2.29° E")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(figure).to_have_text("北纬 48.86°，东经 2.29°")


def test_what_can_be_copied(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Is the Crystal Palace gone?", photo=None)
    card = answered(page)
    clipboard = "navigator.clipboard.readText()"
    card.get_by_role("button", name="Copy citation").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate(clipboard) == (
        "“On the night of 30 November 1936 a fire burnt down the whole palace.” "
        'Wikipedia, "The Crystal Palace", https://en.wikipedia.org/wiki/The_Crystal_Palace'
    )
    card.get_by_role("button", name="Copy JSON").click()
    expect(page.locator("#status")).to_have_text("Copied")
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('{'))")
    assert json.loads(page.evaluate(clipboard))["answer"]["year"] == 1936


def test_a_shared_link_shows_the_quotation_without_verdict_and_photo(open_page, site):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Is the Crystal Palace gone?")
    answered(page).get_by_role("button", name="Copy link").click()
    page.wait_for_function("navigator.clipboard.readText().then(text => text.startsWith('http'))")
    link = page.evaluate("navigator.clipboard.readText()")
    asked_and_cited = parse_qs(urlsplit(link).fragment)
    assert asked_and_cited.keys() == {"q", "document", "span", "quote"}
    site.asked.clear()

    other = open_page(link.removeprefix(site.url), wait_for=".answer:not(.is-busy)")
    card = other.locator(".answer")
    expect(card.locator(".verdict, .year, .pill, .answer-text")).to_have_count(0)
    expect(card.locator("blockquote mark")).to_contain_text("a fire burnt down the whole palace")
    expect(card).to_contain_text("From a shared link")
    assert other.input_value("#question") == "Is the Crystal Palace gone?"
    assert site.asked == []


@pytest.mark.parametrize("quote", ["The palace still stands.", ""])
def test_a_link_cannot_make_a_quotation_up(open_page, quote):
    link = f"/#q=x&document={page_stub.CRYSTAL}&span=0-5&quote={quote}&exists=yes&year=1851"
    page = open_page(link, wait_for=".answer:not(.is-busy)")
    expect(page.locator(".verdict")).to_have_text("This link no longer fits the document")


FORGED = [
    "exists=no&year=1889&event=demolished",  # what older links carried
    "exists=yes&year=1936&event=built",
    "text=It+was+sold+to+a+casino.&value=casino&current_use=a+casino",
    "title=Casino&subject=Casino&citation=The+Times&url=https://evil.example/",
    "confidence=1&score=1&abstained=false",
    "photo_url=https://evil.example/a.png&photo=https://evil.example/b.png&image=x",
    "note=Casino&reasoning=Casino&did_you_mean=Casino&conflicts=Casino",
    "quote=A+casino.&quote=Casino",  # the first of two counts
    "text=%3Cimg+src=x+onerror=alert(1)%3E&title=%3Cscript%3Ealert(1)%3C/script%3E",
    "__proto__=Casino&constructor=Casino&answer=%7B%22year%22:1889%7D",
]


@pytest.mark.parametrize("forged", FORGED)
def test_a_link_says_nothing_beside_its_quotation(open_page, forged):
    quote = "On the night of 30 November 1936 a fire burnt down the whole palace."
    link = {"q": "Does it stand?", "document": page_stub.CRYSTAL, "span": "0-9", "quote": quote}
    requests = []
    page = open_page(f"/#{urlencode(link)}&{forged}", wait_for=".answer:not(.is-busy)")
    page.on("request", lambda request: requests.append(request.url))
    card = page.locator(".answer")

    expect(card.locator("blockquote mark")).to_have_text(quote)
    expect(card.locator(".subject")).to_have_text("Crystal Palace")
    expect(card.locator(".verdict, .year, .pill, .answer-text, .answer-use")).to_have_count(0)
    expect(card.locator(".confidence, .contradiction, .reasoning, .meter")).to_have_count(0)
    expect(card).not_to_contain_text(re.compile("casino|1889 ?(built|demolished)", re.IGNORECASE))
    sources = page.eval_on_selector_all("img", "all => all.map(image => image.src)")
    assert not [url for url in [*requests, *sources] if "evil" in url]


@pytest.mark.parametrize(
    "document",
    ["../corpus", "landmarks/..", "landmarks/../../corpus", "%00/%FF", "x", "/", "a/\ud800"],
)
def test_a_link_reaches_documents_alone(open_page, document):
    link = f"/#q=x&document={quote_plus(document.encode(errors='replace'))}&span=0-5&quote=abc"
    page = open_page(link, wait_for=".answer:not(.is-busy)")
    expect(page.locator(".answer.is-error")).to_be_visible()


def test_a_remark_and_what_a_model_thought_are_shown_as_text(open_page):
    page = open_page()

    def remark(route):
        body = page_stub.answer_to("gone", has_photo=False)
        body["answer"]["note"] = "Read without the photo."
        body["answer"]["reasoning"] = "The <b>fire</b> of 1936 is the end."
        route.fulfill(body=page_stub.events(body), content_type="text/event-stream")

    page.route("**/v1/ask", remark)
    ask(page, "gone", photo=None)
    card = answered(page)
    expect(card).to_contain_text("Read without the photo.")
    thought = card.get_by_text("The <b>fire</b> of 1936 is the end.")
    expect(thought).to_be_hidden()
    card.get_by_text("What the model thought before (not checked)").click()
    expect(thought).to_be_visible()


def test_print_leaves_the_answer(open_page):
    page = open_page()
    ask(page, "gone", photo=None)
    answered(page)
    page.emulate_media(media="print")
    expect(page.locator("#ask")).to_be_hidden()
    expect(page.locator(".tools")).to_be_hidden()
    expect(page.locator(".quotation")).to_be_visible()


def test_a_dark_screen_prints_on_white_paper(open_page):
    page = open_page(scheme="dark")
    ink = "getComputedStyle(document.body).color"
    assert page.evaluate(ink) == "rgb(231, 238, 249)"
    page.emulate_media(media="print")
    assert page.evaluate(ink) == "rgb(20, 33, 58)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_read_from_a_picture_are_shown_in_it(open_page, scheme):
    page = open_page()
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 360, "height": 800})
    ask(page, "Is the palace gone, as engraved?", photo=None)
    card = answered(page)
    read = card.locator(".read-from")
    expect(read).to_contain_text("Read from the picture, certainty 0.93")
    expect(card.locator(".quotation figcaption")).to_contain_text(", p. 3")
    frames = read.locator(".read-line")
    expect(frames).to_have_count(2)
    read.locator("img").scroll_into_view_if_needed()
    expect(read.locator("img")).to_have_js_property("complete", True)
    image, frame = read.locator("img").bounding_box(), frames.first.bounding_box()
    middle = (frame["x"] + frame["width"] / 2 - image["x"]) / image["width"]
    assert middle == pytest.approx(0.25 + 0.5 / 2, abs=0.02)
    down = (frame["y"] + frame["height"] / 2 - image["y"]) / image["height"]
    assert down == pytest.approx(0.5 + 0.1 / 2, abs=0.03)
    assert image["x"] + image["width"] <= 360
    cited = page.locator(".card", has=page.locator(".cited"))
    expect(cited.locator(".card-place")).to_have_text(
        "p. 3 · Read from the picture, certainty 0.93"
    )
    expect(cited.locator(".thumb .read-line")).to_have_count(2)


def test_a_copied_citation_has_its_page(open_page):
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    ask(page, "Is the palace gone, as engraved?", photo=None)
    answered(page).get_by_role("button", name="Copy citation").click()
    expect(answered(page).get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert ", p. 3 (Read from the picture, certainty 0.93), https://" in copied
