"""What Open311 refuses, with the numbers that its specification gives."""


class Refused(Exception):
    """A request that cannot be answered as it is; each description says why."""

    def __init__(self, status: int, *descriptions: str) -> None:
        super().__init__(*descriptions)
        self.status = status
        self.descriptions = descriptions
