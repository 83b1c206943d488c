"""The booking pops up at the next engine start, and its details tell the price."""


def test_a_booking_pops_up_at_the_next_engine_start(dealer, car, mailbox):
    dealer.does("books visit on in 10 days at 08:00")
    car.expects("is dark", within="5 s")
    car.does("turns key to running")
    car.expects("shows pop-up booking", "has chimed once")
    car.does("chooses Details")
    assert "389" in car.words()
    assert len(mailbox.letters("booking")) == 1
