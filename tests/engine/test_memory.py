"""What is kept in memory is found by what it was read from, and never grows without end."""

from __future__ import annotations

from engine.memory import Memory


def test_memory_keeps_to_its_limit_and_forgets_what_was_kept_first() -> None:
    memory: Memory[int] = Memory(most_bytes=20)
    for number in range(3):
        memory.keep(bytes([number]) * 10, number + 1)
    assert (len(memory), memory.bytes) == (2, 20)
    assert memory.take(bytes([0]) * 10) is None
    assert memory.take(bytes([2]) * 10) == 3
    memory.keep(b"x" * 21, 4)
    assert (len(memory), memory.bytes) == (0, 0), "too large alone"


def test_what_is_looked_at_stays_and_goes_last() -> None:
    memory: Memory[int] = Memory(most_bytes=20)
    memory.keep("a" * 10, 1)
    memory.keep("b" * 10, 2)
    assert memory.look("a" * 10) == 1
    memory.keep("c" * 10, 3)
    assert (memory.look("a" * 10), memory.look("b" * 10)) == (1, None)
