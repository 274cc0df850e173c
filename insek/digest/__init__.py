"""Help to digest many contributions: what is alike, groups of a topic, hot spots.

All of it are suggestions. What a planner confirmed stays as it is.
"""
