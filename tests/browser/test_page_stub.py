"""The stub that the page is tested with has every field of the real API."""

import page_stub
import pytest

from api.http import schemas


@pytest.mark.parametrize(
    "question",
    [
        "standing",
        "gone",
        "built",
        "built, contested",
        "built, engraved",
        "use",
        "abstain",
        "foreign",
        "unsure",
    ],
)
@pytest.mark.parametrize("has_photo", [True, False])
def test_its_answers_have_the_shape_of_the_api(question, has_photo):
    body = page_stub.answer_to(question, has_photo=has_photo)
    assert schemas.AskOut.model_validate(body).model_dump(mode="json") == body


@pytest.mark.parametrize("document_id", [page_stub.EIFFEL, page_stub.JINAN])
def test_its_documents_have_the_shape_of_the_api(document_id):
    body = page_stub.read_document(document_id)
    assert schemas.DocumentOut.model_validate(body).model_dump(mode="json") == body


@pytest.mark.parametrize("question", ["gone", "built", "use", "济南老火车站哪一年拆除？"])
def test_its_quotations_stand_where_they_are_said_to(question):
    source = page_stub.answer_to(question, has_photo=False)["answer"]["source"]
    text = page_stub.read_document(source["document_id"])["text"]
    assert text[source["start"] : source["end"]] == source["quote"]
