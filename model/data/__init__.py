"""From a folder of text to token shards: clean, tag with readings, de-duplicate, report."""
