"""From a query to an answer: retrieve, fuse, group, read, check the citation."""
