"""Telling people what happens to contributions: following, news, the outbox, mails."""
