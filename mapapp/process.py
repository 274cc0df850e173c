"""What this process does. `mapapp.wsgi` says so before it loads the settings."""

# Whether it answers requests; else it runs a command, such as the worker or `migrate`.
answers_requests = False
