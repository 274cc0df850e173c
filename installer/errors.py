"""How the set-up ends where it cannot go on: with a sentence, never with a traceback."""


class SetupError(Exception):
    """Something on this machine stops the set-up and a person can act on it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(SetupError):
    """The command line is not one that `./run` knows."""


class Reported(Exception):
    """A program failed and has said so itself; there is nothing to add."""
