"""A small server for the page's browser tests: the real static files, canned answers.

It knows the page's side of the HTTP contract and real documents of `data/`, no model and no index.
The question decides what it answers, so that a test can ask for any state of the page:
`standing`, `gone`, `built`, `use`, `designed`, `architect`, `谁设计`, `exact`, `abstain`,
`foreign`, `unread`, `unsure`; `slow` (no evidence, ever), `reading`
(evidence, no answer), `halfway` (evidence, then an error), `torn` (evidence, then the end),
`broken`, `large`. With `engraved` the quotation was read from a picture, on page 3. With `held` the
photo is a cropped and mirrored copy of one that is indexed, with `foreign` it is not indexed.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Any

import uvicorn
import yaml
from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response, StreamingResponse
from fastapi.staticfiles import StaticFiles

from knowledge.documents import Document
from vlm.chronology import chronology_of, timeline

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "api" / "static"
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self'; "
    "script-src 'self'"
)
EIFFEL, TAJ, CHARMINAR = "landmarks/eiffel_tower", "landmarks/taj_mahal", "landmarks/charminar"
PARIS = (48.858, 2.294)
"""Latitude and longitude of the Eiffel Tower's photo."""
JINAN, CRYSTAL = "lost_buildings/jinan_old_railway_station", "lost_buildings/crystal_palace"

PAXTON = "Joseph Paxton designed it for the Great Exhibition, which was held in Hyde Park in 1851."
VALUES = {
    "built": "1889",
    "designed": "Joseph Paxton",
    "谁设计": "Joseph Paxton",
    "architect": "赫尔曼·菲舍尔",
    "exact": "31 March 1889",
}
"""Word in the question -> the answer's value, where it has one."""

UNSURE = "The question is about a bridge. What looks most like it here, Taj Mahal, is a tomb."
CANDIDATES = [
    {
        "document_id": document_id,
        "title": title,
        "photo_id": photo_id,
        "photo_url": photo_id and f"/v1/photos/{photo_id}",
        "nearness": nearness,
        "how_near": "somewhat alike",
        "why": why,
        "turned": turned,
    }
    for document_id, title, photo_id, nearness, why, turned in (
        (TAJ, "Taj Mahal", "taj_mahal", 0.74, "another_kind", 180),
        (CHARMINAR, "Charminar", None, 0.5, "looks_like", 0),
    )
]
"""What a refusal asks about."""

# word in the question -> document, exists, year, event, use, answer's text, quotation
ANSWERS: dict[str, tuple[Any, ...]] = {
    "gone": (
        CRYSTAL,
        False,
        1936,
        "demolished",
        None,
        "No. The Crystal Palace burnt down in 1936 and was not rebuilt.",
        "On the night of 30 November 1936 a fire burnt down the whole palace.",
    ),
    "拆除": (
        JINAN,
        False,
        1992,
        "demolished",
        None,
        "济南老火车站已于1992年开始拆除，今天已不存在。",
        "1992年7月1日，老站房开始拆除。",
    ),
    "built": (
        EIFFEL,
        None,
        1889,
        "built",
        None,
        "The Eiffel Tower was completed in 1889.",
        "The tower was completed on 31 March 1889.",
    ),
    "designed": (CRYSTAL, None, None, None, None, PAXTON, PAXTON),
    "谁设计": (CRYSTAL, None, None, None, None, f"据资料：“{PAXTON}”", PAXTON),
    "architect": (
        JINAN,
        None,
        None,
        None,
        None,
        "The source says: “设计者是德国建筑师赫尔曼·菲舍尔。”",
        "设计者是德国建筑师赫尔曼·菲舍尔。",
    ),
    "exact": (
        EIFFEL,
        None,
        1889,
        "built",
        None,
        "The tower was completed on 31 March 1889.",
        "The tower was completed on 31 March 1889.",
    ),
    "use": (
        EIFFEL,
        True,
        None,
        None,
        "a tourist attraction with viewing floors and restaurants",
        "Today it is a tourist attraction with viewing floors and restaurants, and it also "
        "carries radio and television aerials.",
        "Today it is a tourist attraction with viewing floors and restaurants, and it also "
        "carries radio and television aerials.",
    ),
    "": (
        CHARMINAR,
        True,
        None,
        None,
        None,
        "Yes. The Charminar still stands.",
        "The Charminar still stands.",
    ),
}


def photo_days(document_id: str) -> list[dict[str, str]]:
    """When a document's photo was taken; the Charminar's stands there twice, later first."""
    if document_id != CHARMINAR:
        return [{}]
    return [{"taken_at": "2019-05-04T10:00:00"}, {"taken_at": "1911-05-04"}]


def read_document(document_id: str) -> dict[str, Any]:
    """A document of `data/` as `GET /v1/documents` gives it."""
    corpus, name = document_id.split("/")
    raw = (ROOT / "data" / corpus / "knowledge" / f"{name}.md").read_text(encoding="utf-8")
    _, front, text = raw.split("---\n", 2)
    head = yaml.safe_load(front)
    text = text.strip()
    document = Document(corpus, name, head["title"], text, head["language"])
    taken = PARIS if document_id == EIFFEL else (None, None)
    return {
        "document_id": document_id,
        "title": head["title"],
        "aliases": head["aliases"],
        "language": head["language"],
        "place": head["place"],
        "citation": head["source"],
        "url": head["url"],
        "tags": head["tags"],
        "text": text,
        "photos": [
            {"photo_id": name, "photo_url": f"/v1/photos/{name}", "width": 640, "height": 480}
            | {"taken_at": None, "latitude": taken[0], "longitude": taken[1], "caption": None}
            | {"turned": 0, "seconds": None}
            | day
            for _ in head["photos"]
            for day in photo_days(document_id)
        ],
        "events": [
            {
                "year": each.year.value,
                "date": f"{each.year.value:04d}",
                "event": each.kind,
                "start": each.start,
                "end": each.end,
            }
            for each in timeline(chronology_of(document))
        ],
        "pages": [],
        "rights": "",
        "fields": [],
    }


PICTURE = {
    "photo_id": "eiffel_tower",
    "photo_url": "/v1/photos/eiffel_tower",
    "turn": 0,
    "certainty": 0.93,
    "boxes": [
        {"x": 0.25, "y": 0.5, "width": 0.5, "height": 0.1},
        {"x": 0.25, "y": 0.65, "width": 0.25, "height": 0.1},
    ],
}
"""Where the words stand that were read from a picture."""


ALIGNMENT = {
    "homography": [[-0.8, 0.0, 0.9], [0.0, 0.8, 0.1], [0.0, 0.0, 1.0]],
    "points": [[x / 10, y / 10, 0.9 - 0.08 * x, 0.1 + 0.08 * y] for x in (2, 5, 8) for y in (3, 7)],
    "matches": 214,
    "agreement": 0.98,
    "overlap": [1.0, 0.64],
}
"""A picture that is the middle of another one, mirrored."""


def held(verdict: str) -> dict[str, Any]:
    """What the index holds of the photo that was sent."""
    there = verdict != "none"
    return {
        "verdict": verdict,
        "photo": 0,
        "photo_id": "eiffel_tower" if there else None,
        "photo_url": "/v1/photos/eiffel_tower" if there else None,
        "document_id": EIFFEL if there else None,
        "alignment": ALIGNMENT if there else None,
        "edits": ["cropped", "mirrored"] if there else [],
        "turned": 0,
        "verified": True,
    }


def passages(document: dict[str, Any]) -> list[tuple[int, int]]:
    """The spans of a document's paragraphs: good enough for a passage here."""
    spans, start = [], 0
    for paragraph in document["text"].split("\n\n"):
        spans.append((start, start + len(paragraph)))
        start += len(paragraph) + 2
    return spans


def evidence(document_id: str, rank: int, *, has_photo: bool, needle: str = "") -> list[dict]:
    """A document's evidence: its photo, and the passage that holds `needle`."""
    document = read_document(document_id)
    shared = {key: document[key] for key in ("document_id", "title", "citation", "url")}
    start, end = next(
        span for span in passages(document) if needle in document["text"][slice(*span)]
    )
    shared |= {"page": None, "picture": None, "seconds": None, "turned": 0}
    items = []
    if has_photo and document["photos"]:
        items.append(
            shared
            | {"kind": "photo", "text": None, "start": None, "end": None, "rank": rank}
            | {"photo_url": document["photos"][0]["photo_url"]}
            | {"scores": {"image": 0.83 - 0.11 * rank, "rrf": 0.21 / rank}}
        )
    items.append(
        shared
        | {"kind": "passage", "text": document["text"][start:end], "start": start, "end": end}
        | {"rank": rank, "photo_url": None}
        | {"scores": {"question_text": 0.62 - 0.05 * rank, "bm25": 12.3 / rank, "rrf": 0.2 / rank}}
    )
    return items


def contradiction() -> dict[str, Any]:
    """Another source, which gives another year."""
    document = read_document(EIFFEL)
    quote = "Construction began on 28 January 1887."
    start = document["text"].index(quote)
    return {key: document[key] for key in ("document_id", "title", "citation", "url")} | {
        "year": 1887,
        "exists": None,
        "quote": quote,
        "start": start,
        "end": start + len(quote),
        "language": document["language"],
        "page": None,
        "picture": None,
    }


def answer_to(question: str, *, has_photo: bool) -> dict[str, Any]:
    """The whole answer document for a question."""
    others = [TAJ, CHARMINAR, EIFFEL]
    turned = 90 if has_photo and "sideways" in question else 0
    if any(word in question for word in ("abstain", "foreign", "unread", "unsure")):
        unsure = "unsure" in question
        foreign = unsure or "foreign" in question
        unread = "language_not_read" if "unread" in question else "not_in_evidence"
        reason = "nothing_similar" if foreign else unread
        shown = [item for n, d in enumerate(others, 1) for item in evidence(d, n, has_photo=True)]
        subject = None if foreign else {"document_id": TAJ, "title": "Taj Mahal"}
        answer = dict.fromkeys(
            ("exists", "year", "date", "year_event", "value", "current_use", "source")
        ) | {
            "subject": subject,
            "text": UNSURE if unsure else "The documents about Taj Mahal do not say.",
            "conflicts": [],
            "confidence": 0.0,
            "abstained": True,
            "reason": reason,
            "candidates": CANDIDATES if unsure else [],
            "fields": None,
            "fields_withheld": {},
            "reasoning": None,
            "note": None,
            "turned": turned,
        }
        meant = question.replace("Tja", "Taj")
        result = _result(answer, shown, meant if meant != question else None)
        return result | {"picture": held("none")} if foreign and has_photo else result
    key = next(word for word in ANSWERS if word in question)
    document_id, exists, year, event, use, text, quote = ANSWERS[key]
    document = read_document(document_id)
    # The corpus's Chinese writes half-width commas; the quotation is the document's own words.
    quote = quote if quote in document["text"] else quote.replace("，", ",")
    start = document["text"].index(quote)
    answer = {
        "subject": {"document_id": document_id, "title": document["title"]},
        "exists": exists,
        "year": year,
        "date": None if year is None else str(year),
        "year_event": event,
        "value": VALUES.get(key),
        "current_use": use,
        "text": text,
        "source": {key: document[key] for key in ("document_id", "title", "citation", "url")}
        | {"quote": quote, "start": start, "end": start + len(quote)}
        | {"language": document["language"], "page": None, "picture": None},
        "conflicts": [contradiction()] if "contested" in question else [],
        "confidence": 0.93,
        "abstained": False,
        "reason": None,
        "candidates": [],
        "fields": None,
        "fields_withheld": {},
        "reasoning": None,
        "note": None,
        "turned": turned,
    }
    shown = evidence(document_id, 1, has_photo=has_photo, needle=quote)
    if "engraved" in question:
        for each in (answer["source"], shown[-1]):
            each |= {"page": 3, "picture": PICTURE}
    for rank, other in enumerate((d for d in others if d != document_id), start=2):
        shown += evidence(other, rank, has_photo=has_photo)
    result = _result(answer, shown)
    return result | {"picture": held("same_shot")} if "held" in question else result


def _result(answer: dict[str, Any], shown: list[dict], meant: str | None = None) -> dict[str, Any]:
    return {
        "answer": answer,
        "did_you_mean": meant,
        "note": None,
        "photos_turned": [answer["turned"]] if answer["turned"] else [],
        "picture": None,
        "evidence": shown,
        "timings": {"encode": 0.05, "retrieve": 0.02, "read": 0.01, "total": 0.214},
        "models": {"encoder": "starter", "reader": "extractive"},
        "request_id": "req-1",
    }


def events(result: dict[str, Any]) -> str:
    """A whole result as the API streams it."""
    answer = {key: value for key, value in result.items() if key != "evidence"}
    found = {key: value for key, value in result.items() if key != "answer"}
    return _event("evidence", found) + _event("answer", answer) + _event("done", {})


async def stream(request: Request, question: str, result: dict[str, Any]) -> AsyncIterator[str]:
    """The result as the question wants it: whole, in part, or never."""
    first, rest = events(result).split("\n\n", 1)
    if "slow" not in question:
        yield first + "\n\n"
    while "slow" in question or "reading" in question:
        if await request.is_disconnected():
            return
        await asyncio.sleep(0.05)
    if "halfway" in question:
        yield _event("error", {"status": 500, "detail": "", "request_id": "req-500"})
    elif "torn" not in question:
        yield rest


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n"


def _problem(status: int, title: str, detail: str) -> JSONResponse:
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    return JSONResponse(
        body,
        status_code=status,
        media_type="application/problem+json",
        headers={"X-Request-ID": "req-500"},
    )


def make_app(asked: list[dict[str, Any]], keys: Collection[str] = ()) -> FastAPI:
    """The server; what the page sends is appended to `asked`. With `keys` it wants one of them."""
    app = FastAPI()

    @app.middleware("http")
    async def strict(request: Request, call_next: Any) -> Response:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        if keys and request.url.path.startswith("/v1/") and sent not in keys:
            return _problem(401, "A key is needed", "No key was sent.")
        response = await call_next(request)
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        response.headers["Cache-Control"] = "no-cache"
        return response

    @app.get("/")
    def page() -> FileResponse:
        return FileResponse(STATIC / "index.html")

    @app.get("/health")
    def health() -> dict[str, Any]:
        return {"films": {"most_seconds": 60, "most_bytes": 1_500_000}}

    @app.get("/ready")
    def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/v1/ask")
    async def ask(request: Request) -> Any:
        async with request.form() as form:
            question, language = str(form["question"]), form.get("language")
            photos = [(part.filename, await part.read()) for part in form.getlist("photo")]
        asked.append(
            {"question": question, "photos": photos, "language": language}
            | {"region": form.get("region")}
            | ({"filters": form["filters"]} if "filters" in form else {})
        )
        if "broken" in question:
            return _problem(500, "Internal error", "The answer could not be made.")
        if "large" in question:
            return _problem(413, "Photo too large", "The photo has 61 MB; at most 20 MB are read.")
        result = answer_to(question, has_photo=bool(photos))
        return StreamingResponse(stream(request, question, result), media_type="text/event-stream")

    @app.get("/v1/documents/{corpus}/{name}")
    def document(corpus: str, name: str) -> dict[str, Any]:
        return read_document(f"{corpus}/{name}")

    @app.get("/v1/photos/{name}/alignment/{other}")
    def alignment(name: str, other: str) -> dict[str, Any]:
        found = ALIGNMENT if name == other else None
        return {"alignment": found, "same_shot": found is not None, "verified": True}

    @app.get("/v1/photos/{name}")
    def photo(name: str) -> FileResponse:
        return FileResponse(ROOT / "data" / "landmarks" / "photos" / f"{name}.webp")

    @app.get("/v1/suggestions")
    def suggestions(text: str = "") -> dict[str, Any]:
        known = [(EIFFEL, "built", "Eiffel Tower"), (CRYSTAL, "demolished", "Crystal Palace")]
        return {
            "suggestions": [
                {"kind": kind, "document_id": document_id, "name": name}
                for document_id, kind, name in known
                if text.lower() in name.lower()
            ]
        }

    @app.get("/v1/samples")
    def samples() -> dict[str, Any]:
        words = {"en": "When was it built?", "zh": "它是哪一年建成的？"}
        names = sorted(path.stem for path in (ROOT / "data/landmarks/queries").glob("*.webp"))
        return {
            "samples": [
                {
                    "photo_url": f"/v1/samples/{name}/photo",
                    "title": name.replace("_", " ").title(),
                    "questions": words,
                    "attribution": "Photo: somebody, Public Domain",
                }
                for name in names
            ]
        }

    @app.get("/v1/samples/{name}/photo")
    def sample_photo(name: str) -> FileResponse:
        return FileResponse(ROOT / "data" / "landmarks" / "queries" / f"{name}.webp")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


if __name__ == "__main__":
    uvicorn.run(make_app([]), host="127.0.0.1", port=8777, log_level="warning")
