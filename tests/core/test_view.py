"""What lies beside a request when it is shown."""

from bot.core.view import CardRef, RequestView
from tests.factories import a_request, some_tests


def test_a_card_is_found_by_the_policys_name_of_its_channel() -> None:
    card = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1772625600.000100")
    view = RequestView(request=a_request(), tests=some_tests(), cards=(card,))

    assert view.card_in("#approvals") is card
    assert view.card_in("C0APPROVE") is None
