"""What the policies said of a stack: as a table, JSON, SARIF, JUnit XML or Markdown."""
