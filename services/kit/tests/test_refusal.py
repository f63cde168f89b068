"""What expected failures look like, in code and in an API's description."""

from kit.refusal import Problem, Refusal, refusals


class Gone(Refusal):
    status = 410
    error_code = "gone"


class Full(Refusal):
    error_code = "full"


class Busy(Refusal):
    error_code = "busy"


def test_a_refusal_says_what_to_do() -> None:
    refused = Gone("Ask for another.", headers={"Retry-After": "5"})
    assert (str(refused), refused.headers) == ("Ask for another.", {"Retry-After": "5"})


def test_a_refusal_is_a_conflict_unless_it_says_otherwise() -> None:
    assert Full("x").status == 409


def test_a_route_tells_its_refusals_by_status() -> None:
    assert refusals(Gone, Full, Busy) == {
        410: {"model": Problem, "description": "gone"},
        409: {"model": Problem, "description": "busy or full"},
    }
