"""What is kept in memory is found by what it was read from, and never grows without end."""

from __future__ import annotations

from engine.memory import Memory


def test_memory_keeps_to_its_limit_and_forgets_what_was_kept_first() -> None:
    memory: Memory[int] = Memory(most_bytes=100)
    for number in range(11):
        memory.keep(bytes([number]) * 10, number)
    assert (len(memory), memory.bytes) == (10, 100)
    assert memory.take(bytes([0]) * 10) is None
    assert memory.take(bytes([10]) * 10) == 10
    assert memory.take(bytes([10]) * 10) is None, "it belongs to whoever took it"
    assert (len(memory), memory.bytes) == (9, 90)


def test_what_is_large_drives_out_nothing_else() -> None:
    memory: Memory[int] = Memory(most_bytes=100)
    memory.keep("a" * 10, 1)
    memory.keep("b" * 11, 2)
    assert (memory.look("a" * 10), memory.look("b" * 11)) == (1, None)
    assert memory.bytes == 10


def test_what_is_looked_at_stays_and_goes_last() -> None:
    memory: Memory[int] = Memory(most_bytes=100)
    for number in range(10):
        memory.keep(bytes([number]) * 10, number)
    assert memory.look(bytes([0]) * 10) == 0
    memory.keep(bytes([10]) * 10, 10)
    assert (memory.look(bytes([0]) * 10), memory.look(bytes([1]) * 10)) == (0, None)


def test_what_is_kept_again_is_counted_once() -> None:
    memory: Memory[int] = Memory(most_bytes=100)
    memory.keep("a" * 10, 1)
    memory.keep("a" * 10, 2)
    assert (memory.look("a" * 10), len(memory), memory.bytes) == (2, 1, 10)
