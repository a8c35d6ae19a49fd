"""Rates: counted by name, in this process or in a real Redis, and here while Redis is down."""

import asyncio

import pytest
from redis_server import free_port, redis_server

from api.access.limits import RateLimits, parse_rates
from knowledge.errors import ConfigurationError

THREE = parse_rates("3/minute")


def waits(limits: RateLimits, *names: str) -> list[int]:
    async def ask() -> list[int]:
        return [await limits.wait_s(THREE, name) for name in names]

    return asyncio.run(ask())


def test_a_name_may_ask_so_often_and_must_then_wait():
    first, second, third, fourth = waits(RateLimits(), *"aaaa")

    assert (first, second, third) == (0, 0, 0)
    assert 1 <= fourth <= 60


def test_names_do_not_take_from_each_other():
    assert waits(RateLimits(), *"ababab") == [0] * 6


def test_a_window_passes():
    rates = parse_rates("2/second")

    async def ask() -> list[int]:
        limits = RateLimits()
        before = [await limits.wait_s(rates, "a") for _ in range(3)]
        await asyncio.sleep(2.05)
        return [*before, await limits.wait_s(rates, "a")]

    assert asyncio.run(ask()) == [0, 0, 1, 0]


def test_the_strictest_of_several_rates_holds():
    rates = parse_rates("100/second; 2/minute")

    async def ask() -> list[bool]:
        limits = RateLimits()
        return [bool(await limits.wait_s(rates, "a")) for _ in range(3)]

    assert asyncio.run(ask()) == [False, False, True]


@pytest.mark.parametrize("text", ["many", "5", "5/fortnight", "-1/minute", "1/minute; x"])
def test_a_rate_that_is_none_is_refused(text):
    with pytest.raises(ConfigurationError, match="600/minute"):
        parse_rates(text)


def test_no_rate_is_no_limit():
    assert parse_rates(" ") == parse_rates("none") == ()


def test_replicas_count_together_in_redis():
    async def ask(url: str) -> list[bool]:
        replicas = (RateLimits(url), RateLimits(url))
        found = [bool(await replicas[i % 2].wait_s(THREE, "a")) for i in range(4)]
        for replica in replicas:
            await replica.close()
        return found

    with redis_server() as port:
        found = asyncio.run(ask(f"redis://127.0.0.1:{port}/0"))
    assert found == [False, False, False, True]


def test_without_redis_each_counts_for_itself():
    async def ask() -> list[bool]:
        limits = RateLimits(f"redis://127.0.0.1:{free_port()}/0")
        found = [bool(await limits.wait_s(THREE, "a")) for _ in range(4)]
        await limits.close()
        return found

    assert asyncio.run(ask()) == [False, False, False, True]


def test_a_url_that_is_no_redis_is_refused():
    with pytest.raises(ConfigurationError, match="SNAPCITE_REDIS_URL"):
        RateLimits("http://127.0.0.1")
