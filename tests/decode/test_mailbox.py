from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from ime.decode.mailbox import Mailbox

Box = Mailbox[str, int, float]


def _drain(box: Box) -> list[object]:
    """Everything in the box, oldest delivery first; closes it."""
    mail: list[object] = []
    while box._has_mail():
        mail.append(box.take())
    box.close()
    return mail


def test_mailbox_keeps_only_the_newest_request() -> None:
    box = Box()
    for number in range(5):
        box.ask(number)
    assert _drain(box) == [4]


def test_mailbox_delivers_every_job_in_order_before_the_request() -> None:
    box = Box()
    box.post("learn")
    box.ask(1)
    box.post("retract")
    assert _drain(box) == ["learn", "retract", 1]


def test_mailbox_delivers_a_hint_last() -> None:
    box = Box()
    box.ask(1)
    box.hint(0.5)
    box.post("learn")
    assert _drain(box) == ["learn", 1, 0.5]


def test_mailbox_keeps_only_the_newest_hint() -> None:
    box = Box()
    box.hint(0.1)
    box.hint(0.2)
    assert _drain(box) == [0.2]


def test_mailbox_drops_a_hint_that_a_request_overtook() -> None:
    box = Box()
    box.hint(0.5)
    box.ask(1)
    assert _drain(box) == [1]


def test_mailbox_supersedes_a_request_only_by_a_newer_one() -> None:
    box = Box()
    box.ask(1)
    assert box.take() == 1
    assert not box.superseded()
    box.post("learn")
    box.hint(0.5)
    assert not box.superseded()
    box.ask(2)
    assert box.superseded()


def test_mailbox_that_closes_delivers_waiting_jobs_and_then_ends() -> None:
    box = Box()
    box.post("learn")
    box.ask(1)
    box.hint(0.5)
    box.close()
    assert box.take() == "learn"
    assert box.take() is None
    assert box.superseded()


def test_mailbox_that_is_closed_takes_nothing_more() -> None:
    box = Box()
    box.close()
    box.post("learn")
    box.ask(1)
    box.hint(0.5)
    assert box.take() is None


def test_mailbox_wakes_a_waiting_receiver_when_it_closes() -> None:
    box = Box()
    with ThreadPoolExecutor(max_workers=1) as pool:
        received = pool.submit(box.take)
        box.close()
        assert received.result(timeout=10) is None


def test_mailbox_loses_no_job_of_several_senders() -> None:
    box = Box()
    senders = [
        threading.Thread(target=lambda s=s: [box.post(f"{s} {n}") for n in range(200)])
        for s in range(4)
    ]
    for sender in senders:
        sender.start()
    received = [box.take() for _ in range(800)]
    for sender in senders:
        sender.join()
    for s in range(4):
        assert [job for job in received if str(job).startswith(f"{s} ")] == [
            f"{s} {n}" for n in range(200)
        ]


def test_mailbox_takes_a_job_once_where_that_is_asked() -> None:
    box = Box()
    for job in ("open", "learn", "open"):
        box.post_once(job)
    assert _drain(box) == ["open", "learn"]
