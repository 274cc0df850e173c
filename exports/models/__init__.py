"""What the ways out keep: large files for a day, tokens, clients, webhooks."""

from exports.models.client import ApiClient, SentPin
from exports.models.export_file import ExportFile
from exports.models.oparl import OparlMark, OparlObject
from exports.models.pull_token import PullToken, PullTokenUse
from exports.models.webhook import PING, Delivery, Topic, Webhook, WebhookEvent

__all__ = [
    "PING",
    "ApiClient",
    "Delivery",
    "ExportFile",
    "OparlMark",
    "OparlObject",
    "PullToken",
    "PullTokenUse",
    "SentPin",
    "Topic",
    "Webhook",
    "WebhookEvent",
]
