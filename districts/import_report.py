"""What an import of districts did, or why it was refused."""

from dataclasses import dataclass, field

from districts.entries import Rejection
from geo.coverage import Fault


@dataclass
class ImportReport:
    """What an import did, or would have done; each line names a district."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    overlaps: tuple[Fault, ...] = ()
    gaps: tuple[Fault, ...] = ()
    refusals: list[str] = field(default_factory=list)


class ImportRefusedError(Exception):
    """Nothing was written; `report.refusals` holds every reason."""

    def __init__(self, report: ImportReport) -> None:
        super().__init__("\n".join(report.refusals))
        self.report = report


def describe_overlap(fault: Fault) -> str:
    """Return a line such as "16 A and 17 B overlap by 120.4 m² near 52.52 N, 13.40 E"."""
    return f"{_names(fault)} overlap by {_size_and_place(fault)}"


def describe_gap(fault: Fault) -> str:
    """Return a line such as "Gap of 120.4 m² near 52.52 N, 13.40 E between 16 A and 17 B"."""
    return f"Gap of {_size_and_place(fault)} at {_names(fault)}"


def _names(fault: Fault) -> str:
    return " and ".join(fault.between)


def _size_and_place(fault: Fault) -> str:
    place = f"lon {fault.lon:.6f}, lat {fault.lat:.6f}"
    return f"{fault.square_metres:,.1f} m² ({place})"
