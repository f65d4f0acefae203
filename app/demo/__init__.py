"""The demo: its people, its fake companies, its phone."""
