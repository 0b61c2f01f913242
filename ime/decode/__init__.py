"""From requests to candidate lists: the decode thread and the adapters to the model."""
