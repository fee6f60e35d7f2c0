"""Whoever guesses sign-in links is refused, counted, and stopped."""

from letters.house import House
from tests.support.people import Story
from tests.support.rows import unchanged
from tests.web.visiting import (
    CORA,
    Visitor,
    csrf_token,
    heading,
    on_sqlite,
    press,
    sign_in_link,
)

pytestmark = on_sqlite

GUESS = "/coordinate/sign-in/WyJBYUlwMFFTdWNQ.{}"
INVITED = "/coordinate/invitation/WyJBYUlwMFFTdWNQ.{}"


def test_guessing_links_comes_to_an_end(client: Visitor, house: House, story: Story) -> None:
    story.add_coordinator(CORA)
    token = csrf_token(client.get(sign_in_link(house)))
    with unchanged(house.database):
        looked = [client.get(GUESS.format(n)).status_code for n in range(10)]
        looked += [client.get(INVITED.format(n)).status_code for n in range(10)]
        pressed = [
            client.post(GUESS.format(n), data={"csrf_token": token}).status_code for n in range(11)
        ]
    assert looked + pressed == [404] * 30 + [429]
    answer = client.get(INVITED.format("x"))
    assert (answer.status_code, heading(answer)) == (429, "Too many attempts")
    assert 0 < int(answer.headers["Retry-After"]) <= 3600


def test_links_that_were_given_are_not_counted(client: Visitor, house: House, story: Story) -> None:
    story.add_coordinator(CORA)
    used = sign_in_link(house)
    press(client, client.get(used), "Sign in")
    assert {client.get(used).status_code for _ in range(40)} == {410}
    assert client.get(sign_in_link(house)).status_code == 200
