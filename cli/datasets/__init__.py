"""Data sets over the Dataset API: what the portal's page does, on the command line."""
