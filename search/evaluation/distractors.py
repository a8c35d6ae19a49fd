"""Questions that must be abstained from, made out of answerable ones.

Leave one out: the subject in the photo is hidden from the index, so what is left resembles it and
is not it: the hard kind. Foreign: photos of nothing indexed, with questions about other photos.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from knowledge.errors import InputError
from search.evaluation.judge import is_labelled
from search.evaluation.testset import LabelledQuestion

_PHOTOS = (".jpg", ".jpeg", ".png", ".webp")


def leave_one_out(
    questions: Sequence[LabelledQuestion], document_ids: Collection[str]
) -> list[LabelledQuestion]:
    """Each answerable photo question again, with the documents that hold its answer hidden.

    Args:
        questions: of test sets.
        document_ids: all of the index; namesakes in other corpora are hidden with the labelled.
    """
    return [
        replace(
            question,
            id=f"{question.id}/hidden",
            kind="unanswerable",
            document=None,
            exists=None,
            year=None,
            answer=None,
            origin="leave_one_out",
            hidden=tuple(
                id_ for id_ in sorted(document_ids) if is_labelled(question.document, id_)
            ),
        )
        for question in questions
        if question.photo is not None and question.answerable and question.document is not None
    ]


def foreign(
    folder: Path, questions: Sequence[LabelledQuestion], *, count: int
) -> list[LabelledQuestion]:
    """Photos of a folder that show nothing indexed, each with a question about another photo.

    Args:
        folder: of photos; `count` of them are taken, evenly spread over the sorted names.
        questions: whose wording is used, in turn; those with a photo.

    Raises:
        InputError: there are no photos in the folder, or no questions about photos.
    """
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _PHOTOS)
    asked = [q for q in questions if q.photo is not None and q.answerable]
    if not found or not asked:
        raise InputError(
            f"Foreign photos need a folder of photos and questions about photos: {folder} holds "
            f"{len(found)} photos, the test sets {len(asked)} such questions."
        )
    photos = found[:: max(1, len(found) // count)][:count]
    return [
        replace(
            asked[number % len(asked)],
            id=f"{photo.stem}/foreign",
            photo=photo,
            kind="unanswerable",
            document=None,
            exists=None,
            year=None,
            answer=None,
            testset=folder.name,
            origin="foreign",
        )
        for number, photo in enumerate(photos)
    ]
