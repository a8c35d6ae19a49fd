"""Front matter as other programs write it."""

import pytest
from support import encoded, photo

from knowledge.corpus import open_corpus
from knowledge.corpus.front import split_front
from knowledge.documents import Document, Problem
from knowledge.errors import CorpusError


def read(folder):
    items = list(open_corpus(folder, name="c").read())
    assert not [item for item in items if isinstance(item, Problem)]
    return {item.id: item for item in items if isinstance(item, Document)}


@pytest.mark.parametrize(
    "written",
    [
        "images: [gate.jpg]",
        "images:\n  - gate.jpg",
        "image: gate.jpg",
        "image: /gate.jpg",
        "featured_image: gate.jpg",
        "cover:\n  image: gate.jpg\n  alt: The gate",
        "header:\n  teaser: gate.jpg",
        "resources:\n  - src: gate.jpg\n    title: The gate",
        'image: "[[gate.jpg]]"',
        "image: [[gate.jpg]]",
        'image: "![The gate](gate.jpg)"',
        "params:\n  image: gate.jpg",
        "thumbnail: ../gate.jpg",
    ],
)
def test_pictures(written):
    front, body = split_front(f"---\ntitle: Gate\n{written}\n---\nIt stands.")
    assert [path.lstrip("./") for path in front.photos] == ["gate.jpg"]
    assert body == "It stands."


@pytest.mark.parametrize("place", ["gate.jpg", "posts/gate.jpg", "static/gate.jpg"])
def test_pictures_are_found_where_websites_keep_them(tmp_path, place):
    (tmp_path / "posts").mkdir()
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_bytes(encoded(photo(1)))
    (tmp_path / "posts" / "one.md").write_text("---\nimage: /gate.jpg\n---\nIt stands.")
    documents = read(tmp_path)
    assert [found.path for found in documents["posts/one"].photos] == [place]
    assert len(documents) == 1


def test_what_else_other_makers_write():
    front, _ = split_front(
        "---\ntitle: Gate\nlang: de_AT\ndate: 2020-05-01\nauthor: A. Maker\nlayout: post\n"
        "draft: false\ncategories: [gates, walls]\ntags: town, wall\n"
        "aliases: [/old/gate/, The arch]\nauthors:\n  - name: B. Maker\n    role: editor\n"
        "images: [https://example.org/a.jpg]\n---\nx"
    )
    assert (front.language, front.tags) == ("de-AT", ("gates", "walls", "town", "wall"))
    assert front.aliases == ("The arch",)
    said = dict(front.pairs)
    assert said["date"] == "2020-05-01"
    assert said["author"] == "A. Maker"
    assert any("B. Maker" in value for value in said.values())
    assert said["images"] == "https://example.org/a.jpg"
    assert not {"layout", "draft"} & set(said)


def test_a_language_that_is_none_stays_a_fact():
    front, _ = split_front("---\ntitle: Gate\nlang: Klingon of the east\n---\nx")
    assert front.language == ""
    assert ("lang", "Klingon of the east") in front.pairs


def test_toml():
    front, body = split_front(
        '+++\ntitle = "Gate"\ndate = 1912-05-01\n[cover]\nimage = "gate.jpg"\n'
        '[taxonomies]\ntags = ["wall"]\n+++\nIt stands.'
    )
    assert (front.title, front.photos, front.tags) == ("Gate", ("gate.jpg",), ("wall",))
    assert dict(front.pairs)["date"] == "1912-05-01"
    assert body == "It stands."
    for broken, words in (("+++\ntitle = \n+++\nx", "not valid TOML"), ("+++\nx", "no end")):
        with pytest.raises(CorpusError, match=words):
            split_front(broken)


def test_json():
    front, body = split_front('{\n  "title": "Gate",\n  "images": ["gate.jpg"]\n}\n\nIt stands.')
    assert (front.title, front.photos, body.strip()) == ("Gate", ("gate.jpg",), "It stands.")
    assert split_front("{ it is no JSON }")[1] == "{ it is no JSON }"
