"""When a service that failed is tried again; times are the clock's seconds."""

from knowledge.circuit_breaker import CircuitBreaker


def test_some_failures_in_a_row_open_it_and_the_pause_allows_one_attempt():
    now = 0.0
    breaker = CircuitBreaker(failures=2, pause=30.0, clock=lambda: now)
    breaker.failed()
    assert breaker.allows()
    breaker.failed()
    assert not breaker.allows()
    now = 30.0
    assert breaker.allows()
    assert not breaker.allows()  # until that attempt has ended
    breaker.succeeded()
    assert breaker.allows()


def test_a_success_between_two_failures_keeps_it_closed():
    breaker = CircuitBreaker(failures=2, pause=30.0, clock=lambda: 0.0)
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    assert breaker.allows()
