import numpy as np
from PIL import Image
from support import photo

from search.resemblance.views import changed_view


def test_a_view_is_a_part_of_the_photo_and_always_the_same():
    whole = photo(3, size=(400, 300))
    views = [changed_view(whole, "a", number) for number in range(20)]
    for number, view in enumerate(views):
        assert view.mode == "RGB"
        assert 0.35 < view.width * view.height / (400 * 300) < 0.85
        assert np.array_equal(view, changed_view(whole, "a", number))
    assert len({view.tobytes() for view in views}) == 20


def test_odd_photos_have_views_too():
    for size, mode in (((1, 1), "RGB"), ((3000, 2), "L"), ((5, 900), "P"), ((300, 200), "RGBA")):
        for number in range(8):
            view = changed_view(Image.new(mode, size), "x", number)
            assert view.width >= 1
            assert view.height >= 1
            assert max(view.size) <= 448
