"""Files of contributions, in all formats: for everyone, and for the desks."""
