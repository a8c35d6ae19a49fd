"""What `snapcite calibrate` says of an index in a line."""

from dataclasses import replace

import pytest
from support import TinyEncoder

from api.commands.calibrate import in_words
from search.resemblance import uncalibrated

CARD = replace(TinyEncoder().card, foreign_below=0.5)


@pytest.mark.parametrize(
    ("asked", "views", "photos", "subjects", "begins"),
    [
        (6, 0, 6, 2, "asked with 6 of 6 photos of 2 documents; "),
        (14, 7, 7, 7, "asked with 7 of 7 photos of 7 documents and 7 changed views of them; "),
        (2, 1, 1, 1, "asked with 1 of 1 photo of 1 document and 1 changed view of them; "),
        (248, 48, 9000, 8000,
         "asked with 200 of 9,000 photos of 8,000 documents and 48 changed views of them; "),
    ],
)  # fmt: skip
def test_photos_and_changed_views_are_counted_apart(asked, views, photos, subjects, begins):
    counts = {"asked": asked, "views": views, "photos": photos, "subjects": subjects}
    assert in_words(uncalibrated(CARD).model_copy(update=counts)).startswith(begins)


def test_shares_are_of_known_and_of_unknown_photos():
    counts = {"asked": 1, "photos": 1, "subjects": 1}
    shares = {"false_refusals": 0.04, "false_matches": 0.1}
    said = in_words(uncalibrated(CARD).model_copy(update=counts | shares))
    assert said.endswith("expected: 4% of known photos refused, 10% of unknown ones matched")
