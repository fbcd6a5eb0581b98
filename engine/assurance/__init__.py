"""Show that a process is sound by going through every state that it can come to."""
