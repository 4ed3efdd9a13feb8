"""What a moving window remembers, and for how long."""

from service.window import LOOKED_AT, MovingWindow


class Clock:
    """Seconds, set by hand."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_names_of_which_nothing_is_left_are_forgotten_and_others_are_not() -> None:
    clock = Clock()
    window = MovingWindow(60, clock)
    for number in range(1_000):
        window.add(f"gone {number}")
    clock.now = 50.0
    window.add("stays", 3)
    clock.now = 70.0
    for _ in range(1_001 // LOOKED_AT + 1):
        window.add("busy")
    assert len(window) == 2
    assert window.total("stays") == 3


class Watched(MovingWindow):
    """Counts the names that are looked at."""

    looks = 0

    def _total(self, name: str, now_ms: int) -> int:
        self.looks += 1
        return super()._total(name, now_ms)


def test_many_addresses_hold_nobody_up() -> None:
    """All names at once, however seldom, are more with each that comes."""
    window = Watched(3600, Clock())
    for number in range(5_000):
        window.looks = 0
        window.add(str(number))
        assert window.looks <= LOOKED_AT
    assert len(window) == 5_000


def test_what_was_counted_just_now_goes_after_the_window_and_no_later() -> None:
    """Rounded up, as it is told, a billionth more is a second more."""
    clock = Clock()
    for number in range(1, 2_000):
        clock.now = number * 7.129
        window = MovingWindow(3600, clock)
        window.add("one")
        assert window.free_in_s("one", 0) == 3600.0
