"""The doors: settings, wiring, HTTP, the page and the `snapcite` command."""
