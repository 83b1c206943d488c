"""What both ends must agree on: words, addresses, time, reasons. Pure."""
