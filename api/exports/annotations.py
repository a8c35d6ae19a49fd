"""Answers as W3C Web Annotations (https://www.w3.org/TR/annotation-model/), in JSON-LD.

An annotation's target is the quotation in the document's text, or its lines' boxes in the picture
that it was read from; its body is the answer.
"""

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote as percent_encoded
from uuid import NAMESPACE_URL, uuid5

from api.exports.cited import Cited

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_MEDIA_FRAGMENTS = "http://www.w3.org/TR/media-frags/"


def annotations(cited: Sequence[Cited]) -> str:
    """One annotation, or a page of several."""
    items = [_annotation(each) for each in cited]
    if len(items) == 1:
        page = {"@context": _CONTEXT, **items[0]}
    else:
        page = {"@context": _CONTEXT, "type": "AnnotationPage", "items": items}
    return json.dumps(page, ensure_ascii=False, indent=2) + "\n"


def _annotation(cited: Cited) -> dict[str, Any]:
    targets = [_in_text(cited), *_in_picture(cited)]
    span = f"{cited.document_id}:{cited.start}:{cited.end}"
    found: dict[str, Any] = {
        "id": f"urn:uuid:{uuid5(NAMESPACE_URL, f'snapcite:{span}')}",
        "type": "Annotation",
        "motivation": "describing" if cited.comment else "highlighting",
        "created": f"{cited.accessed}T00:00:00Z",
        "target": targets[0] if len(targets) == 1 else targets,
    }
    if cited.comment:
        found["body"] = {
            "type": "TextualBody",
            "value": cited.comment,
            "format": "text/plain",
            "language": cited.comment_language,
            "purpose": "describing",
        }
    return found


def _in_text(cited: Cited) -> dict[str, Any]:
    return {
        "source": cited.url or _name("document", cited.document_id),
        "selector": [
            {
                "type": "TextQuoteSelector",
                "exact": cited.quote,
                "prefix": cited.before,
                "suffix": cited.after,
            },
            {"type": "TextPositionSelector", "start": cited.start, "end": cited.end},
        ],
    }


def _in_picture(cited: Cited) -> list[dict[str, Any]]:
    if cited.photo_id is None:
        return []
    return [
        {
            "source": _name("photo", cited.photo_id),
            "type": "SpecificResource",
            "selector": {
                "type": "FragmentSelector",
                "conformsTo": _MEDIA_FRAGMENTS,
                "value": "xywh=percent:" + ",".join(f"{100 * side:.4g}" for side in box),
            },
        }
        for box in cited.boxes
    ]


def _name(kind: str, id_: str) -> str:
    """A name for what has no address of its own."""
    return f"urn:snapcite:{kind}:{percent_encoded(id_, safe='')}"
