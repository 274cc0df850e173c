"""The one exception the set-up ends with: a sentence, and what to do next."""


class SetupError(Exception):
    """Something on this machine stops the set-up and a person can act on it."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
