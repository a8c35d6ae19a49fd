"""What SnapCite costs and holds against the usual stack: one command a file, see README.md."""
