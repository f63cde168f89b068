"""What may not be done to shows."""

from kit.refusal import Refusal


class NoSuchShow(Refusal):
    status = 404
    error_code = "no_such_show"

    def __init__(self) -> None:
        super().__init__("There is no such show.")


class ShowNameTaken(Refusal):
    error_code = "show_name_taken"

    def __init__(self) -> None:
        super().__init__("There is a show of this name.")


class NotYourShow(Refusal):
    status = 403
    error_code = "not_your_show"

    def __init__(self) -> None:
        super().__init__("Only the show's owner or an administrator may do this.")


class NobodyOwnsIt(Refusal):
    error_code = "show_without_owner"

    def __init__(self) -> None:
        super().__init__("Nobody owns this show: give it an owner first.")


class NotAStreamer(Refusal):
    status = 422
    error_code = "not_a_streamer"

    def __init__(self) -> None:
        super().__init__("Only somebody who may work and is a streamer or above goes live: choose another role first.")
