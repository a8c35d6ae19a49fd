"""Models that see and read: image decoding, encoders, readers, chronology. No store, no web."""
