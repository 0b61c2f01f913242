"""Words from the files of other input methods: `read_words` of `formats`, one file a format."""
