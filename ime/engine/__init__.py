"""The headless input method: frozen values, the session, the search, the candidate list."""
