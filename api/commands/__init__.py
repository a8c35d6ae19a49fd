"""The `snapcite` command's subcommands, one a file, and what they share."""
