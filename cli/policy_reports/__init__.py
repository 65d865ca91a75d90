"""What the policies said of a stack: as a table, JSON, SARIF or JUnit XML."""
