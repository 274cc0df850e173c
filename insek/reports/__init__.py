"""Monthly reports to bodies: read, set as PDF, kept, mailed."""
