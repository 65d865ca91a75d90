"""Analysis of IAM policy documents: what they allow, on what, to whom, and whether a condition narrows it."""
