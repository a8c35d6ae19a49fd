"""Stages report themselves, through threads, to whoever collects and to nobody else."""

import asyncio
from contextlib import contextmanager

import pytest

from knowledge.stages import Stages, collected, report, stage, timings


def test_a_stage_is_measured_and_reported_when_it_ends():
    seen = []

    @contextmanager
    def span(name):
        seen.append(f"{name} begins")
        yield
        seen.append(f"{name} ends")

    stages = Stages(span=span, ended=lambda name, seconds: seen.append((name, seconds >= 0)))
    with collected(stages), stage("read"):
        seen.append("work")
    assert seen == ["read begins", "work", "read ends", ("read", True)]
    assert list(stages.timings) == ["read"]


def test_a_stage_that_is_gone_through_twice_has_the_sum():
    with collected() as stages:
        report("encode", 0.25)
        report("encode", 0.5)
        assert timings() == {"encode": 0.25 + 0.5}
    assert stages.timings == {"encode": 0.75}


def test_a_stage_that_fails_is_not_reported():
    with collected() as stages, pytest.raises(ValueError, match="no"), stage("read"):
        raise ValueError("no")
    assert stages.timings == {}


def test_without_a_collector_a_stage_costs_nothing_and_is_told_nobody():
    with stage("read"):
        report("cache", 1.0)
    assert timings() == {}


def test_a_thread_of_the_work_reports_to_its_collector():
    def work():
        with stage("encode"):
            pass

    async def request() -> dict[str, float]:
        with collected():
            await asyncio.to_thread(work)
            return timings()

    assert set(asyncio.run(request())) == {"encode"}
    assert timings() == {}
