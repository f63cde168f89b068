"""What every adapter raises when its engine is away."""

from kit.refusal import Refusal


class EngineUnreachable(Refusal):
    """An engine that does not answer; it is restarted by itself, so trying again helps."""

    status = 503
    error_code = "engine_unreachable"
