"""What the workers of one server share."""

import time

import pytest

from api.workers.sharing import Sharing
from knowledge.deadline import within
from knowledge.errors import DeadlineError


def test_a_worker_waits_for_another_no_longer_than_the_request_has_left(tmp_path):
    one, two = Sharing(2, tmp_path).writing(), Sharing(2, tmp_path).writing()
    with one:
        started = time.monotonic()
        with pytest.raises(DeadlineError, match="another worker"), within(0.2), two:
            pass
        assert 0.2 <= time.monotonic() - started < 2
    for _ in range(2):
        with within(0.2), two:
            pass
    with one:  # which the other has not kept
        pass
