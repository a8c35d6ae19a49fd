"""Put labelled questions to systems, record each answer, and judge it.

Every observation is cached under all that it depends on, so a run that was stopped goes on, and a
second run of the same code on the same index asks nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from PIL import Image

import knowledge
import search
import vlm
from knowledge.errors import ImageError
from knowledge.index import View, layout
from knowledge.stages import collected
from knowledge.viewer import ANYBODY, Viewer
from search.evaluation.judge import Outcome, judge
from search.evaluation.observation import Cache, digest, observe
from search.evaluation.systems import SYSTEMS, System, SystemRunner
from search.evaluation.testset import LabelledQuestion, is_labelled
from search.pipeline import Pipeline
from search.query import Query
from vlm.encoders import CachedEncoder
from vlm.images import decode_image
from vlm.readers import Reader

DEPTH = 20
"""How many subjects are searched for, so that recall can be measured beyond what a person sees."""


def run_questions(
    questions: Sequence[LabelledQuestion],
    pipeline: Pipeline,
    *,
    systems: Sequence[System] = SYSTEMS,
    readers: Mapping[str, Reader] | None = None,
    cache: Cache | None = None,
    viewer: Viewer = ANYBODY,
    on_progress: Callable[[int], None] = lambda done: None,
) -> dict[str, list[Outcome]]:
    """Put every question to every system.

    Args:
        questions: what to ask.
        pipeline: its index, encoder, reader and fit are used by all systems.
        systems: the ways of answering.
        readers: name → reader, for the systems that name one.
        cache: keeps observations; the default keeps them for this run alone.
        viewer: who asks.
        on_progress: called with the number of questions done.

    Returns:
        system name → outcomes, in the order of the questions.

    Raises:
        ImageError: a photo cannot be used; the message names it.
    """
    cache = cache or Cache(None)
    documents = all_documents(pipeline.index.seen_by(viewer))
    version = digest(
        code_version(),
        pipeline.encoder.card.fingerprint,
        pipeline.text_encoder.card.fingerprint if pipeline.text_encoder else None,
        dict(pipeline.weights),
        pipeline.fits.model_dump(),
        pipeline.read_rightly,
        pipeline.index.whole.calibration(),
        viewer,
        documents,
    )
    vectors: dict[str, bytes] = {}  # of one question: each system but the first is spared encoding
    encoder = CachedEncoder(pipeline.encoder, get=vectors.get, put=vectors.__setitem__)
    further = readers or {}
    runners = [
        SystemRunner(s, pipeline, encoder, further[s.reader] if s.reader else pipeline.reader)
        for s in systems
    ]
    outcomes: dict[str, list[Outcome]] = {system.name: [] for system in systems}
    for done, question in enumerate(questions, start=1):
        language = next(
            (d["language"] for id_, d in documents.items() if is_labelled(question.document, id_)),
            None,
        )
        content = question.photo.read_bytes() if question.photo else b""
        about = (question.question, question.language, question.hidden, _sha(content))
        query: Query | None = None
        vectors.clear()
        for runner in runners:
            if question.origin != "testset" and not runner.system.asks_made:
                continue
            key = digest(version, runner.about, about)
            said = cache.get(key)
            if said is None:
                query = query or _query(question, content, pipeline, documents, viewer)
                stood_in = runner.stood_in
                with collected() as stages:
                    asked = runner.ask(query)
                said = observe(asked, pipeline.index.seen_by(viewer), timings=stages.timings)
                if runner.stood_in == stood_in:  # else a later run would take it for the model's
                    cache.put(key, said)
            outcomes[runner.system.name].append(judge(question, said, document_language=language))
        on_progress(done)
    return outcomes


def all_documents(view: View) -> dict[str, Mapping[str, Any]]:
    """The payload of every document that is seen, by id, in the order of ids."""
    records = view.store.scroll({"kind": "document"})
    found = ((layout.document_from_payload(r.payload).document_id, r.payload) for r in records)
    return dict(sorted(found, key=lambda item: item[0]))


def code_version() -> str:
    """Digest of the source code that an observation depends on: all but judging and measuring."""
    files = sorted(
        file
        for package in (knowledge, vlm, search)
        for file in Path(next(iter(package.__path__))).rglob("*.py")
        if file.parent.name != "evaluation" or file.stem in ("observation", "systems", "run")
    )
    return _sha(b"".join(file.read_bytes() for file in files))


def _query(
    question: LabelledQuestion,
    content: bytes,
    pipeline: Pipeline,
    documents: Iterable[str],
    viewer: Viewer,
) -> Query:
    photos: tuple[Image.Image, ...] = ()
    if question.photo is not None:
        try:
            photos = (decode_image(content, pipeline.photo_size).pixels,)
        except ImageError as error:
            raise type(error)(f"{question.photo}: {error}") from error
    allowed = tuple(id_ for id_ in documents if id_ not in question.hidden)
    return Query(
        question.question,
        photos,
        language=question.language,
        k=DEPTH,
        filters={"document_id": allowed} if question.hidden else {},
        viewer=viewer,
    )


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
