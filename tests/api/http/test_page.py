"""The page's files, without a browser: complete, small, in two languages, within a strict CSP."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[3] / "api" / "static"
PAGES = {"index.html": "app.js", "corpus.html": "corpus.js"}
"""Each page's own script."""
ROUTES = {"/", "/docs", "/corpus"}
"""What the pages link to that is not a file."""

MOST_BYTES = 165_500
SVG_NAMESPACE = "http://www.w3.org/2000/svg"


class Elements(HTMLParser):
    """Every element of a document: `(tag, attributes, its own text)`."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], list[str]]] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))

    def handle_data(self, data):
        if self.found:
            self.found[-1][2].append(data)


@pytest.fixture(scope="module", params=PAGES)
def name(request):
    """Every page in turn."""
    return request.param


@pytest.fixture(scope="module")
def elements(name):
    return Elements((STATIC / name).read_text(encoding="utf-8")).found


@pytest.fixture(scope="module")
def files():
    """Path relative to the static folder -> text."""
    return {
        path.relative_to(STATIC).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(STATIC.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def scripts(files):
    return {name: text for name, text in files.items() if name.endswith(".js")}


def texts_of(code: str) -> dict[str, str]:
    """The module's object, which is JSON by agreement."""
    return json.loads(code.split("export default ", 1)[1].rstrip().rstrip(";"))


@pytest.fixture(scope="module")
def english(files):
    return texts_of(files["js/texts/en.js"]) | texts_of(files["js/texts/corpus.en.js"])


@pytest.fixture(scope="module")
def chinese(files):
    return texts_of(files["js/texts/zh.js"]) | texts_of(files["js/texts/corpus.zh.js"])


def references(files, start):
    """Every static file that is reached from the file `start`, itself included."""
    reached, to_read = set(), [start]
    while to_read:
        name = to_read.pop()
        reached.add(name)
        text = files.get(name, "")
        targets = re.findall(r"[\"`'(]/static/([\w./-]+)", text)
        for target in re.findall(r'(?:from |import\()"(\./[^"]+)"', text):
            path = (STATIC / name).parent / target
            targets.append(path.resolve().relative_to(STATIC).as_posix())
        to_read += set(targets) - reached
    return reached


def test_every_file_that_is_referred_to_exists(files, name):
    assert references(files, name) - set(files) == set()


def test_every_file_is_referred_to(files):
    assert set(files) == {file for page in PAGES for file in references(files, page)}


def test_what_a_page_links_to_is_a_file_or_a_route(elements):
    for _, attributes, _ in elements:
        for key in ("href", "src"):
            value = attributes.get(key) or ""
            assert not value or value in ROUTES or value.startswith(("#", "/static/")), value


def test_nothing_inline_that_a_strict_policy_forbids(elements):
    for tag, attributes, text in elements:
        handlers = [name for name in attributes if name.startswith("on")]
        assert not handlers, (tag, handlers)
        assert "style" not in attributes, tag
        assert tag != "style"
        if tag == "script":
            assert attributes["type"] == "module"
            assert attributes["src"]
            assert "".join(text).strip() == ""


def test_nothing_comes_from_elsewhere(files):
    for name, text in files.items():
        addresses = set(re.findall(r"https?://[^\s\"'`)<>]+", text)) - {SVG_NAMESPACE}
        assert addresses == set(), name
        assert not re.search(r"[\"'(]//\w", text), name
        assert "@import" not in text, name


def test_data_never_becomes_markup_or_code(scripts):
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc"
    )
    assert {name for name, text in scripts.items() if re.search(forbidden, text)} == set()


def test_scripts_set_no_style_attribute(scripts):
    # Setting `element.style.x` is allowed by the policy, an attribute `style` is not.
    pattern = r"setAttribute\(\s*[\"']style|[{,]\s*style:"
    assert {name for name, text in scripts.items() if re.search(pattern, text)} == set()


@pytest.mark.parametrize("spoken", ["en", "zh"])
def test_a_page_is_light(files, name, spoken):
    other = {"en": "js/texts/zh.js", "zh": "js/texts/en.js"}[spoken]
    loaded = references(files, name) - {other}
    assert sum(len(files[each].encode()) for each in loaded) <= MOST_BYTES


def test_files_are_short(scripts, files):
    prose = {"js/texts/en.js", "js/texts/zh.js"}
    long = {
        name: text.count("\n")
        for name, text in files.items()
        if name not in prose and text.count("\n") > 300
    }
    assert long == {}


def test_every_module_begins_by_saying_what_it_knows(scripts):
    assert {name for name, text in scripts.items() if not text.startswith("// ")} == set()


def test_both_languages_have_the_same_texts(english, chinese):
    assert list(english) == list(chinese)
    for key, text in english.items():
        assert text.strip(), key
        assert chinese[key].strip(), key
        placeholders = [sorted(re.findall(r"\{(\w+)\}", each)) for each in (text, chinese[key])]
        assert placeholders[0] == placeholders[1], key


def test_chinese_is_chinese_with_chinese_punctuation(chinese):
    for key, text in chinese.items():
        if key in {"page.switch", "page.switchLabel", "score.other", "map.both"}:
            continue
        assert re.search(r"[\u4e00-\u9fff]", text), key
        assert not re.search(r"[\u4e00-\u9fff][,:;?!]", text), key


def test_every_used_text_exists_and_every_text_is_used(english, files):
    code = "\n".join(text for name, text in files.items() if not name.startswith("js/texts/"))
    rooms = {key.split(".")[0] for key in english}
    literal = {
        key for key in re.findall(r'"([a-z]+\.[A-Za-z_.]+)"', code) if key.split(".")[0] in rooms
    }
    plurals = {key.rsplit(".", 1)[0] for key in english if key.endswith(".one")}
    assert literal - set(english) == plurals
    # Keys such as `event.${event}` are made of a room and a value.
    made = tuple(re.findall(r"`([a-z]+\.)\$\{", code))
    assert {
        key
        for key in english
        if key not in literal and key.rsplit(".", 1)[0] not in plurals and not key.startswith(made)
    } == set()


def test_a_page_is_written_in_english_before_any_script_runs(elements, english):
    seen = 0
    for _, attributes, text in elements:
        if key := attributes.get("data-text"):
            assert "".join(text).strip() == english[key]
            seen += 1
        if key := attributes.get("data-label"):
            shown = attributes.get("aria-label")
            # The language button's words are its label until the page can switch at all.
            assert shown in (english[key], None), key
        if key := attributes.get("data-placeholder"):
            assert attributes["placeholder"] == english[key]
    assert seen > 10


def test_the_document_is_well_formed_for_everybody(elements):
    tags = [tag for tag, _, _ in elements]
    by_id = [attributes["id"] for _, attributes, _ in elements if attributes.get("id")]
    html = next(attributes for tag, attributes, _ in elements if tag == "html")
    metas = {a.get("name"): a.get("content") for t, a, _ in elements if t == "meta"}
    assert html["lang"] == "en"
    assert "width=device-width" in metas["viewport"]
    assert "user-scalable" not in metas["viewport"]
    assert metas["color-scheme"] == "light dark"
    assert len(by_id) == len(set(by_id))
    assert tags.count("h1") == 1
    assert tags.count("main") == 1
    for _, attributes, _ in elements:
        for name in ("for", "aria-labelledby"):
            if value := attributes.get(name):
                # The dialogs' titles come with what they show.
                assert value in by_id or value in {"document-title", "history-title"}
        if (attributes.get("href") or "").startswith("#"):
            assert attributes["href"][1:] in by_id
    for tag, attributes, _ in elements:
        if tag == "button":
            assert attributes["type"] in {"button", "submit"}
        if tag == "img":
            assert "alt" in attributes


def test_a_page_s_script_finds_the_elements_it_names(elements, scripts, name):
    by_id = {attributes.get("id") for _, attributes, _ in elements}
    named = set(re.findall(r'(?:byId|getElementById)\("([\w-]+)"\)', scripts[PAGES[name]]))
    assert named
    assert named - by_id == set()


def test_links_that_leave_the_page_give_nothing_away(scripts):
    for name, text in scripts.items():
        opened = text.count('target: "_blank"')
        assert text.count('target: "_blank", rel: "noopener noreferrer"') == opened, name
