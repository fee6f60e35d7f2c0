"""What the tests stand on: real servers, a real browser, and checks of every page they fetch."""
