"""Whatever the documents say and whatever is asked, `ask` and `search` raise nothing of their own.

`SNAPCITE_EXAMPLES=2000 pytest tests/search/test_random_documents.py` looks for longer.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sample_documents import corpus_of
from support import TinyEncoder, photo

from indexer.run import fingerprint_of, index_corpus
from knowledge.documents import Document
from knowledge.errors import InputError
from knowledge.index.index import Index, open_index
from search.browse import suggest
from search.evidence import stored_chronologies
from search.pipeline import Pipeline
from search.query import Query
from vlm.chronology import timeline
from vlm.readers.extractive import ExtractiveReader

EXAMPLES = int(os.environ.get("SNAPCITE_EXAMPLES", "25"))

_WORDS = """
    the a this It They was were is are not no longer still built begun opened rebuilt demolished
    destroyed burnt restored used as museum station view Wetlands Church Marlin tower of in by
    between and until since about 1935 1889 515 BC 19th century 1890s today once only part
"""
WORDS = st.sampled_from(_WORDS.split())
HAN = st.sampled_from(
    "这座桥建于年拆除毁现存仍在原址重建被火烧公元前一八九〇二十世纪火车站塔它是的了"
)
MARKS = st.sampled_from([*".,?!;:。，、“()\n", ", ", "\n\n"])
ENGLISH = st.lists(st.one_of(WORDS, WORDS, MARKS), max_size=40).map(" ".join)
CHINESE = st.lists(st.one_of(HAN, HAN, HAN, MARKS), max_size=60).map("".join)
SENTENCES = st.lists(
    st.sampled_from(
        [
            "This is the view, in 1935.",
            "The Marlin Church was built in 1890.",
            "The Marlin Church was built in 1895.",
            "It is.",
            "Was, in 1901, the.",
            "这是,1935年。",
            "1957年被拆除。",
            "Year: 1903. Event: Opened.",
            "The same year it burnt.",
        ]
    ),
    max_size=8,
).map(" ".join)
TEXTS = st.one_of(ENGLISH, CHINESE, SENTENCES, st.text(max_size=120))
NAMES = st.one_of(
    st.sampled_from(["Wetlands", "Martin Church", "老车站", "Old", "塔", "The view, in 1935"]),
    st.text(min_size=1, max_size=30).filter(str.strip),
)
DOCUMENTS = st.lists(
    st.tuples(
        NAMES, TEXTS.filter(str.strip), st.sampled_from(["en", "zh"]), st.lists(NAMES, max_size=2)
    ),
    min_size=1,
    max_size=3,
)
QUESTIONS = st.one_of(
    ENGLISH,
    CHINESE,
    NAMES.map(lambda name: f"Is the {name} still there?"),
    NAMES.map(lambda name: f"When was {name} built?"),
    NAMES.map(lambda name: f"{name}还在吗?"),
    st.sampled_from(["Is the Marlin Church still standing?", "When was the Matrin Church built?"]),
    st.text(max_size=60),
)


@pytest.fixture(scope="module")
def scratch(
    tmp_path_factory: pytest.TempPathFactory, encoder: TinyEncoder
) -> Iterator[tuple[Index, Path]]:
    root = tmp_path_factory.mktemp("random")
    with open_index(str(root / "index"), fingerprint_of(encoder), create=True) as index:
        yield index, root


@settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(told=DOCUMENTS, questions=st.lists(QUESTIONS, min_size=1, max_size=3), shown=st.booleans())
def test_random_documents_are_asked_about_without_an_error(
    scratch: tuple[Index, Path],
    encoder: TinyEncoder,
    told: list[tuple[str, str, str, list[str]]],
    questions: list[str],
    shown: bool,
):
    index, root = scratch
    documents = [
        Document("corpus", f"d{number}", title, text, language, aliases=tuple(aliases))
        for number, (title, text, language, aliases) in enumerate(told)
    ]
    index_corpus(corpus_of(documents, root), index, encoder)
    pipeline = Pipeline(index, encoder, ExtractiveReader())
    for question in questions:
        try:
            query = Query(question, (photo(1),) if shown else ())
            found = pipeline.search(query)
            asked = pipeline.answer(query, found)
        except InputError:
            continue
        source = asked.answer.source
        if source is not None:
            text = index.whole.document(source.document_id)[0].text
            assert text[source.start : source.end] == source.quote
    chronologies = stored_chronologies(index.whole, [each.document_id for each in documents])
    for document in documents:
        for event in timeline(chronologies[document.document_id]):
            assert document.text[event.start : event.end].strip()
    assert suggest(documents, chronologies, language="en", n=3)
