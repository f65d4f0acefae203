"""What happens, pushed to whoever looks on: WebSockets and server-sent events."""
