"""Stories in YAML about the whole chain: read, checked, played over the HTTP surfaces, told and compared."""
