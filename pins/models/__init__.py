"""What people say about the city, what became of it, and what the public sees of it."""

from pins.models.cells import PublicCell, PublicCluster
from pins.models.comment import Comment
from pins.models.contact import Contact
from pins.models.erasure import ErasedReference, ErasureRequest
from pins.models.following import Follow, Mailbox
from pins.models.history import Handover, Merge, StatusChange, VisibilityChange
from pins.models.news import News, Notice
from pins.models.participation import ParticipationPeriod
from pins.models.photo import Photo
from pins.models.pin import Pin
from pins.models.public import PublicPin, PublicVersion
from pins.models.queue import QueueEntry, QueueKind
from pins.models.report import Complaint, Report, ReportCase
from pins.models.support import Support
from pins.models.wording import Question, QueueReminder, ReasonTemplate, Wording
from pins.models.words import SearchWord

__all__ = [
    "Comment",
    "Complaint",
    "Contact",
    "ErasedReference",
    "ErasureRequest",
    "Follow",
    "Handover",
    "Mailbox",
    "Merge",
    "News",
    "Notice",
    "ParticipationPeriod",
    "Photo",
    "Pin",
    "PublicCell",
    "PublicCluster",
    "PublicPin",
    "PublicVersion",
    "Question",
    "QueueEntry",
    "QueueKind",
    "QueueReminder",
    "ReasonTemplate",
    "Report",
    "ReportCase",
    "SearchWord",
    "StatusChange",
    "Support",
    "VisibilityChange",
    "Wording",
]
