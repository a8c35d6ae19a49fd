"""The HTTP API and the page: routes, their shapes and their errors."""
