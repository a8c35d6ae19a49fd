"""The Model Context Protocol: what agents call, over the standard streams and over HTTP."""
