import json
from dataclasses import replace

import pytest
from readings import candidate, reading

from knowledge.errors import ModelError, QueryError
from vlm.readers.base import Draft
from vlm.readers.schema import InvalidAnswerError, answer_schema, draft_from, years_in

READING = reading()
SCHEMA = answer_schema(READING)
ANSWER = {
    "subject": "corpus/station",
    "source": "corpus/station#0",
    "quote": "The Old Station was demolished in 1992.",
    "exists": False,
    "year": 1992,
    "year_event": "demolished",
    "current_use": None,
    "confidence": "high",
    "text": "It was demolished in 1992.",
}
ABSTAINS = {
    **ANSWER,
    "source": None,
    "quote": "",
    "exists": None,
    "year": None,
    "year_event": None,
    "text": "No passage says.",
}


def draft(answer, given=READING, schema=SCHEMA):
    return draft_from(json.dumps(answer, ensure_ascii=False), given, schema)


def test_sources_and_years_are_those_that_stand_in_the_evidence():
    properties = SCHEMA["properties"]
    assert properties["source"]["enum"] == ["corpus/station#0", "corpus/tower#0", None]
    assert properties["subject"]["enum"] == ["corpus/station", "corpus/tower", None]
    assert properties["year"]["enum"] == [1889, 1912, 1992, None]
    assert SCHEMA["required"] == [name for name in properties if name != "value"]
    assert list(properties)[-1] == "value"
    assert SCHEMA["additionalProperties"] is False


def test_years_before_the_common_era_and_in_chinese():
    given = reading(candidate("gate", "始建于公元前515年。", "Built in 330 BC, rebuilt in 1436."))
    assert years_in(given.candidates) == [-515, -330, 1436]


def test_without_evidence_nothing_can_be_cited():
    schema = answer_schema(replace(READING, candidates=()))
    assert schema["properties"]["source"]["enum"] == [None]
    assert schema["properties"]["year"]["enum"] == [None]


def test_an_answer_becomes_a_draft():
    assert draft(ANSWER) == Draft(
        text="It was demolished in 1992.",
        document_id="corpus/station",
        exists=False,
        year=1992,
        year_event="demolished",
        passage_id="corpus/station#0",
        quote="The Old Station was demolished in 1992.",
        confidence=0.9,
    )


def test_a_value_is_kept_and_may_be_left_out():
    assert draft({**ANSWER, "value": "1992"}) == replace(draft(ANSWER), value="1992")
    assert draft({**ANSWER, "value": None}) == draft({**ANSWER, "value": ""}) == draft(ANSWER)
    with pytest.raises(InvalidAnswerError, match="value"):
        draft({**ANSWER, "value": 1992})


def test_a_fence_around_the_json_is_forgiven():
    fenced = f"```json\n{json.dumps(ANSWER)}\n```"
    assert draft_from(fenced, READING, SCHEMA) == draft(ANSWER)


def test_no_source_abstains_and_says_what_is_missing():
    known = draft(ABSTAINS)
    assert (known.passage_id, known.reason) == (None, "not_in_evidence")
    assert known.document_id == "corpus/station"
    assert draft({**ABSTAINS, "subject": None}).reason == "nothing_similar"
    no_photo = replace(READING, photos=())
    assert draft({**ABSTAINS, "subject": None}, no_photo).reason == "not_in_evidence"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"year": 1850}, "1850"),
        ({"year": 1992.0}, "1992.0"),
        ({"source": "corpus/cathedral#0"}, "cathedral"),
        ({"exists": "no"}, "exists"),
        ({"exists": 0}, "exists"),
        ({"confidence": 0.9}, "confidence"),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_place(change, says):
    with pytest.raises(InvalidAnswerError, match=says):
        draft({**ANSWER, **change})


def test_a_missing_field_is_refused():
    with pytest.raises(InvalidAnswerError, match="quote"):
        draft({name: value for name, value in ANSWER.items() if name != "quote"})


@pytest.mark.parametrize(
    "text", ["", "The answer is 1992.", '{"subject": NaN}', "[" * 100_000, "null", "[]"]
)
def test_anything_but_a_json_object_is_refused(text):
    with pytest.raises(ModelError):
        draft_from(text, READING, SCHEMA)


OWN = {
    "type": "object",
    "properties": {
        "total": {"type": "number"},
        "lines": {"type": "array", "items": {"type": "string"}, "maxItems": 2},
    },
}


def test_a_callers_own_fields_stand_beside_source_and_quote():
    given = replace(READING, answer_schema=OWN)
    schema = answer_schema(given)
    assert {"source", "quote", "fields"} <= set(schema["properties"])
    assert "year" not in schema["properties"]
    answer = {name: ANSWER[name] for name in ("subject", "source", "quote", "confidence", "text")}
    fields = {"total": 1.5, "lines": ["a"]}
    assert draft({**answer, "fields": fields}, given, schema).fields == fields
    with pytest.raises(InvalidAnswerError, match=r"fields\.lines has 3 items"):
        draft({**answer, "fields": {"total": 1, "lines": ["a"] * 3}}, given, schema)


@pytest.mark.parametrize(
    ("own", "says"),
    [
        ({"type": "array", "items": {"type": "string"}}, "object"),
        ({"type": "object"}, "properties"),
        ({"type": "object", "properties": {"a": {"type": "text"}}}, "text"),
        ({"type": "object", "properties": {"a": {"$ref": "#"}}}, "ref"),
        ({"type": "object", "properties": {"a": {}}}, "schema.a"),
        ({"type": "object", "properties": {"a": {"type": "string", "pattern": "("}}}, "pattern"),
        ([], "object"),
    ],
)
def test_a_schema_that_cannot_be_enforced_is_refused(own, says):
    with pytest.raises(QueryError, match=says):
        answer_schema(replace(READING, answer_schema=own))


def test_reasoning_comes_first_and_is_kept():
    schema = answer_schema(READING, reasoning=True)
    assert next(iter(schema["properties"])) == "reasoning"
    assert draft({"reasoning": "Hm.", **ANSWER}, schema=schema).reasoning == "Hm."


@pytest.mark.parametrize(
    "said",
    [
        {"year": "1992"},
        {"exists": "false", "current_use": "null"},
        {"confidence": "High", "year_event": " Demolished"},
        {"bbox_2d": [1, 2, 30, 40], "answer": "1992"},
        {"current_use": ...},
        {"current_use": ..., "exists": "False", "year": "1992 "},
    ],
)
def test_the_same_in_another_form_is_taken_where_no_server_enforced_it(said):
    written = {key: value for key, value in {**ANSWER, **said}.items() if value is not ...}
    assert draft(written) == draft(ANSWER)


@pytest.mark.parametrize(
    "said",
    [
        {"year": "1993"},
        {"year": 1992.5},
        {"confidence": "certain"},
        {"source": ...},
        {"subject": ...},
        {"quote": ...},
        {"subject": "The Old Station"},
    ],
)
def test_what_says_something_else_is_not(said):
    written = {key: value for key, value in {**ANSWER, **said}.items() if value is not ...}
    with pytest.raises(InvalidAnswerError):
        draft(written)
