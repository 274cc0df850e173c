"""The process of the INSEK: phases, events, goals, measures, and the trace to them."""

from insek.models.cards import CardPrint, CardRow, CardSheet
from insek.models.concept import FieldOfAction, Goal, Measure, MeasureGoal, Milestone
from insek.models.event import Event
from insek.models.group import InterestGroup
from insek.models.numbers import NumbersSnapshot
from insek.models.origin import PinOrigin
from insek.models.phase import Phase
from insek.models.registration import Invitation, Registration
from insek.models.report import BodyReport
from insek.models.results import EventDocument, EventPhoto
from insek.models.stand import Stand
from insek.models.submission import Submission
from insek.models.suggestion import Suggestion, SuggestionPin
from insek.models.trace import Link

__all__ = [
    "BodyReport",
    "CardPrint",
    "CardRow",
    "CardSheet",
    "Event",
    "EventDocument",
    "EventPhoto",
    "FieldOfAction",
    "Goal",
    "InterestGroup",
    "Invitation",
    "Link",
    "Measure",
    "MeasureGoal",
    "Milestone",
    "NumbersSnapshot",
    "Phase",
    "PinOrigin",
    "Registration",
    "Stand",
    "Submission",
    "Suggestion",
    "SuggestionPin",
]
