"""Least privilege, seen from the other side: what each role did in the local stage against what it was granted."""
