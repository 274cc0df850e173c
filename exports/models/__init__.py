"""What the ways out keep: large files for a day, tokens of programs, what OParl told."""

from exports.models.export_file import ExportFile
from exports.models.oparl import OparlMark, OparlObject
from exports.models.pull_token import PullToken, PullTokenUse

__all__ = ["ExportFile", "OparlMark", "OparlObject", "PullToken", "PullTokenUse"]
