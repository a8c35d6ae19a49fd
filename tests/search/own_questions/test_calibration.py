"""An index asked what its own texts answer, with the answer there and hidden, and what it keeps."""

from dataclasses import replace

import pytest
from sample_documents import corpus_of, make_documents
from support import TinyEncoder

from api.commands.checks import _check_own_questions
from api.commands.own_questions import figures_of_reader, questions_in_words
from api.settings import load_settings
from indexer.run import fingerprint_of, index_corpus
from knowledge.documents import Document, Field
from knowledge.index import layout
from knowledge.index.index import open_index
from knowledge.index.transfer import copy_index
from search.confidence import Fit, Fits
from search.own_questions import ask_itself, has_grown, read_figures
from search.pipeline import Pipeline
from search.query import Query
from vlm.readers import Draft, Reading
from vlm.readers.extractive import ExtractiveReader

NAMES = ["Amber", "Basalt", "Cedar", "Delta", "Ember", "Fjord", "Garnet", "Harbour", "Indigo",
         "Jasper", "Kelp", "Lagoon"]  # fmt: skip
FIT = Fit(intercept=-1.0, weights={"reader": 4.0}, threshold=0.6, wrong_per_100=5, questions=10,
          data={"testset: corpus": 10}, date="2026-01-01")  # fmt: skip


class ByLabel:
    """Quotes the line whose label the question has; a careless one quotes another line instead."""

    def __init__(self, *, careless: bool) -> None:
        self.name = "careless" if careless else "careful"
        self._careless = careless

    def read(self, reading: Reading) -> Draft:
        document = next(c for c in reading.candidates if c.title in reading.question)
        for passage in document.passages:
            lines = passage.text.split("\n")
            found = [line for line in lines if line.split(":")[0].lower() in reading.question]
            if found or self._careless:
                quote = (found or lines)[0]
                return Draft(quote, document.document_id, value=quote.split(": ")[1],
                             passage_id=passage.passage_id, quote=quote, confidence=0.9,
                             composed=True, reader=self.name)  # fmt: skip
        return Draft("", document.document_id, reason="not_in_evidence", composed=True)


def hall(number: int) -> Document:
    text, fields = "", []
    rows = {
        "Architect": f"A. Moss{number}",
        "Mason": f"Q. Rook{number}",
        "Cost": f"{number}70 crowns",
    }
    for label, value in rows.items():
        line = f"{label}: {value}"
        fields.append(Field(label, value, len(text), len(text) + len(line)))
        text += f"{line}\n"
    return Document("corpus", f"h{number}", f"{NAMES[number]} Hall", text.strip(), "en",
                    source="Archive", fields=tuple(fields))  # fmt: skip


@pytest.fixture
def index(tmp_path):
    encoder = TinyEncoder()
    with open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of([hall(n) for n in range(12)], tmp_path), index, encoder)
        yield index


def asking(index, reader, **options):
    fits = Fits(readers={reader.name: FIT})
    return ask_itself(Pipeline(index, TinyEncoder(), reader, fits=fits), **options)


def test_it_tells_a_careful_reader_from_one_that_answers_anything(index):
    careful = asking(index, ByLabel(careless=False), questions=12)
    careless = asking(index, ByLabel(careless=True), questions=12)
    assert (careful.right, careful.wrong, careful.refused) == (12, 0, 12)
    assert (careless.right, careless.wrong, careless.refused) == (12, 0, 0)
    assert careful.sources == {"field": 12}
    assert "12 answered rightly and 0 wrongly with the answer there, 12 refused" in (
        questions_in_words(careful)
    )
    assert careful.read_rightly == (4 + 12) / (5 + 12)
    assert careless.read_rightly == (4 + 12) / (5 + 12 + 12 / 4)
    few = careful.model_copy(update={"asked": careful.asked[:4]})
    assert few.read_rightly == (4 + 4) / (5 + 4)
    assert few.model_copy(update={"asked": few.asked[:3]}).read_rightly is None
    sections = tuple(each.model_copy(update={"source": "section"}) for each in careful.asked)
    assert careful.model_copy(update={"asked": sections}).read_rightly is None
    assert "too few" in questions_in_words(careful.model_copy(update={"asked": careful.asked[:5]}))
    # Both are kept, each for its reader and model.
    assert [each.reader for each in read_figures(index)] == ["careless", "careful"]
    assert figures_of_reader(read_figures(index), "careful", "") == careful
    assert figures_of_reader(read_figures(index), "careful", "another") is None


class Model(ByLabel):
    """A model, which looks at photos; what it writes is its own."""

    photo_side = evidence_side = 64

    def warm_up(self) -> None:
        """Nothing is loaded."""

    def read(self, reading: Reading) -> Draft:
        return replace(super().read(reading), composed=False, reader="")


class Astray(Model):
    """A model that quotes the first line, whatever is asked."""

    def __init__(self) -> None:
        super().__init__(careless=True)
        self.name = "astray"

    def read(self, reading: Reading) -> Draft:
        return super().read(replace(reading, question=f"What is {reading.question[-13:]}"))


class Foremost(Model):
    """A model that quotes the sentence that comes first; one that is careful only of the subject
    that the question names."""

    def read(self, reading: Reading) -> Draft:
        for document in reading.candidates:
            named = document.title in reading.question
            for passage in document.passages if named or self._careless else ():
                quote = passage.text.split("\n")[-1]
                return Draft(
                    quote, document.document_id, value=quote, passage_id=passage.passage_id,
                    quote=quote, confidence=0.9,
                )  # fmt: skip
        return Draft("", reason="not_in_evidence")


def test_texts_of_one_sentence_are_asked_and_what_is_left_of_them_is_their_name(tmp_path):
    encoder = TinyEncoder()
    birds = [
        Document("corpus", f"b{n}", f"{name} Finch",
                 f"{name} Finch\nThe {name} Finch eats seeds and nests in {thing}.", "en")
        for n, (name, thing) in enumerate(zip(NAMES, reversed(NAMES), strict=True))
    ]  # fmt: skip
    search = FIT.model_copy(update={"weights": {"first": 3.0}, "threshold": 0.5})
    shares = {}
    with open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True) as index:
        index_corpus(corpus_of(birds, tmp_path), index, encoder)
        for careless in (False, True):
            reader = Foremost(careless=careless)
            pipeline = Pipeline(index, encoder, reader, fits=Fits(readers={"model": search}))
            found = ask_itself(pipeline, questions=12)
            assert found.sources == {"sentence": 12}
            shares[reader.name] = found.read_rightly
    assert shares["careful"] == (4 + 12) / (5 + 12)
    assert shares["careless"] == (4 + 12) / (5 + 12 + 12 / 4)


def test_a_model_without_a_fit_is_believed_as_far_as_it_reads_the_index_s_own_questions(index):
    query = Query("What is the mason of Cedar Hall?")
    search = FIT.model_copy(update={"weights": {"first": 3.0}, "threshold": 0.5})
    answers = {}
    for model in (Model(careless=False), Astray()):
        pipeline = Pipeline(index, TinyEncoder(), model, fits=Fits(readers={"model": search}))
        before = pipeline.ask(query).answer
        figures = ask_itself(pipeline, questions=36)
        pipeline.read_rightly = figures.read_rightly
        assert ask_itself(pipeline, questions=36) == figures  # asked without what it said itself
        after = pipeline.ask(query).answer
        assert not before.abstained
        answers[model.name] = after
        if not after.abstained:
            assert after.confidence == pytest.approx(before.confidence * figures.read_rightly)
        # One with a fit of its own is judged by that alone.
        pipeline.fits = Fits(readers={"model": search, model.name: search})
        assert pipeline.ask(query).answer.confidence == before.confidence
    assert answers["careful"].value == "Q. Rook2"
    assert answers["astray"].reason == "low_confidence"


def test_nothing_that_is_answered_depends_on_it(index):
    reader = ByLabel(careless=False)
    pipeline = Pipeline(index, TinyEncoder(), reader, fits=Fits(readers={reader.name: FIT}))
    query = Query("What is the mason of Cedar Hall?")
    before = pipeline.ask(query).answer
    assert ask_itself(pipeline, questions=6) is not None
    assert pipeline.withholds
    assert pipeline.ask(query).answer == before
    assert before.value == "Q. Rook2"


def test_it_stops_when_its_time_is_up_and_says_what_it_left_out(index):
    found = asking(index, ByLabel(careless=False), questions=12, seconds=-1.0)
    assert found is None
    assert read_figures(index) == []
    calls: list[tuple[int, int]] = []
    found = asking(index, ByLabel(careless=False), questions=5,
                   on_progress=lambda done, total: calls.append((done, total)))  # fmt: skip
    assert (len(found.asked), found.left_out, calls[-1]) == (5, 0, (5, 5))


def test_documents_of_one_title_are_not_asked_apart(tmp_path):
    encoder = TinyEncoder()
    with open_index(str(tmp_path / "twins"), fingerprint_of(encoder), create=True) as index:
        twins = [replace(hall(n), title="Town Hall") for n in range(4)]
        index_corpus(corpus_of(twins, tmp_path), index, encoder)
        assert asking(index, ByLabel(careless=False), questions=4) is None


def test_figures_stay_through_updates_and_pushes_and_are_of_their_encoders(index, tmp_path):
    figures = asking(index, ByLabel(careless=False), questions=12)
    encoder = TinyEncoder()
    assert not has_grown(index, figures)
    for number in range(12, 15):
        more = replace(hall(number % 12), id=f"h{number}", title=f"Number {number}")
        index_corpus(replace(corpus_of([more], tmp_path), name=f"c{number}"), index, encoder)
    assert read_figures(index) == [figures]
    assert has_grown(index, figures)
    (finding,) = _check_own_questions(index, load_settings())
    assert (finding.check, finding.state) == ("own questions", "ok")
    assert questions_in_words(figures) in finding.seen
    assert "changed much" in finding.seen
    _, unasked = _check_own_questions(index, load_settings(reader="openai", reader_model="m"))
    assert (unasked.state, unasked.todo[:23]) == ("warning", "Run `snapcite calibrate")
    said = {}
    for name, there, hidden in (("ok", 0.9, 0.0), ("never refuses", 0.9, 0.9), ("wrong", 0.9, 0.0)):
        asked = [
            each.model_copy(update={"there": there, "hidden": hidden, "right": name != "wrong"})
            for each in figures.asked
        ]
        found = figures.model_copy(
            update={"reader": "openai", "model": "m", "asked": tuple(asked), "threshold": 0.3}
        )
        index.keep_calibration({"readers": [found.model_dump()]}, layout.OWN_QUESTIONS)
        (told,) = _check_own_questions(index, load_settings(reader="openai", reader_model="m"))
        said[name] = (told.state, (told.todo or "")[:24])
    assert said == {
        "ok": ("ok", ""), "never refuses": ("warning", "It answers nearly always"),
        "wrong": ("warning", "All of its answers are w"),
    }  # fmt: skip
    index.keep_calibration({"readers": [figures.model_dump()]}, layout.OWN_QUESTIONS)
    with open_index(str(tmp_path / "there"), fingerprint_of(encoder), create=True) as there:
        copy_index(index, there)
        assert read_figures(there) == [figures]
    foreign = figures.model_copy(update={"encoder": "other"}).model_dump()
    for readers in (None, 3, [{"method": 0}, 7], [foreign]):
        index.keep_calibration({"readers": readers}, layout.OWN_QUESTIONS)
        assert read_figures(index) == []


def test_the_bundled_reader_refuses_what_stands_in_sentences_that_are_hidden(tmp_path):
    encoder = TinyEncoder(languages=("en", "zh"))
    with open_index(str(tmp_path / "index"), fingerprint_of(encoder), create=True) as index:
        documents = make_documents(tmp_path / "corpus")
        index_corpus(corpus_of(documents, tmp_path / "corpus"), index, encoder)
        pipeline = Pipeline(index, encoder, ExtractiveReader(), fits=Fits())
        found = ask_itself(pipeline, questions=8)
    assert found.sources["event"] >= 4
    assert set(found.sources) == {"event", "sentence"}
    assert found.right >= 7
    assert found.refused >= 6
