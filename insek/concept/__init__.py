"""The concept: fields of action, goals and measures, and what the bodies resolve on it."""
