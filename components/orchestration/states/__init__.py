"""Each kind of stage as states of the Amazon States Language."""
