"""What bodies do with contributions: members, sittings, agendas, matters, results."""

from councils.models.desk import AnswerTemplate, Assignment, DeskNote
from councils.models.matter import (
    Consultation,
    ConsultationStep,
    Hearing,
    Matter,
    MatterPin,
)
from councils.models.membership import Membership
from councils.models.paper import Paper
from councils.models.sitting import AgendaItem, Sitting

__all__ = [
    "AgendaItem",
    "AnswerTemplate",
    "Assignment",
    "Consultation",
    "ConsultationStep",
    "DeskNote",
    "Hearing",
    "Matter",
    "MatterPin",
    "Membership",
    "Paper",
    "Sitting",
]
