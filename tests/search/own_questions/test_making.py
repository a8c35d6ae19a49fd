"""Questions that a document's own text answers, and what is left without the answering lines."""

import random
import time

from knowledge.chunks import chunk
from knowledge.documents import Document, Field
from knowledge.language import fold
from search.evidence import Subject
from search.own_questions.hiding import without_lines
from search.own_questions.making import questions_of, spread
from vlm.chronology import Chronology, chronology_of

WORDS = ["stone", "river", "lamp", "gate", "field", "copper", "ladder", "mill", "harbour"]


def record(number: int, rows: dict[str, str], *, title: str = "", language: str = "en") -> Document:
    text, fields = "", []
    for label, value in rows.items():
        line = f"{label}: {value}"
        fields.append(Field(label, value, len(text), len(text) + len(line)))
        text += f"{line}\n"
    name = title or f"Plate {number} of the survey"
    return Document("records", f"r{number}", name, text.strip(), language, fields=tuple(fields))


def asked(document: Document) -> dict[str, tuple[str, ...]]:
    found = questions_of(document, chronology_of(document))
    return {question.text: question.values for question in found}


def test_fields_are_asked_for_by_their_labels_in_the_language_of_the_record():
    plate = record(4, {"Photographer": "Ada Moss", "box_number": "12-B", "Seen at": "https://a.b"})
    assert asked(plate) == {
        "What is the photographer of Plate 4 of the survey?": ("Ada Moss",),
        "What is the box number of Plate 4 of the survey?": ("12-B",),
    }
    chinese = record(5, {"摄影者": "陈一"}, title="老码头", language="zh")
    assert asked(chinese) == {"老码头的摄影者是什么?": ("陈一",)}


def test_what_stands_elsewhere_too_is_not_asked_for():
    twice = record(1, {"Photographer": "Ada Moss", "Copyright": "Estate of Ada Moss", "Box": "12"})
    assert asked(twice) == {
        "What is the copyright of Plate 1 of the survey?": ("Estate of Ada Moss",),
        "What is the box of Plate 1 of the survey?": ("12",),
    }  # the photographer's name would be left in the copyright's line
    titled = record(2, {"Street": "Dock Road"}, title="Dock Road looking east")
    assert asked(titled) == {}


def test_prose_is_asked_for_dated_events_and_for_words_of_its_sentences():
    text = (
        "The Corn Hall was built in 1866. It had a glass roof.\n\nRestoration\n"
        "The roof was taken down piece by piece and every pane was numbered, cleaned and put back "
        "by the guild.\n\nTrade\nFarmers from nine parishes sold barley under the clock every "
        "Thursday: wool too.\nThe roof rests on 24 iron columns."
    )
    hall = Document("towns", "hall", "Corn Hall", text, "en")
    found = questions_of(hall, chronology_of(hall))
    assert [(each.source, each.text, each.values) for each in found] == [
        ("event", "When was Corn Hall built?", ("1866",)),
        ("sentence", "About Corn Hall: the roof was taken down piece by piece and every pane was "
         "numbered, cleaned and put back by what?", ("guild",)),
        ("sentence", "About Corn Hall: the roof rests on how many iron columns?", ("24",)),
    ]  # fmt: skip
    lines = [text[slice(*span)] for each in found for span in each.lines]
    assert lines[0] == "The Corn Hall was built in 1866."
    assert lines[2] == "The roof rests on 24 iron columns."


def test_chinese_prose_is_asked_clause_by_clause_and_no_other_language_is():
    dish = Document("food", "d", "糖醋排骨", "糖醋排骨是江南的名菜，家家会做。"
                    "主料用猪肋排，要选新鲜的。烧开以后再煮四十分钟，趁热上桌。", "zh")  # fmt: skip
    assert asked(dish) == {
        "糖醋排骨是什么?": ("江南的名菜",),
        "关于糖醋排骨: 主料用什么?": ("猪肋排",),
        "关于糖醋排骨: 烧开以后再煮多少分钟?": ("四十",),
    }
    german = "Die Halle wurde in der Altstadt gebaut. Sie ruht auf 24 Säulen aus Eisen."
    assert asked(Document("towns", "h", "Kornhalle", german, "de")) == {}


def test_a_text_with_nothing_else_is_asked_for_its_sections():
    text = (
        "Restoration\nTaken down piece by piece: every pane was numbered, cleaned, put back: all "
        "nine: guild work.\nTrade\nBarley: under the clock every Thursday; wool: in the yard "
        "behind it on the first Monday of each."
    )
    found = questions_of(Document("towns", "hall", "Corn Hall", text, "en"), Chronology())
    assert [(each.source, each.about) for each in found] == [
        ("section", "Restoration"), ("section", "Trade"),
    ]  # fmt: skip
    assert "Trade" not in text[slice(*found[0].lines[0])]


def test_lines_of_a_plain_text_s_record_are_fields_and_other_scripts_are_not_asked():
    card = Document("cards", "c", "Ferry papers", "Box: 21\nDonor: I. Falk\nExtent: 3 m", "en")
    assert {each.source for each in questions_of(card, Chronology())} == {"field"}
    foreign = Document("cards", "d", "Мост", "Коробка: 21\nДаритель: Фальк\nОбъём: 3 м", "ru")
    assert questions_of(foreign, Chronology()) == []


def test_they_are_spread_over_documents_and_over_what_is_asked_for():
    rows = {"Photographer": "A{} Moss", "Box": "b{}", "Medium": "plate {}"}
    made = [
        questions_of(record(n, {k: v.format(n + 100) for k, v in rows.items()}), Chronology())
        for n in range(6)
    ]
    chosen = spread(made, 6)
    assert len({each.document_id for each in chosen}) == 6
    labels = [each.about for each in chosen]
    assert {label: labels.count(label) for label in labels} == {
        "photographer": 2, "box": 2, "medium": 2,
    }  # fmt: skip
    assert chosen == spread(reversed(made), 6)  # whatever order the store has
    assert len(spread(made, 100)) == 18


def test_what_is_hidden_is_nowhere_and_what_is_left_stands_where_it_says():
    rng = random.Random(3)
    for _ in range(150):
        rows = {
            f"{label.title()} {n}": f"{rng.choice(WORDS)} {rng.randrange(10**6, 10**7)}"
            for n, label in enumerate(rng.sample(WORDS, rng.randrange(2, 7)))
        }
        document = record(rng.randrange(99), rows)
        passages = tuple(
            chunk(document.document_id, document.text, max_tokens=rng.choice((8, 30, 200)),
                  count_tokens=lambda text: 2 + len(text.split()))
        )  # fmt: skip
        subject = Subject(document, 1, {}, {}, None, passages,
                          {p.ordinal: {"bm25": 1.0} for p in passages})  # fmt: skip
        question = rng.choice(questions_of(document, Chronology()))
        left = without_lines(subject, question.lines)
        hidden = question.values[0]
        assert hidden not in left.document.text
        assert all(hidden not in passage.text for passage in left.passages)
        kept = [each for each in document.fields if each.value != hidden]
        assert [(each.label, each.value) for each in left.document.fields] == [
            (each.label, each.value) for each in kept
        ]
        for each in left.document.fields:
            line = left.document.text[each.start : each.end]
            assert fold(line) == fold(f"{each.label}: {each.value}")
        for passage in left.passages:
            assert left.document.text[passage.start : passage.end] == passage.text
        assert set(left.passage_scores) == {passage.ordinal for passage in left.passages}


def test_a_hostile_document_costs_no_time():
    rows = {f"Label{n}": f"value {n} {'x' * 100}" for n in range(20_000)}
    began = time.monotonic()
    assert questions_of(record(1, rows), Chronology()) == []  # too long a text
    heads = "\n".join(f"Heading {n}\n{'word ' * 4}" for n in range(1_500))
    prose = Document("corpus", "p", "Old Mill", heads, "en")
    assert len(questions_of(prose, Chronology())) <= 40
    assert time.monotonic() - began < 20
