"""Ask a SnapCite server about a photograph, and get an answer with its source.

    with Client("http://127.0.0.1:8000", api_key="…") as snapcite:
        result = snapcite.ask("station.jpg", "When was it demolished?")
        print(result.answer.text, result.answer.source)

`AsyncClient` has the same methods, to be awaited. What goes wrong is one of these, and nothing
else but `ValueError` and `OSError` for what was wrong before anything was sent:

    SnapCiteError
    ├── TransportError        nothing was answered
    │   └── TransportTimeout  …in time
    ├── ResponseError         what answered is no SnapCite server, or another version
    └── ProblemError          the server refused; status, type, title, detail, request_id
        ├── BadRequest        400, 413, 415, 422
        │   └── PhotoRefused  the photo is damaged, too large or no photo
        ├── Unauthorized      401
        ├── Forbidden         403
        ├── NotFound          404
        ├── RateLimited       429; retry_after
        ├── Unavailable       503; retry_after
        ├── DeadlineExceeded  504; retry_after
        └── ServerFault       any other 5xx
"""

from snapcite_client._client import AsyncClient, Client
from snapcite_client._errors import (
    BadRequest,
    DeadlineExceeded,
    Forbidden,
    NotFound,
    PhotoRefused,
    ProblemError,
    RateLimited,
    ResponseError,
    ServerFault,
    SnapCiteError,
    TransportError,
    TransportTimeout,
    Unauthorized,
    Unavailable,
)
from snapcite_client._models import (
    Alignment,
    Answer,
    AskResult,
    Batch,
    BatchItem,
    Box,
    Candidate,
    Conflict,
    Corpus,
    Document,
    Encoder,
    Entry,
    Event,
    Evidence,
    Field,
    Health,
    HeldPicture,
    IndexFacts,
    Listing,
    Models,
    Page,
    PhotoFacts,
    Picture,
    Removed,
    SearchResult,
    Source,
    Subject,
    Written,
)
from snapcite_client._photos import Photo, Photos
from snapcite_client._retries import Retries

__all__ = [
    "Alignment",
    "Answer",
    "AskResult",
    "AsyncClient",
    "BadRequest",
    "Batch",
    "BatchItem",
    "Box",
    "Candidate",
    "Client",
    "Conflict",
    "Corpus",
    "DeadlineExceeded",
    "Document",
    "Encoder",
    "Entry",
    "Event",
    "Evidence",
    "Field",
    "Forbidden",
    "Health",
    "HeldPicture",
    "IndexFacts",
    "Listing",
    "Models",
    "NotFound",
    "Page",
    "Photo",
    "PhotoFacts",
    "PhotoRefused",
    "Photos",
    "Picture",
    "ProblemError",
    "RateLimited",
    "Removed",
    "ResponseError",
    "Retries",
    "SearchResult",
    "ServerFault",
    "SnapCiteError",
    "Source",
    "Subject",
    "TransportError",
    "TransportTimeout",
    "Unauthorized",
    "Unavailable",
    "Written",
]
