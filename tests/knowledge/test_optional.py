"""What is computed beside an answer fails by itself."""

import logging

import pytest

from knowledge.optional import optional


def broken() -> list[str]:
    raise ValueError("a rule met a text that nobody foresaw")


def test_a_result_is_passed_on():
    assert optional(lambda: ["1889"], otherwise=[], what="timeline", document_id="c/a") == ["1889"]


def test_a_failure_is_left_out_and_logged_once_for_each_document(
    caplog: pytest.LogCaptureFixture,
):
    with caplog.at_level(logging.ERROR, logger="knowledge.optional"):
        for document_id in ("c/b", "c/b", "c/d"):
            found = optional(broken, otherwise=[], what="timeline", document_id=document_id)
            assert found == []

    assert [record.getMessage() for record in caplog.records] == [
        "The timeline of c/b failed and is left out.",
        "The timeline of c/d failed and is left out.",
    ]
    assert all(record.exc_info for record in caplog.records)


def test_only_errors_are_caught():
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        optional(stop, otherwise=None, what="timeline", document_id="c/e")
