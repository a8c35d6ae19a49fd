"""Made texts, records and questions about things that do not exist."""
