"""What web pages and commands may call. Everything else in here is private to the engine."""
