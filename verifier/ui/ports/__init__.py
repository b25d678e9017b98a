"""What a device does for the apps: one small Protocol each, a desktop's answer, and a fake for tests."""
