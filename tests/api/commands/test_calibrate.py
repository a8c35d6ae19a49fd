"""What `snapcite calibrate` and the doctor say of an index's own measurement."""

from api.commands.calibrate import in_words
from search.resemblance.resemblance import Resemblance, Scale

SCALE = Scale.model_construct(foreign=0.41, spread=0.06)


def test_photos_and_their_changed_views_are_counted_apart():
    found = Resemblance.model_construct(
        asked=113, views=48, photos=65, subjects=60, scale=SCALE,
        false_refusals=None, false_matches=None,
    )  # fmt: skip
    assert in_words(found) == (
        "asked with 65 of 65 photos of 60 documents and 48 changed views of them; strangers at "
        "cosine 0.41 ± 0.06; too few to say how many are refused or matched falsely"
    )


def test_shares_are_of_known_and_of_unknown_photos():
    found = Resemblance.model_construct(
        asked=1, views=0, photos=1, subjects=1, scale=SCALE,
        false_refusals=0.04, false_matches=0.1,
    )  # fmt: skip
    assert in_words(found) == (
        "asked with 1 of 1 photo of 1 document; strangers at cosine 0.41 ± 0.06; expected: 4% of "
        "known photos refused, 10% of unknown ones matched"
    )
