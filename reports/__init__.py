"""Reports (报表): rows first, looks last. Reads, never writes."""
