"""The HTTP routes, one file a subject: a request into a call, its result into a schema."""
