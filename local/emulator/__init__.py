"""The emulated AWS of the local stage: ministack, in a process of its own on 127.0.0.1."""
