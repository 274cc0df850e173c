"""What a request of OGC API Features can be refused for."""


class BadParameter(ValueError):
    """A query parameter is unknown, or its value makes no sense: 400.

    `name` is the parameter; the message says what is wrong with it.
    """

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


class Missing(LookupError):
    """There is nothing at this address; the message says what."""
