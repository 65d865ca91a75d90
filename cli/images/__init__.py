"""Images of containers: built of what `watershed build` packed, and pushed to the stack's repositories."""
