"""Whether a photo shows the subject that it is near to, as each index has measured it of itself."""

from search.resemblance.asking import (
    DEPTH,
    Question,
    Reply,
    balanced,
    judged_by_others,
    own_weights,
    replies_to,
    scale_of,
)
from search.resemblance.calibration import (
    KeptResemblance,
    calibrate,
    is_due,
    read_calibration,
    resemblance_from,
)
from search.resemblance.nearness import (
    SIGNALS,
    SIGNS,
    Near,
    Scale,
    about_the_same,
    measure,
    photos_looked_at,
)
from search.resemblance.resemblance import (
    METHOD,
    Prior,
    Resemblance,
    Weights,
    prior,
    uncalibrated,
)
from search.resemblance.views import changed_view

__all__ = [
    "DEPTH",
    "METHOD",
    "SIGNALS",
    "SIGNS",
    "KeptResemblance",
    "Near",
    "Prior",
    "Question",
    "Reply",
    "Resemblance",
    "Scale",
    "Weights",
    "about_the_same",
    "balanced",
    "calibrate",
    "changed_view",
    "is_due",
    "judged_by_others",
    "measure",
    "own_weights",
    "photos_looked_at",
    "prior",
    "read_calibration",
    "replies_to",
    "resemblance_from",
    "scale_of",
    "uncalibrated",
]
