"""What a thread tells reaches the loop in order and whole, and never holds it for ever."""

from __future__ import annotations

import threading

import anyio
import anyio.to_thread
import pytest

from qa.service_relay import Relay


def test_everything_told_is_taken_in_order_however_little_may_wait():
    async def relay_all() -> list:
        relay = Relay(30, most=2)

        def tell() -> None:
            for number in range(500):
                relay.wrote(str(number))

        taken = []
        async with anyio.create_task_group() as group:

            async def work() -> None:
                await anyio.to_thread.run_sync(tell)
                relay.end()

            group.start_soon(work)
            while told := await relay.take():
                assert len(told) <= 2
                taken.extend(told)
        assert await relay.take() == []
        return taken

    assert anyio.run(relay_all) == [str(number) for number in range(500)]


def test_a_take_that_is_given_up_loses_nothing():
    async def relay_one() -> None:
        relay = Relay(30)
        with anyio.move_on_after(0.01):
            await relay.take()
        await anyio.to_thread.run_sync(relay.wrote, "a")
        relay.end()
        assert await relay.take() == ["a"]
        assert await relay.take() == []

    anyio.run(relay_one)


def test_who_tells_too_much_waits_and_goes_on_when_the_client_leaves():
    async def fill() -> None:
        relay = Relay(30, most=1)
        relay.wrote("a")
        is_told = threading.Event()

        def tell() -> None:
            relay.wrote("b")
            is_told.set()

        thread = threading.Thread(target=tell)
        thread.start()
        assert not is_told.is_set()
        relay.leave()
        await anyio.to_thread.run_sync(thread.join, 30)
        assert is_told.is_set() and relay.is_gone()
        assert await relay.take() == ["a"]

    anyio.run(fill)


def test_a_client_that_takes_nothing_is_taken_for_gone():
    async def fill() -> None:
        relay = Relay(0.01, most=1)
        relay.wrote("a")
        assert not relay.is_gone()
        relay.wrote("b")
        assert relay.is_gone()

    anyio.run(fill)


def test_a_loop_that_has_ended_is_nobody():
    relays = []

    async def make() -> None:
        relays.append(Relay(30))

    anyio.run(make)
    relays[0].wrote("a")
    assert relays[0].is_gone()


def test_a_relay_needs_a_loop():
    with pytest.raises(RuntimeError):
        Relay(1)
