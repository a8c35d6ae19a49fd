"""Errors of rounding to int8, worked out by hand; the ONNX side is in test_export."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vlm.encoders.export.quantize import product_error


def test_what_fits_costs_nothing():
    assert product_error(np.float32([[0, 1, 255]]), np.float32([[1], [0], [127]])) == 0


def test_a_value_between_two_steps_is_rounded():
    # steps of 1: 1.4 becomes 1, times 127; the exact product is 1.4 * 127 + 255 * 0
    error = product_error(np.float32([[1.4, 255]]), np.float32([[127], [0]]))
    np.testing.assert_allclose(error, 0.4 / 1.4, rtol=1e-5)


def test_one_outlier_drowns_the_rest():
    values = np.random.default_rng(0).normal(size=(8, 16)).astype(np.float32)
    matrix = np.random.default_rng(1).normal(size=(16, 4)).astype(np.float32)
    matrix[0] = 0  # the outlier itself says nothing
    spoilt = values.copy()
    spoilt[:, 0] = 1000
    assert product_error(values, matrix) < 0.02
    assert product_error(spoilt, matrix) > 0.5


@settings(deadline=None)
@given(st.integers(0, 1000), st.floats(0.01, 100))
def test_the_scale_of_either_side_does_not_matter(seed, scale):
    random = np.random.default_rng(seed)
    values = random.normal(size=(4, 8)).astype(np.float32)
    matrix = random.normal(size=(8, 3)).astype(np.float32)
    error = product_error(values, matrix)
    scaled = product_error(values, matrix * np.float32(scale))
    np.testing.assert_allclose(error, scaled, rtol=0.05, atol=1e-3)


def test_nothing_in_nothing_out():
    assert product_error(np.zeros((1, 2), np.float32), np.zeros((2, 1), np.float32)) == 0
