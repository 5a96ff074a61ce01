"""When a run has come to rest, when it is stuck, and that a job which is due later is waited for until it is due."""

from tests.chaos.settle import Look, Rest

JOB = {"jobs to be done of notification": 1}


def judged(*looks: tuple[float, Look], patience: float = 150.0) -> Rest:
    """What is thought after looks at these moments (seconds)."""
    rest = Rest(patience=patience)
    for at, look in looks:
        if not rest.over:
            rest.note(look, at)
    return rest


def still(*moments: float, due_in: float = 0.0) -> list[tuple[float, Look]]:
    """One job that nobody does, due so many seconds after the first look where it was put off."""
    return [(at, Look(left=JOB, due_in=max(0.0, due_in - at) if due_in else 0.0)) for at in moments]


def test_three_quiet_looks_are_rest() -> None:
    nothing = Look(left={})
    assert not judged((0.0, nothing), (1.0, nothing)).over
    rest = judged((0.0, nothing), (1.0, nothing), (2.0, nothing))
    assert (rest.over, rest.stuck) == (True, ())


def test_what_is_due_and_does_not_grow_less_is_stuck() -> None:
    assert not judged(*still(0.0, 149.0)).over
    assert judged(*still(0.0, 149.0, 151.0)).stuck == ["1 jobs to be done of notification"]


def test_a_job_that_is_put_off_is_waited_for_until_it_is_due() -> None:
    rest = judged(*still(0.0, 151.0, 500.0, 899.0, 901.0, 1_049.0, due_in=900.0))
    assert (rest.over, rest.put_off) == (False, 900.0)
    assert judged(*still(0.0, 899.0, 1_051.0, due_in=900.0)).over


def test_a_job_that_is_put_off_again_and_again_is_stuck_in_the_end() -> None:
    looks = [(at, Look(left=JOB, due_in=100.0)) for at in (0.0, 700.0, 1_400.0, 1_501.0)]
    assert (judged(*looks[:3]).over, judged(*looks).over) == (False, True)


def test_work_that_grows_less_is_waited_for() -> None:
    looks = [(140.0 * step, Look(left={"facts in the outbox of archive": 100 - step})) for step in range(10)]
    assert not judged(*looks).over
