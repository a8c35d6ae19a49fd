import io

import pytest
from rich.console import Console

from api.commands.progress_bar import progress_bar


def said(done, total, **how):
    out = io.StringIO()
    with progress_bar(Console(file=out), "asking", **how) as show:
        for number in done:
            show(number, total)
    return out.getvalue().splitlines()


@pytest.mark.parametrize(
    ("done", "total", "how", "numbers"),
    [
        (range(1, 1001), 1000, {}, [*range(50, 1001, 50)]),  # 1000 / 20 = 50 apart
        (range(1, 46), 45, {}, [*range(2, 45, 2), 45]),  # 45 // 20 = 2 apart, and the last
        (range(1, 4), 3, {}, [1, 2, 3]),
        (range(31, 101), 100, {"before": 30}, [*range(35, 101, 5)]),
        (range(1, 26), 25, {"apart": 10}, [10, 20, 25]),
        (range(1, 10), 9, {"apart": 10}, []),
        ([700, 1400, 2100, 2100], 2100, {"apart": 1000}, [1400, 2100]),  # batches
    ],
)
def test_lines_where_there_is_no_terminal(done, total, how, numbers):
    expected = [f"{number:,} of {total:,} photos" for number in numbers]
    assert said(done, total, counted="photos", **how) == expected


def test_nothing_is_said_where_nothing_is_counted():
    assert said(range(100), 100) == []
