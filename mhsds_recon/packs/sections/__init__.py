"""The sections of the pack, in groups; each function makes one section from the material."""
