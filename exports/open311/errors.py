"""What Open311 refuses, with the numbers that its specification gives."""


class Refused(Exception):
    """A request that cannot be answered as it is; each description says why.

    `seconds` is how long to wait with the next one, where that helps.
    """

    def __init__(
        self, status: int, *descriptions: str, seconds: int | None = None
    ) -> None:
        super().__init__(*descriptions)
        self.status = status
        self.descriptions = descriptions
        self.seconds = seconds
