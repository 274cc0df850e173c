"""Accounts of staff: how they come, and what they carry."""
