"""From a query to an answer: retrieve, fuse, group by subject, read, check the citation."""
