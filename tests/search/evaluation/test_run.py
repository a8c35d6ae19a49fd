import json
from pathlib import Path

import pytest
from support import encoded, photo

from knowledge.errors import BrokenImageError, InputError, ModelUnavailableError
from search.evaluation.observation import Cache
from search.evaluation.run import all_documents, run_questions
from search.evaluation.summary import summarise_all
from search.evaluation.systems import SYSTEMS, believe, with_readers
from search.evaluation.testset import foreign, leave_one_out, load_testset
from search.pipeline import Pipeline
from vlm.readers.base import Draft, Reading
from vlm.readers.extractive import ExtractiveReader
from vlm.readers.fallback import FallbackReader

LINE = {
    "id": "q1",
    "photo": "photos/station.jpg",
    "question": "When was this demolished?",
    "language": "en",
    "kind": "demolished",
    "document": "old_station",
    "exists": False,
    "year": 1992,
    "answer": None,
}


def write(folder: Path, *lines: dict | str) -> Path:
    (folder / "photos").mkdir(exist_ok=True)
    (folder / "photos" / "station.jpg").write_bytes(encoded(photo(1, size=(320, 240))))
    (folder / "photos" / "foreign.jpg").write_bytes(encoded(photo(55, size=(320, 240))))
    path = folder / "testset.jsonl"
    text = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_test_set_is_read_with_photos_beside_it(tmp_path):
    question = load_testset(write(tmp_path, LINE))[0]

    assert question.photo == tmp_path / "photos" / "station.jpg"
    assert (question.kind, question.year, question.answerable) == ("demolished", 1992, True)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{", "line 1: not JSON"),
        ("[]", "line 1: not an object"),
        (LINE | {"kind": "cost"}, "kind is 'cost'"),
        (LINE | {"question": None}, "question is None"),
        (LINE | {"year": "1992"}, "year is '1992', not int"),
        (LINE | {"year": True}, "year is True, not int"),
        (LINE | {"value": 7}, "value is 7, not str"),
        (LINE | {"values": "1992"}, "values is '1992', not list"),
        (LINE | {"values": ["1992", 7]}, "not a list of texts"),
        (LINE | {"value": "—"}, "not a list of texts with words"),
        (LINE | {"photo": "photos/none.jpg"}, "no photo 'photos/none.jpg'"),
        ("", "holds no questions"),
    ],
)
def test_a_malformed_test_set_is_refused_by_line(tmp_path, line, says):
    with pytest.raises(InputError, match=says):
        load_testset(write(tmp_path, line))


def test_the_labels_of_a_value_are_read_together(tmp_path):
    labelled = {"value": "1992", "values": ["July 1992", "1992年7月"]}
    question = load_testset(write(tmp_path, LINE | labelled))[0]

    assert question.values == ("1992", "July 1992", "1992年7月")
    (hidden,) = leave_one_out([question], ["corpus/old_station"])
    assert hidden.values == ()


def test_two_questions_of_one_id_are_refused(tmp_path):
    with pytest.raises(InputError, match="two questions with the id 'q1'"):
        load_testset(write(tmp_path, LINE, LINE))


EXISTS = LINE | {"question": "Does this station still stand?", "kind": "exists"}
TOWER = LINE | {"id": "q2", "photo": None, "kind": "built",
                "question": "When was the Clock Tower completed?",
                "document": "clock_tower", "exists": True, "year": 1889}  # fmt: skip
FOREIGN = LINE | {"id": "q3", "photo": "photos/foreign.jpg", "kind": "unanswerable",
                  "question": "When was it built?", "document": None,
                  "exists": None, "year": None}  # fmt: skip


class CountingReader(ExtractiveReader):
    """The extractive reader, and how often it was asked."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0

    def read(self, reading: Reading) -> Draft:
        self.asked += 1
        return super().read(reading)


class InventingReader:
    """Quotes what stands nowhere, and a year that nobody wrote."""

    name = "inventing"

    def read(self, reading: Reading) -> Draft:
        first = reading.candidates[0]
        return Draft("It fell in 1066.", first.document_id, exists=False, year=1066,
                     passage_id=first.passages[0].passage_id, quote="It fell in 1066.",
                     confidence=1.0)  # fmt: skip


def test_the_systems_answer_and_are_judged(tmp_path, index, encoder):
    questions = load_testset(write(tmp_path, EXISTS, TOWER, FOREIGN))
    outcomes = run_questions(questions, Pipeline(index, encoder, ExtractiveReader()))

    assert [outcome.right for outcome in outcomes["full"]] == [True, True, True]
    first = outcomes["full"][0]
    assert (first.rank, first.exists_right, first.year_right) == (1, True, True)
    assert (first.source_right, first.said.citation_valid) == (True, True)
    assert first.document_language == "en"
    assert outcomes["full"][2].abstained
    # A lookalike search finds nothing without a photo, and a pipeline without one sees nothing.
    assert not outcomes["nearest_photo"][1].right
    assert not outcomes["no_photo"][2].said.signals.get("photo")
    full = summarise_all(outcomes)["full"]
    assert full["overall"]["answers_right"] == 3 / 3
    assert full["by_kind"]["built"]["year_accuracy"] == 1 / 1
    assert full["overall"]["citation_validity"] == 1.0
    assert set(full["latency"]) >= {"encode", "retrieve", "read"}
    assert set(outcomes) == {system.name for system in SYSTEMS}


def test_without_the_citation_check_an_invention_gets_through(tmp_path, index, encoder):
    questions = load_testset(write(tmp_path, EXISTS, TOWER))
    outcomes = run_questions(questions, Pipeline(index, encoder, InventingReader()))
    systems = summarise_all(outcomes)

    assert [o.said.reason for o in outcomes["full"]] == ["citation_failed"] * 2
    assert systems["full"]["overall"]["withdrawn"] == 2
    assert systems["full"]["overall"]["wrong_per_100_answered"] is None
    assert systems["no_citation_check"]["overall"]["citation_validity"] == 0 / 2
    assert systems["no_citation_check"]["overall"]["wrong_per_100_answered"] == 100 * 2 / 2


def test_believing_needs_something_to_believe():
    assert "nothing is quoted" in believe(Draft("?"), {}).why


def test_a_namesake_in_another_corpus_counts_as_right(tmp_path, index, encoder):
    path = write(tmp_path, LINE | {"document": "old_station"})
    outcome = run_questions(load_testset(path), Pipeline(index, encoder, ExtractiveReader()))

    assert outcome["full"][0].question.document == "old_station"
    assert outcome["full"][0].source_right  # of corpus/old_station


def test_a_broken_photo_of_a_test_set_is_named(tmp_path, index, encoder):
    path = write(tmp_path, LINE)
    (tmp_path / "photos" / "station.jpg").write_bytes(b"")
    with pytest.raises(BrokenImageError, match=r"station\.jpg"):
        run_questions(load_testset(path), Pipeline(index, encoder, ExtractiveReader()))


def test_a_run_that_was_stopped_goes_on(tmp_path, index, encoder):
    questions = load_testset(write(tmp_path, EXISTS, TOWER, FOREIGN))
    kept = tmp_path / "cache" / "run.jsonl"

    def stop_after_one(done: int) -> None:
        raise KeyboardInterrupt

    with Cache(kept) as cache, pytest.raises(KeyboardInterrupt):
        run_questions(
            questions,
            Pipeline(index, encoder, CountingReader()),
            cache=cache,
            on_progress=stop_after_one,
        )
    # As a kill in the middle of a line leaves it.
    kept.write_text(kept.read_text(encoding="utf-8") + '{"key": "half', encoding="utf-8")

    fresh, reader = CountingReader(), CountingReader()
    whole = run_questions(questions, Pipeline(index, encoder, fresh))
    with Cache(kept) as cache:
        resumed = run_questions(questions, Pipeline(index, encoder, reader), cache=cache)
    once = reader.asked
    with Cache(kept) as cache:
        again = run_questions(questions, Pipeline(index, encoder, reader), cache=cache)

    assert 0 < once < fresh.asked
    assert reader.asked == once  # the second time nothing is asked
    for system, outcomes in whole.items():
        said = [(o.said.year, o.said.reason, o.rank, o.right) for o in outcomes]
        assert [(o.said.year, o.said.reason, o.rank, o.right) for o in resumed[system]] == said
    assert again == resumed


class ModelReader:
    """A reader with a model of a name, which fails until it is told not to."""

    name, photo_side, evidence_side = "openai", 64, 0

    def __init__(self, model: str) -> None:
        self.model, self.fails, self.asked = model, True, 0

    def warm_up(self) -> None:
        """Nothing to load."""

    def read(self, reading: Reading) -> Draft:
        self.asked += 1
        if self.fails:
            raise ModelUnavailableError("away")
        return Draft("No passage says.", reason="not_in_evidence")


def test_what_another_reader_or_another_model_said_is_not_kept_as_this_model_s(
    tmp_path, index, encoder
):
    questions, full = load_testset(write(tmp_path, EXISTS)), SYSTEMS[:1]

    def ask(model: ModelReader) -> None:
        reader = FallbackReader(model, ExtractiveReader())
        with Cache(tmp_path / "run.jsonl") as cache:
            run_questions(questions, Pipeline(index, encoder, reader), systems=full, cache=cache)

    one, two = ModelReader("one"), ModelReader("two")
    ask(one)
    one.fails = two.fails = False
    for model, asked in ((one, 2), (one, 2), (two, 1)):
        ask(model)
        assert model.asked == asked


def test_another_index_is_another_key(tmp_path, index, empty_index, encoder):
    questions = load_testset(write(tmp_path, TOWER))
    with Cache(tmp_path / "run.jsonl") as cache:
        found = run_questions(questions, Pipeline(index, encoder, ExtractiveReader()), cache=cache)
        empty = run_questions(
            questions, Pipeline(empty_index, encoder, ExtractiveReader()), cache=cache
        )
    assert found["full"][0].right
    assert empty["full"][0].said.reason == "nothing_similar"


def test_a_cache_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(InputError, match="cannot be used"):
        Cache(tmp_path)


def test_leaving_one_out_hides_the_subject_and_wants_silence(tmp_path, index, encoder):
    questions = load_testset(write(tmp_path, EXISTS, TOWER, FOREIGN))
    made = leave_one_out(questions, all_documents(index.whole))

    assert [q.id for q in made] == ["q1/hidden"]  # the one answerable question with a photo
    assert made[0].hidden == ("corpus/old_station",)
    assert not made[0].answerable
    outcomes = run_questions(made, Pipeline(index, encoder, ExtractiveReader()))
    assert "corpus/old_station" not in outcomes["full"][0].said.ranked
    full = summarise_all(outcomes)["full"]
    assert full["overall"]["questions"] == 0  # made questions are counted apart
    assert full["made"]["leave_one_out"]["questions"] == 1


def test_foreign_photos_borrow_questions_about_other_photos(tmp_path):
    questions = load_testset(write(tmp_path, EXISTS, TOWER))
    folder = tmp_path / "foreign"
    folder.mkdir()
    for seed in range(5):
        (folder / f"{seed}.jpg").write_bytes(encoded(photo(seed)))
    made = foreign(folder, questions, count=2)

    assert [q.photo.name for q in made] == ["0.jpg", "2.jpg"]
    assert {q.question for q in made} == {EXISTS["question"]}
    assert all(q.kind == "unanswerable" and q.origin == "foreign" for q in made)
    with pytest.raises(InputError, match="holds 0 photos"):
        foreign(tmp_path / "none", questions, count=2)


def test_every_system_is_named_once_and_each_further_reader_is_one():
    systems = with_readers(SYSTEMS, ["inventing"])
    assert len({system.name for system in systems}) == len(SYSTEMS) + 1
    assert systems[-1].reader == "inventing"


def test_a_further_reader_answers_the_same_questions(tmp_path, index, encoder):
    outcomes = run_questions(
        load_testset(write(tmp_path, TOWER)),
        Pipeline(index, encoder, ExtractiveReader()),
        systems=with_readers(SYSTEMS[:1], ["inventing"]),
        readers={"inventing": InventingReader()},
    )
    assert outcomes["full"][0].right
    assert outcomes["reader_inventing"][0].said.reason == "citation_failed"
