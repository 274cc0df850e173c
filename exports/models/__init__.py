"""What the ways out keep: large files for a day, tokens of programs."""

from exports.models.export_file import ExportFile
from exports.models.pull_token import PullToken, PullTokenUse

__all__ = ["ExportFile", "PullToken", "PullTokenUse"]
