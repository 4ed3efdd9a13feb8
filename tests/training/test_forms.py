"""Ways to round, on the small run."""

from tests.conftest import TinyRun
from training.forms import FORMS, as_markdown, compare


def test_every_form_is_measured_against_float32(tiny_run: TinyRun) -> None:
    found = compare(tiny_run.out / "fitted", tiny_run.data, 40)
    assert list(found) == list(FORMS)
    exact, shipped, *others = found.values()
    assert exact["logit change"] == 0
    assert all(one["logit change"] > 0 for one in (shipped, *others))
    assert shipped["graph MB"] < found["int8 table"]["graph MB"] < exact["graph MB"]
    assert len(as_markdown(found).splitlines()) == 4 + len(FORMS)
