"""USSD gateways over HTTP that differ in words only: each is a file in `gateways/`. README.md says
what such a file may say."""
