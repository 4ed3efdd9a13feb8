"""Who answers somebody is judged by what they say themselves."""

import pytest

from models.ad import Ad
from service.api.schemas import AdIn
from service.engine import Engine
from tests.service.platforms.given import events, made, seen


@pytest.mark.parametrize("said", ["ok", "Please keep job posts out of this channel, see rule 4."])
def test_who_answers_a_lure_is_judged_by_their_own_words(said: str, tiny_engine: Engine) -> None:
    """With the lure above it even a warning would score as the lure does."""
    lure = {**events("discord")[1]["d"]["referenced_message"], "content": "Fly Friday, no visa."}
    event = events("discord")[1]
    given = {**event["d"], "content": said, "referenced_message": lure}
    one = seen(made("discord"), {**event, "d": given})
    assert one.ad["thread"] == [{"text": "Fly Friday, no visa.", "role": "own"}]
    answered, alone = tiny_engine.assess_now([AdIn.model_validate(one.ad).ad(), Ad(said)])
    assert answered == alone
