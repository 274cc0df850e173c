"""The work of moderators: one queue, who reads what, what was asked, written and taken out."""
